package mastodontest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// bombSize is what a gzip bomb unpacks to; packed it is a thousandth of that.
const bombSize = 128 << 20

// bomb is JSON that begins well and never comes to its end.
var bomb = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one
	}
	_, _ = w.Write([]byte("["))
	for blank, n := bytes.Repeat([]byte(" "), 1<<20), 0; n < bombSize; n += len(blank) {
		_, _ = w.Write(blank) // to memory
	}
	_ = w.Close()
	return packed.Bytes()
})

// GzipBomb answers with a small body that unpacks to a large one.
func GzipBomb() Fault {
	return answering(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(len(bomb())))
		send(w, http.StatusOK, bomb())
	})
}

// StallWithin begins to answer, and then nothing comes any more, while the connection stays open.
func StallWithin() Fault {
	return spoiling(func(w http.ResponseWriter, r *http.Request, answer *capture) {
		w.Header().Set("Content-Length", strconv.Itoa(answer.Len()))
		send(w, answer.status, answer.Bytes()[:answer.Len()/2])
		<-r.Context().Done()
	})
}

// Clock answers as a server does whose clock is so far ahead of ours.
func Clock(ahead time.Duration) Fault {
	return spoiling(func(w http.ResponseWriter, _ *http.Request, answer *capture) {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		const reset = "X-RateLimit-Reset"
		if at, err := time.Parse(time.RFC3339, answer.header.Get(reset)); err == nil {
			w.Header().Set(reset, at.Add(ahead).Format(time.RFC3339))
		}
		send(w, answer.status, answer.Bytes())
	})
}
