# What people, developers and CI run. It needs Go and make; where `make test` misses something else, it says so.

TAGS  := -tags sqlite
STRIP := -ldflags '-s -w'

# Everything is compiled in one way, once: without C, so that it runs anywhere, and without paths of this machine. Only
# the race detector has to differ.
export CGO_ENABLED := 0
export GOFLAGS := $(shell go env GOFLAGS) -trimpath

# Where it must build besides this machine.
PLATFORMS := linux/arm64 darwin/arm64 windows/amd64

# The linters have a module file of their own: what they need is no part of the program.
STATICCHECK := go tool -modfile=tools/go.mod staticcheck
GOVULNCHECK := go tool -modfile=tools/go.mod govulncheck

# gosec looks at the program. What developers run beside it starts programs and reads files by design.
GOSEC := go tool -modfile=tools/go.mod gosec -quiet -tags sqlite \
	-exclude-dir bench -exclude-dir store/pgtest -exclude-dir store/storetest -exclude-dir mastodon/mastodontest

# A number of runs, not a time: Go before 1.27 may call the end of the time a failure (go.dev/issue/75804).
FUZZTIME := 200000x

# The steps of `make test` stand in an order, the quick ones first, and each uses all processors by itself.
.NOTPARALLEL:

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## write ./lama, with SQLite inside
	go build $(TAGS) $(STRIP) -o lama .

.PHONY: build-postgres
build-postgres: ## write ./lama without SQLite, for Postgres only
	go build $(STRIP) -o lama .

.PHONY: demo
demo: build ## archive two accounts of a made-up fediverse into ./demo-archive, twice, and read it; DEMO_SERVE=0 only archives
	./lama demo

.PHONY: test
test: lint build-all test-postgres test-all fuzz-briefly ## everything that is tested; CI runs this

.PHONY: lint
lint: vuln ## gofmt, go vet and staticcheck, with and without SQLite; gosec, and govulncheck where it can
	@echo '== gofmt, go vet, staticcheck, gosec'
	@files=$$(gofmt -l .) && test -z "$$files" || { echo "run make fmt, these are not formatted:" $$files; exit 1; }
	@go vet $(TAGS) ./...
	@go vet ./...
	@$(STATICCHECK) $(TAGS) ./...
	@$(STATICCHECK) ./...
	@$(GOSEC) ./...

# The list of known vulnerabilities is on the network. Whether it can be read is tried with the quickest scan.
.PHONY: vuln
vuln: ## look for known vulnerabilities, where their list can be read
	@echo '== govulncheck'
	@bound=$$(command -v timeout) && bound="$$bound 300"; \
	if said=$$($$bound $(GOVULNCHECK) -scan module 2>&1); then exit; fi; \
	case $$said in \
	''|*'fetching vulnerabilities'*) echo 'NOT CHECKED for known vulnerabilities: https://vuln.go.dev can not be read from here' ;; \
	*) $(GOVULNCHECK) $(TAGS) ./... ;; \
	esac

.PHONY: build-all
build-all: ## build for each platform, with and without SQLite, and keep nothing
	@for platform in $$(go env GOOS)/$$(go env GOARCH) $(PLATFORMS); do \
		echo "== build for $$platform, with and without SQLite"; \
		export GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		go build $(TAGS) -o /dev/null . && go build -o /dev/null . && go vet $(TAGS) ./... || exit 1; \
	done

.PHONY: test-postgres
test-postgres: ## test what a build without SQLite does: little is other than with it, and that is tested whole
	@echo '== go test, without SQLite'
	@go test ./importer/lama
	@go test -run 'Schema|Copy|Copied|Snapshot' ./store
	@go test -run 'TheArchiveEqualsTheTruth' ./cli

.PHONY: test-all
test-all: ## test with SQLite, and with the race detector where there is a C compiler
	@if printf '#include <stdlib.h>\n' | $$(go env CC) -E -xc - >/dev/null 2>&1; then \
		echo '== go test -race'; export CGO_ENABLED=1; set -- -race; \
	elif test -n "$$CI"; then \
		echo 'no C compiler, so no race detector: CI must have one (Debian: apt-get install gcc libc6-dev)'; exit 1; \
	else \
		echo '== go test, WITHOUT the race detector: it needs a C compiler (Debian: apt-get install gcc libc6-dev)'; \
		set --; \
	fi; \
	go test "$$@" -timeout 25m $(TAGS) ./... # of a package; the race detector takes its time

.PHONY: fmt
fmt: ## format the sources
	gofmt -w .

.PHONY: golden
golden: ## write the golden files anew; then read the diff
	go test $(TAGS) $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

.PHONY: screenshots
screenshots: ## draw the reader's pages into docs; it needs chromium
	go test $(TAGS) ./web -run '^TestScreenshots$$' -screenshots "$(CURDIR)/docs"

.PHONY: fuzz
fuzz: ## fuzz each target a while, FUZZTIME=200000x
	@grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z]*' . | while IFS=: read -r file target; do \
		echo "== $$file, $${target#func }"; \
		go test $(TAGS) -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s \
			"$$(dirname "$$file")" || exit 1; \
	done

# What it finds is kept in a package's testdata/fuzz: commit it with what mends it.
.PHONY: fuzz-briefly
fuzz-briefly: ## fuzz each target 20,000 times
	@$(MAKE) --no-print-directory fuzz FUZZTIME=20000x

KILLS := 200

.PHONY: faults
faults: ## kill -9 at random moments, KILLS=200 times on each database, and all other faults
	LAMA_KILLS=$(KILLS) go test $(TAGS) -v -timeout 60m -run '^TestKill' ./cli
	go test $(TAGS) -run 'Fault|FullDisk|Postgres|Lock|Belong|DeadEnd' ./cli ./store

BENCH :=

.PHONY: bench
bench: ## measure what is promised, into docs/benchmarks.md; BENCH=-quick tries it, BENCH=-help lists its flags
	go run $(TAGS) ./bench $(BENCH)

.PHONY: clean
clean: ## remove what build and demo made
	rm -rf lama demo-archive
