package throttle_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lama/throttle"
)

// Four workers drain 2,000 pages and 4,000 other requests from a server under Mastodon's limits: it never refuses
// one, and in every whole window nearly all of the share is used, though answers overtake each other.
func TestDrain(t *testing.T) {
	for _, share := range []float64{0.5, 0.75, 1} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprint(share, " ", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { drain(t, share, rand.New(rand.NewPCG(1, seed))) })
			})
		}
	}
}

func drain(t *testing.T, share float64, random *rand.Rand) {
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
	travel := func() {
		mu.Lock()
		d := time.Duration(20+random.IntN(900)) * time.Millisecond
		mu.Unlock()
		time.Sleep(d)
	}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				paged, found, again := take()
				switch {
				case found:
					travel()
					mu.Lock()
					status, header := s.answer(paged)
					mu.Unlock()
					travel()
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
				t.Errorf("paged %v: only %d of %d requests in window %d of %d", l.paged, used, allowed, n-first, last-first)
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
