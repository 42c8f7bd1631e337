package throttle_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"lama/throttle"
)

const (
	aFile    = "https://files.example/media_attachments/1/original.png"
	aProxied = "https://a.example/media_proxy/1/original"
)

// mediaProxy is Mastodon's limit for files that it fetches again; it tells nobody.
var mediaProxy = limit{requests: 30, period: 10 * time.Minute}

// download asks for a file, if that is admitted.
func (s *server) download(h *throttle.Hosts, address string) (ok bool, again time.Time) {
	ok, again = h.Admit(address)
	if ok {
		status, header := s.answer(false)
		h.Observe(address, status, http.Header{"Date": header["Date"]})
	}
	return ok, again
}

// Whatever the local clock says, a server that fetches files again is never asked for too many, and nearly all of the
// share is used.
func TestMediaProxy(t *testing.T) {
	for _, share := range []float64{0.75, 1} {
		for _, ahead := range []time.Duration{-7*time.Hour - 100*time.Second, 0, 5*time.Hour + 299*time.Second} {
			t.Run(fmt.Sprint(share, ahead), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { drainProxy(t, share, ahead) })
			})
		}
	}
}

func drainProxy(t *testing.T, share float64, ahead time.Duration) {
	time.Sleep(mediaProxy.period - 10*time.Second) // by the local clock the next window is near
	s, h := newServer(mediaProxy), throttle.NewHosts(with(share))
	s.ahead = ahead
	start := time.Now()
	for n := 0; n < 200; {
		ok, again := s.download(h, aProxied)
		if !ok {
			time.Sleep(time.Until(again))
			continue
		}
		n++
		time.Sleep(50 * time.Millisecond)
	}
	if s.refused > 0 {
		t.Errorf("%d downloads were refused", s.refused)
	}
	allowed := int(share * 30)
	for w, n := range s.ours {
		if n > allowed {
			t.Errorf("%d downloads in window %d, which allows %d", n, w.number, allowed)
		}
	}
	if windows := time.Duration(200/allowed + 1); time.Since(start) > windows*mediaProxy.period {
		t.Errorf("it took %v", time.Since(start))
	}
}

// Failures count as well, and downloads that are under way.
func TestMediaProxyUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, n := throttle.NewHosts(with(1)), 0
		for ok := true; ok; n++ {
			if ok, _ = h.Admit(aProxied); ok && n%2 == 0 {
				h.Observe(aProxied, http.StatusNotFound, nil)
			}
		}
		if n-1 != 30 {
			t.Errorf("%d downloads, want 30", n-1)
		}
	})
}

// What the proxy refuses does not hold back files that are there, on the same host or on another.
func TestHostsAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := throttle.NewHosts(unpaced)
		h.Admit(aProxied)
		h.Observe(aProxied, http.StatusTooManyRequests, http.Header{"Retry-After": {"600"}})
		if ok, again := h.Admit(aProxied); ok || time.Until(again) < 10*time.Minute {
			t.Errorf("the proxy is asked again in %v", time.Until(again))
		}
		for address, want := range map[string]int{
			"https://a.example/system/1.png": 100, aFile: 100, "https://b.example/media_proxy/1/original": 22,
		} {
			got := 0
			for range 100 {
				if ok, _ := h.Admit(address); ok {
					got++
				}
			}
			if got != want {
				t.Errorf("%d of 100 from %s, want %d", got, address, want)
			}
		}
	})
}

func TestHostIsBusy(t *testing.T) {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }
	for name, tc := range map[string]struct {
		status   int
		header   http.Header
		at, most time.Duration
		guess    bool // nobody told how long
	}{
		"told":             {429, http.Header{"Retry-After": {seconds(time.Minute)}}, time.Minute, time.Minute + 2*time.Second, false},
		"told by a window": {429, http.Header{"X-Ratelimit-Reset": {seconds(time.Minute)}}, time.Minute, time.Minute + 3*time.Second, false},
		"maintenance":      {503, http.Header{"Retry-After": {seconds(time.Hour)}}, time.Hour, time.Hour + 2*time.Second, false},
		"not told":         {429, nil, time.Second, 4 * time.Second, true},
		"no answer":        {0, nil, time.Second, 4 * time.Second, true},
		"here":             {200, nil, 0, 0, false},
		"not here":         {404, nil, 0, 0, false},
		"broken":           {500, nil, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := throttle.NewHosts(unpaced)
				h.Observe(aFile, http.StatusOK, nil)
				h.Admit(aFile)
				h.Observe(aFile, tc.status, tc.header)
				ok, again := h.Admit(aFile)
				if ok != (tc.most == 0) || h.Guessing(aFile) != tc.guess {
					t.Fatalf("admitted: %v, a guess: %v", ok, h.Guessing(aFile))
				}
				if wait := time.Until(again); !ok && (wait < tc.at || wait > tc.most) {
					t.Errorf("again in %v", wait)
				}
			})
		})
	}
}

// A host that stays away is asked more and more rarely; one that is back is asked as before.
func TestHostStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := throttle.NewHosts(unpaced)
		wait := func(status int) {
			h.Admit(aFile)
			h.Observe(aFile, status, nil)
			if ok, again := h.Admit(aFile); !ok {
				time.Sleep(time.Until(again))
			}
		}
		wait(http.StatusOK)
		start := time.Now()
		for range 12 {
			wait(0)
		}
		if took := time.Since(start); took < 30*time.Minute || took > 3*time.Hour {
			t.Errorf("12 attempts in %v", took)
		}
		wait(http.StatusOK)
		start = time.Now()
		wait(0)
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("asked again after %v", took)
		}
	})
}

// A host that gives no answer to its first request is not asked again; others are, and so is one that did answer. What
// a server waits for when it fetches a file again is not its own silence.
func TestASilentHostIsAskedOnce(t *testing.T) {
	h := throttle.NewHosts(unpaced)
	h.Observe(aFile, 0, nil)
	if ok, again := h.Admit(aFile + "?2"); ok || !again.IsZero() || !h.Silent(aFile) || h.Answered("files.example") {
		t.Errorf("admitted %v, again %v, silent %v", ok, again, h.Silent(aFile))
	}
	const there = "https://b.example/1.png"
	h.Observe(there, http.StatusNotFound, nil)
	h.Observe(there, 0, nil)
	h.Observe(aProxied, 0, nil)
	for _, address := range []string{there, aProxied, "https://a.example/1.png"} {
		if h.Silent(address) {
			t.Errorf("%s counts as silent", address)
		}
	}
	if !h.Answered("b.example") || h.Answered("a.example") {
		t.Error("who answered is mixed up")
	}
}

// Each host has a pace of its own.
func TestPaceOfHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := throttle.NewHosts(throttle.Options{Pace: 2, Burst: 3})
		count := func(address string) (n int) {
			for ok, _ := h.Admit(address); ok; ok, _ = h.Admit(address) {
				n++
			}
			return n
		}
		for _, address := range []string{aFile, "https://b.example/1.png", "http://[broken"} {
			if got := count(address); got != 3 {
				t.Errorf("%d from %s at once, want 3", got, address)
			}
		}
		if _, again := h.Admit(aFile); time.Until(again) != 500*time.Millisecond {
			t.Errorf("again in %v", time.Until(again))
		}
		time.Sleep(time.Second)
		if got := count(aFile); got != 2 {
			t.Errorf("%d in a second, want 2", got)
		}
	})
}
