package throttle_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"lama/throttle"
)

// unpaced lets a test meet the windows and nothing else.
var unpaced = throttle.Options{Pace: rate.Inf, Free: rate.Inf}

func with(share float64) throttle.Options {
	o := unpaced
	o.Share = share
	return o
}

// Four workers drain 2,000 pages and 4,000 other requests from a server under Mastodon's limits: it never refuses
// one, and in every whole window nearly all of the share is used.
func TestDrain(t *testing.T) {
	for _, share := range []float64{0.5, 0.75, 1} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { drain(t, share) })
		})
	}
}

func drain(t *testing.T, share float64) {
	time.Sleep(7*time.Minute + 300*time.Millisecond) // in the middle of both windows
	s, b := newServer(mastodon...), throttle.NewBudget(throttle.Options{Share: share})
	var mu sync.Mutex
	left := map[bool]int{true: 2000, false: 4000}
	take := func() (paged, found bool, again time.Time) {
		mu.Lock()
		defer mu.Unlock()
		for _, paged := range []bool{true, false} {
			if left[paged] == 0 {
				continue
			}
			ok, at := b.Admit(paged)
			if ok {
				left[paged]--
				return paged, true, at
			}
			if again.IsZero() || at.Before(again) {
				again = at
			}
		}
		return false, false, again
	}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				paged, found, again := take()
				switch {
				case found:
					time.Sleep(150 * time.Millisecond) // there
					mu.Lock()
					status, header := s.answer(paged)
					mu.Unlock()
					time.Sleep(150 * time.Millisecond) // and back
					b.Observe(paged, status, header)
				case again.IsZero():
					return
				default:
					time.Sleep(time.Until(again))
				}
			}
		})
	}
	workers.Wait()
	if s.refused > 0 {
		t.Errorf("%d requests were refused", s.refused)
	}
	s.checkUse(t, share)
}

// checkUse looks at all windows but the first and the last, in which there was less to do.
func (s *server) checkUse(t *testing.T, share float64) {
	t.Helper()
	for _, l := range s.limits[1:] {
		first, last := bounds(s.ours, l)
		for n := first; n <= last; n++ {
			used, allowed := s.ours[window{l, n}], int(share*float64(l.requests))
			if used > allowed {
				t.Errorf("paged %v: %d requests in a window that allows %d", l.paged, used, allowed)
			}
			if n > first && n < last && float64(used) < 0.95*float64(allowed) {
				t.Errorf("paged %v: only %d of %d requests were used in window %d of %d", l.paged, used, allowed, n-first, last-first)
			}
		}
	}
}

func bounds(counts map[window]int, l limit) (first, last int64) {
	for w := range counts {
		if w.limit != l {
			continue
		}
		if first == 0 || w.number < first {
			first = w.number
		}
		last = max(last, w.number)
	}
	return first, last
}

// Whatever the order in which requests are admitted, counted and answered, however long that takes and whatever
// the local clock says, the share of no window is exceeded.
func TestShareIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ahead := time.Duration(rapid.IntRange(-20000, 20000).Draw(r, "ahead")) * time.Second / 2
		share := rapid.SampledFrom([]float64{0.1, 0.57, 0.75, 1}).Draw(r, "share")
		start := rapid.IntRange(0, 900).Draw(r, "start")
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 20, 400).Draw(r, "steps")
		var problem string
		synctest.Test(t, func(*testing.T) {
			time.Sleep(time.Duration(start) * time.Second)
			problem = exceeds(share, ahead, steps)
		})
		if problem != "" {
			r.Fatal(problem)
		}
	})
}

// A model is a server and the requests that are under way to it.
type model struct {
	*server
	budget *throttle.Budget
	away   []*request
}

type request struct {
	paged   bool
	counted bool
	status  int
	header  http.Header
}

func (m *model) admit(most int) {
	for len(m.away) < most {
		paged := len(m.away)%2 == 0
		if ok, _ := m.budget.Admit(paged); !ok {
			return
		}
		m.away = append(m.away, &request{paged: paged})
	}
}

func (m *model) reach(q *request) {
	if !q.counted {
		q.status, q.header = m.answer(q.paged)
		q.counted = true
	}
}

// come lets the newest answers come until no more than rest are under way: answers overtake each other.
func (m *model) come(rest int) {
	for len(m.away) > rest {
		q := m.away[len(m.away)-1]
		m.away = m.away[:len(m.away)-1]
		m.reach(q)
		m.budget.Observe(q.paged, q.status, q.header)
	}
}

// toBoundary sleeps until two seconds before a window of the server's ends.
func (m *model) toBoundary() {
	m.come(0)
	const period = 5 * time.Minute
	now := m.now().Add(2 * time.Second)
	time.Sleep(now.Truncate(period).Add(period).Sub(now))
}

// exceeds plays steps and says which share was exceeded. The first answer teaches the server's clock.
func exceeds(share float64, ahead time.Duration, steps []int) string {
	m := model{server: newServer(mastodon[1:]...), budget: throttle.NewBudget(with(share))}
	m.ahead = ahead
	m.ask(m.budget, false)
	for _, step := range steps {
		switch step {
		case 0, 1:
			m.admit(16)
		case 2:
			m.admit(3)
		case 3:
			for n := 0; n < len(m.away); n += 2 {
				m.reach(m.away[n])
			}
		case 4, 5:
			m.come(len(m.away) / 2)
		case 6, 7, 8:
			time.Sleep(700 * time.Millisecond)
		default:
			m.toBoundary()
		}
	}
	for w, n := range m.ours {
		if allowed := int(share*float64(w.requests) + 1e-9); n > allowed {
			return fmt.Sprintf("paged %v: %d requests in a window that allows %d", w.paged, n, allowed)
		}
	}
	return ""
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

// A local clock that is wrong by hours changes nothing: answers are dated.
func TestWrongClock(t *testing.T) {
	for _, ahead := range []time.Duration{-7*time.Hour - 100*time.Second, -3 * time.Second, 3 * time.Second, 7*time.Hour + 100*time.Second} {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := newServer(mastodon...), throttle.NewBudget(with(1))
				s.ahead = ahead
				for range 3 {
					if got := s.spend(b, true); got != 300 {
						t.Errorf("%d pages, want 300", got)
					}
					if err := b.Wait(t.Context(), true); err != nil {
						t.Fatal(err)
					}
					b.Cancel(true)
				}
				if s.refused > 0 {
					t.Errorf("%d requests were refused", s.refused)
				}
			})
		})
	}
}

// A cached answer is as old as it likes: neither its date nor its counts are taken.
func TestCachedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.ask(b, false)
		b.Observe(false, http.StatusOK, http.Header{"Age": {"7200"},
			"Date":              {time.Now().Add(-2 * time.Hour).UTC().Format(http.TimeFormat)},
			"X-Ratelimit-Limit": {"300"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"100"}})
		if got := s.spend(b, false); got < 220 {
			t.Errorf("%d requests after a cached answer", got)
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
