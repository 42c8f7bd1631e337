# The paths, the environment and the commands are those of LAMA 1.1's image:
#
#   docker build -t lama .
#   docker run -it --rm -v "$PWD/user:/usr/src/app/user" lama init
#   docker run --rm -v "$PWD/user:/usr/src/app/user" lama
#
# prefs.json is in that folder, or mounted as /usr/src/app/prefs.json. -e TZ=Europe/Zurich sets the time zone of logs
# (the image has them all), -u 1000:1000 whose the files are. docker_test.go takes each step through a temporary root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The paths are relative, so that the test can be elsewhere. Any user may write into the volume until one is mounted.
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -tags sqlite -o ../out/lama . \
    && mkdir -p -m 1777 ../out/app/user

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/lama /usr/local/bin/
COPY --from=build /out/app/ /usr/src/app/
WORKDIR /usr/src/app
# user_dir is ignored, paths begin here, and codes are pasted.
ENV DOCKER_MODE=1
VOLUME /usr/src/app/user
ENTRYPOINT ["/usr/local/bin/lama"]
