package throttle_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/throttle"
)

// wire is a way to a server; its answers take a while.
type wire struct {
	mu     sync.Mutex
	server *server
	asked  int
	fail   error // instead of an answer
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(100 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	status, header := w.server.answer(throttle.Paged(req.URL))
	if w.fail != nil {
		return nil, w.fail
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: req}, nil
}

// guarded is a client whose requests are guarded by a budget.
func guarded(w *wire, b *throttle.Budget) *http.Client {
	return &http.Client{Transport: throttle.Transport{Base: w, Budget: func() *throttle.Budget { return b }}}
}

func get(ctx context.Context, t *testing.T, c *http.Client, address string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err == nil {
		err = resp.Body.Close()
	}
	return err
}

const (
	aPost = "https://a.example/api/v1/statuses/1"
	aPage = "https://a.example/api/v1/bookmarks?limit=40&max_id=7"
)

// What nobody admitted beforehand waits for its place; what was admitted passes at once.
func TestTransportWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := &wire{server: newServer(mastodon...)}, throttle.NewBudget(unpaced)
		c := guarded(w, b)
		for range 225 {
			if err := get(t.Context(), t, c, aPost); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		if start.Minute() != 0 || w.asked != 225 {
			t.Fatalf("at %v after %d requests", start, w.asked)
		}
		if err := get(throttle.Admitted(t.Context()), t, c, aPost); err != nil || time.Since(start) > time.Second {
			t.Errorf("an admitted request: %v after %v", err, time.Since(start))
		}
		if err := get(t.Context(), t, c, aPost); err != nil || time.Since(start) < 4*time.Minute {
			t.Errorf("another one: %v after %v", err, time.Since(start))
		}
	})
}

// One admission is one request: where the server redirects it, the second one waits.
func TestAdmittedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := &wire{server: newServer(mastodon...)}, throttle.NewBudget(unpaced)
		w.server.spend(b, false)
		ctx, cancel := context.WithTimeout(throttle.Admitted(t.Context()), time.Minute)
		defer cancel()
		if err := get(ctx, t, guarded(w, b), aPost); err != nil {
			t.Error(err)
		}
		if err := get(ctx, t, guarded(w, b), aPost); !errors.Is(err, context.DeadlineExceeded) || w.asked != 1 {
			t.Errorf("got %v after %d requests", err, w.asked)
		}
	})
}

// A request whose context ends while it waits is never made and takes no place.
func TestTransportEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := &wire{server: newServer(mastodon...)}, throttle.NewBudget(unpaced)
		w.server.spend(b, true)
		for range 10 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := get(ctx, t, guarded(w, b), aPage); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		if w.asked != 0 {
			t.Errorf("%d requests were made", w.asked)
		}
		time.Sleep(15 * time.Minute)
		if got := w.server.spend(b, true); got != 225 {
			t.Errorf("%d pages in the next window, want 225", got)
		}
	})
}

// The budget sees each answer, a refusal too, and that there was none: the server may have counted the request.
func TestTransportObserves(t *testing.T) {
	for name, tc := range map[string]struct {
		fail     error
		requests int
	}{"answers": {nil, 100}, "no answers": {errors.New("cut"), 3}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, b := &wire{server: newServer(mastodon...), fail: tc.fail}, throttle.NewBudget(unpaced)
				for range tc.requests {
					if err := get(t.Context(), t, guarded(w, b), aPage); !errors.Is(err, tc.fail) {
						t.Fatal(err)
					}
				}
				if tc.fail != nil {
					time.Sleep(10 * time.Second) // after three failures it waits nearly as long
				}
				if got := w.server.spend(b, true); got != 225-tc.requests {
					t.Errorf("%d pages beside %d, want %d", got, tc.requests, 225-tc.requests)
				}
				time.Sleep(15 * time.Minute)
				if got := w.server.spend(b, true); got != 225 {
					t.Errorf("%d pages in the next window, want 225", got)
				}
			})
		})
	}
}

func TestTransportIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := &wire{server: newServer(mastodon...)}, throttle.NewBudget(unpaced)
		for range 301 {
			w.server.phone(false)
		}
		start := time.Now()
		for range 2 {
			if err := get(t.Context(), t, guarded(w, b), aPost); err != nil {
				t.Fatal(err)
			}
		}
		if w.server.refused != 1 || time.Since(start) < 4*time.Minute {
			t.Errorf("%d were refused, the second came after %v", w.server.refused, time.Since(start))
		}
	})
}

// Several workers that all wait here are never refused either.
func TestTransportDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := &wire{server: newServer(mastodon...)}, throttle.NewBudget(throttle.Options{Share: 1})
		c := guarded(w, b)
		var workers sync.WaitGroup
		for n := range 4 {
			workers.Go(func() {
				for range 250 {
					if err := get(t.Context(), t, c, []string{aPage, aPost}[n%2]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		if w.asked != 1000 || w.server.refused > 0 {
			t.Errorf("%d of %d requests were refused", w.server.refused, w.asked)
		}
	})
}

func TestPaged(t *testing.T) {
	for address, want := range map[string]bool{
		aPage: true, aPost: false,
		"https://a.example/x?min_id=1":            true,
		"https://a.example/x?since_id=":           true,
		"https://a.example/x?page=2":              true,
		"https://a.example/x?limit=40&id[]=1":     false,
		"https://a.example/x?q=max_id%3D1":        false,
		"https://a.example/x?cursor=abc":          false,
		"https://a.example/max_id=1":              false,
		"https://a.example/x?limit=40#?max_id=1":  false,
		"https://a.example/x?limit=40&max%5Fid=1": true,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if throttle.Paged(u) != want {
			t.Errorf("%s: want %v", address, want)
		}
	}
}
