package outward

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// piped is a client whose every connection leads to a server in memory: server gets the connection once the request
// was read.
func piped(t *testing.T, server func(net.Conn)) *http.Client {
	var servers sync.WaitGroup
	t.Cleanup(servers.Wait)
	c := client(t, Options{Idle: time.Minute, Header: 30 * time.Second})
	c.Transport.(*transport).base.DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		servers.Go(func() {
			defer theirs.Close()
			if _, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
				server(theirs)
			}
		})
		return ours, nil
	}
	return c
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

const start = "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n"

func TestStall(t *testing.T) {
	for name, c := range map[string]struct {
		server func(net.Conn)
		body   int           // bytes that come
		after  time.Duration // until it ends
		ok     bool
	}{
		"no answer":        {func(c net.Conn) { c.Read(make([]byte, 1)) }, 0, 30 * time.Second, false},
		"no end of header": {drip("HTTP/1.1 200 OK\r\nX: ", 1, 7*time.Second, 100), 0, 30 * time.Second, false},
		"no body":          {drip(start, 0, 0, 0), 0, time.Minute, false},
		"a byte a while":   {drip(start, 1, 7*time.Second, 100), 9, time.Minute, false},
		"slow but steady":  {drip(start, 1000, 2*time.Second, 40), 40000, 78 * time.Second, true},
		"fast, then stuck": {drip(start, 20000, 0, 1), 20000, time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				body, err := get(t, piped(t, c.server), "http://example.social/")
				if c.ok != (err == nil) || err != nil && !isTimeout(err) {
					t.Errorf("got %v", err)
				}
				if len(body) != c.body || time.Since(begun) != c.after {
					t.Errorf("%d bytes in %v, want %d in %v", len(body), time.Since(begun), c.body, c.after)
				}
			})
		})
	}
}

// drip sends a header, then a number of pieces, waits after each but the last, and then holds the connection open.
func drip(header string, size int, wait time.Duration, pieces int) func(net.Conn) {
	return func(c net.Conn) {
		fmt.Fprint(c, header)
		for i := range pieces {
			if i > 0 {
				time.Sleep(wait)
			}
			if _, err := fmt.Fprint(c, strings.Repeat("x", size)); err != nil {
				return
			}
		}
		c.Read(make([]byte, 1))
	}
}

// What the reader does between two reads, writing to a slow disk for one, is not the server's fault.
func TestSlowReaderIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resp, err := piped(t, drip(start, 40000, 0, 1)).Get("http://example.social/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		for n := range 40000 / 8000 {
			if _, err := io.ReadFull(resp.Body, make([]byte, 8000)); err != nil {
				t.Fatalf("piece %d: %v", n, err)
			}
			time.Sleep(time.Hour)
		}
	})
}

func TestCancelIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "http://example.social/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := piped(t, drip(start, 1, 0, 1)).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err = io.ReadAll(resp.Body); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// Over HTTP/2 many bodies share a connection: each has a time of its own.
func TestStallHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := client(t, Options{Own: []string{s.URL}, Idle: 10 * time.Millisecond})
	c.Transport.(*transport).base.TLSClientConfig.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	resp, err := c.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); resp.Proto != "HTTP/2.0" || !isTimeout(err) {
		t.Errorf("over %s: got %v", resp.Proto, err)
	}
}
