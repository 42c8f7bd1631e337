package throttle_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"lama/throttle"
)

// unpaced lets a test meet the windows and nothing else.
var unpaced = throttle.Options{Pace: rate.Inf, Free: rate.Inf}

func with(share float64) throttle.Options {
	o := unpaced
	o.Share = share
	return o
}

// What the person's phone takes is left to it: our requests stop where only its part of the limit remains.
func TestPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		for range 100 {
			s.phone(false)
		}
		if got := s.spend(b, false); got != 125 {
			t.Errorf("%d requests beside the phone's 100, want 125 of 225", got)
		}
	})
}

// A request counts in both windows if it is paged, otherwise in the short one.
func TestPagesLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		if got := s.spend(b, true); got != 225 {
			t.Fatalf("%d pages, want 225", got)
		}
		time.Sleep(5*time.Minute + 5*time.Second) // the long window goes on
		if s.ask(b, true) {
			t.Error("a page was admitted in a window that is used up")
		}
		if got := s.spend(b, false); got != 225 {
			t.Errorf("%d other requests in the next short window, want 225", got)
		}
		until, why := b.Status(true)
		if until.IsZero() || why == "" {
			t.Errorf("got status %v %q", until, why)
		}
	})
}

// One window's refusal closes that window: a phone that scrolls leaves everything but pages to us.
func TestRefusedPagesLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Minute)
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		for range 301 {
			s.phone(true)
			time.Sleep(1100 * time.Millisecond) // over two short windows
		}
		s.ask(b, true)
		if s.refused != 1 || s.ask(b, true) {
			t.Errorf("pages go on after %d refusals", s.refused)
		}
		if !s.ask(b, false) {
			t.Error("other requests are held back too")
		}
	})
}

// Every third short window ends with the long one: what is said of the one is not taken for the other.
func TestWindowsThatEndTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		for range 150 {
			s.ask(b, true)
		}
		time.Sleep(12 * time.Minute)
		for range 50 {
			s.phone(true)
		}
		if got := s.spend(b, true); got != 25 {
			t.Errorf("%d pages after 150 and the phone's 50, want 25 of 225", got)
		}
		if got := s.spend(b, false); got != 150 {
			t.Errorf("%d other requests after 25 pages and the phone's 50, want 150 of 225", got)
		}
	})
}

// A share is rounded down, but not by the error of a float: 0.57*300 is a little less than 171.
func TestShareIsExact(t *testing.T) {
	for share, want := range map[float64]int{0.57: 171, 0.333: 99, 0.001: 1, 1: 300, 0: 225, 7: 225, -1: 225} {
		synctest.Test(t, func(t *testing.T) {
			s, b := newServer(mastodon...), throttle.NewBudget(with(share))
			if got := s.spend(b, false); got != want {
				t.Errorf("%d requests with a share of %v, want %d", got, share, want)
			}
		})
	}
}

func TestLimitOfTheServer(t *testing.T) {
	for name, tc := range map[string]struct {
		limit limit
		want  int
	}{
		"larger":  {limit{requests: 1000, period: 5 * time.Minute}, 750},
		"smaller": {limit{requests: 40, period: 5 * time.Minute}, 30},
		"longer":  {limit{requests: 300, period: time.Hour}, 225},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := newServer(tc.limit), throttle.NewBudget(unpaced)
				if got := s.spend(b, false); got != tc.want {
					t.Errorf("%d requests, want %d", got, tc.want)
				}
				_, again := b.Admit(false)
				if wait := time.Until(again) - tc.limit.period; wait < 0 || wait > 3*time.Second {
					t.Errorf("it goes on %v after the window's end", wait)
				}
			})
		})
	}
}

// A server that states no limit has none, which three answers show; until then Mastodon's holds.
func TestNoLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(), throttle.NewBudget(unpaced)
		for range 2 {
			s.ask(b, true)
		}
		for range 223 {
			if ok, _ := b.Admit(true); !ok {
				t.Fatal("fewer than 225 pages before it is known")
			}
		}
		if ok, _ := b.Admit(true); ok {
			t.Fatal("a page beyond Mastodon's limit before it is known")
		}
		status, header := s.answer(true)
		b.Observe(true, status, header)
		for range 1000 {
			if !s.ask(b, true) {
				t.Fatal("a limit where the server has none")
			}
		}
	})
}

// A server that refuses in silence, and one that stated a limit once, have limits.
func TestSilentAnswersWithLimits(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		header http.Header
	}{
		"refused once": {http.StatusTooManyRequests, nil},
		"stated once": {http.StatusOK, http.Header{
			"X-Ratelimit-Limit": {"300"}, "X-Ratelimit-Remaining": {"299"}, "X-Ratelimit-Reset": {"200"}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := newServer(), throttle.NewBudget(unpaced)
				for range 5 {
					s.ask(b, true)
				}
				b.Admit(true)
				b.Observe(true, tc.status, tc.header)
				time.Sleep(time.Hour)
				got := 0
				for got < 1000 && s.ask(b, true) {
					got++
				}
				if got != 225 {
					t.Errorf("%d pages in a window, want 225", got)
				}
			})
		})
	}
}

// Without a limit of the server's the pace is slower.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(), throttle.NewBudget(throttle.Options{})
		if got := s.spend(b, false); got != 20 {
			t.Errorf("%d requests at once, want 20", got)
		}
		time.Sleep(2 * time.Second)
		if got := s.spend(b, false); got != 10 {
			t.Errorf("%d requests in 2 s, want 10", got)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.spend(b, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Wait(ctx, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
