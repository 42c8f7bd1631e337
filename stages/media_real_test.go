package stages_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cutter closes the connection after so many bytes of a body.
type cutter struct {
	http.ResponseWriter
	left int
	sent *int
}

func (c *cutter) Write(p []byte) (int, error) {
	cut := len(p) > c.left
	p = p[:min(len(p), c.left)]
	c.left -= len(p)
	*c.sent += len(p)
	n, err := c.ResponseWriter.Write(p)
	if cut {
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// Wherever the connection is cut, the file is the server's in the end, and no byte of it is sent twice.
func TestMediaIsWholeAfterRealCuts(t *testing.T) {
	var data []byte
	var cuts []int // where each request but the last is cut, in bytes of the file
	var sent, asked int
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
		from, until := 0, len(data)
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from) // none: from the beginning
		if asked < len(cuts) {
			until = cuts[asked]
		}
		asked++
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(&cutter{w, until - from, &sent}, r, "", time.Time{}, bytes.NewReader(data))
	})
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		data = append([]byte(mediaPNG), make([]byte, rapid.IntRange(1, 100_000).Draw(rt, "size"))...)
		for n := range data[len(mediaPNG):] {
			data[len(mediaPNG)+n] = byte(random.Uint32())
		}
		sent, asked, cuts = 0, 0, nil
		for last := 0; len(cuts) < 3 && last < len(data)-1; {
			last += rapid.IntRange(1, len(data)-1-last).Draw(rt, "after")
			cuts = append(cuts, last)
		}
		_, batch := b.fetch(t, b.task("/a"))
		if len(batch.Fetched) != 1 {
			rt.Fatalf("%d bytes, cut at %v: %q", len(data), cuts, batch.Settles[0].Reason)
		}
		file := batch.Fetched[0].File
		got, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(file.Path)))
		if err != nil || !bytes.Equal(got, data) || file.SHA256 != mediaSum(string(data)) {
			rt.Errorf("%d bytes, cut at %v: another file: %v", len(data), cuts, err)
		}
		if sent != len(data) || asked != len(cuts)+1 {
			rt.Errorf("%d bytes were sent by %d requests for %d bytes, cut at %v", sent, asked, len(data), cuts)
		}
	})
}

// One host's files come over one connection, those that are not there included.
func TestMediaKeepsItsConnection(t *testing.T) {
	var opened atomic.Int32
	large := mediaPNG + strings.Repeat("x", 100_000)
	answers := http.NewServeMux()
	answers.HandleFunc("/small", mediaAnswer(200, mediaPNG))
	answers.HandleFunc("/large", mediaAnswer(200, large, "Content-Length", fmt.Sprint(len(large))))
	answers.HandleFunc("/chunked", mediaAnswer(200, large))
	answers.HandleFunc("/moved", mediaTo("/small"))
	answers.HandleFunc("/page", mediaAnswer(200, mediaHTML))
	answers.HandleFunc("/gone", mediaAnswer(404, mediaHTML))
	server := httptest.NewUnstartedServer(answers)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	b := newMediaBenchAt(t, server)
	for _, b.MaxBytes = range []int64{0, int64(len(large))} {
		for _, path := range []string{"/small", "/large", "/chunked", "/moved", "/page", "/gone", "/large"} {
			b.fetch(t, b.task(path))
		}
	}
	if got := opened.Load(); got != 1 || len(b.observed) != 14 {
		t.Errorf("%d connections were opened for %d requests", got, len(b.observed))
	}
}
