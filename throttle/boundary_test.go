package throttle_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"lama/throttle"
)

// About the end of a window nobody knows which one would count a request.
func TestNothingBetweenWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.ask(b, false)
		time.Sleep(5*time.Minute + 300*time.Millisecond)
		ok, again := b.Admit(false)
		if wait := time.Until(again); ok || wait <= 0 || wait > 2*time.Second {
			t.Errorf("admitted: %v, again in %v", ok, wait)
		}
	})
}

// A local clock that is wrong by hours changes nothing: answers are dated.
func TestWrongClock(t *testing.T) {
	const hours = 7*time.Hour + 100*time.Second
	for _, ahead := range []time.Duration{-hours, -3 * time.Second, 3 * time.Second, hours} {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := newServer(mastodon...), throttle.NewBudget(with(1))
				s.ahead = ahead
				for range 3 {
					if got := s.spend(b, true); got != 300 {
						t.Errorf("%d pages, want 300", got)
					}
					_, again := b.Admit(true)
					if wait := time.Until(again); wait <= 0 || wait > 15*time.Minute+5*time.Second {
						t.Fatalf("it goes on in %v", wait)
					}
					time.Sleep(time.Until(again))
				}
				if s.refused > 0 {
					t.Errorf("%d requests were refused", s.refused)
				}
			})
		})
	}
}

// A late answer does not turn the clock back.
func TestLateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(with(1))
		status, header := s.answer(false)
		b.Admit(false)
		time.Sleep(4*time.Minute + 30*time.Second)
		s.ask(b, false)
		late := header.Clone()
		late.Set("Date", time.Now().Add(-90*time.Second).UTC().Format(http.TimeFormat))
		b.Observe(false, status, late)
		time.Sleep(time.Minute)
		if got := s.spend(b, false); got != 300 {
			t.Errorf("%d requests in the next window, want 300", got)
		}
	})
}

// A cached answer is as old as it likes: neither its date nor its counts are taken.
func TestCachedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.ask(b, false)
		b.Admit(false)
		b.Observe(false, http.StatusOK, http.Header{"Age": {"7300"},
			"Date":              {time.Now().Add(-7300 * time.Second).UTC().Format(http.TimeFormat)},
			"X-Ratelimit-Limit": {"300"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"299"}})
		for range 223 {
			if ok, _ := b.Admit(false); !ok {
				t.Fatal("its counts are taken")
			}
		}
		if _, again := b.Admit(false); time.Until(again) < 5*time.Minute || time.Until(again) > 5*time.Minute+3*time.Second {
			t.Errorf("its date is taken: again in %v", time.Until(again))
		}
	})
}

// What was answered after a window's end counts in the next one, though no answer spoke of that.
func TestAnsweredAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon[1:]...), throttle.NewBudget(unpaced)
		time.Sleep(14*time.Minute + 59900*time.Millisecond)
		s.ask(b, true)
		for range 16 {
			b.Admit(true)
		}
		time.Sleep(300 * time.Millisecond)
		for range 16 {
			status, header := s.answer(true)
			b.Observe(true, status, header)
		}
		for range 3 {
			s.spend(b, true)
			time.Sleep(4*time.Minute + 50*time.Second)
		}
		s.checkUse(t, throttle.DefaultShare)
	})
}

// What is still under way when a window ends may fall into the next, and no longer once it was answered.
func TestUnderWayAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		time.Sleep(4*time.Minute + 50*time.Second)
		s.ask(b, false)
		for window := range 2 {
			for range 10 {
				b.Admit(false)
			}
			time.Sleep(20 * time.Second)
			b.Status(false) // the next window has begun
			for n := 0; n < 10 && window < 1; n++ {
				status, header := s.answer(false)
				b.Observe(false, status, header)
			}
			if window < 1 {
				time.Sleep(5*time.Minute - 20*time.Second)
			}
		}
		admitted := 0
		for ok, _ := b.Admit(false); ok && admitted < 1000; ok, _ = b.Admit(false) {
			admitted++
		}
		if admitted != 215 {
			t.Errorf("%d requests beside 10 that are under way, want 215 of 225", admitted)
		}
	})
}

// An answer that was overtaken by one of the next window does not bring the old window back.
func TestOvertakenAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		time.Sleep(4*time.Minute + 59500*time.Millisecond)
		s.ask(b, false)
		for range 101 {
			b.Admit(false)
		}
		status, old := s.answer(false)
		time.Sleep(700 * time.Millisecond)
		for range 100 {
			status, header := s.answer(false)
			b.Observe(false, status, header)
		}
		b.Observe(false, status, old)
		if ok, _ := b.Admit(false); !ok {
			t.Error("nothing is admitted in the new window")
		}
		for range 300 {
			b.Admit(false) // before an answer could say more
		}
		time.Sleep(2 * time.Second)
		if ok, _ := b.Admit(false); ok {
			t.Error("the new window's requests are forgotten")
		}
	})
}

// Requests that are admitted and never observed hold a place in two windows at most, however few there are.
func TestNeverObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := throttle.NewBudget(with(0.04)) // 12 of 300
		for range 3 {
			got := 0
			for ok, _ := b.Admit(true); ok; ok, _ = b.Admit(true) {
				got++
			}
			if got != 12 {
				t.Errorf("%d pages were admitted, want 12", got)
			}
			time.Sleep(16 * time.Minute)
			if ok, _ := b.Admit(true); ok {
				t.Error("they may still be under way")
			}
			time.Sleep(16 * time.Minute)
		}
	})
}

// A back-off that was begun before the server's time was known lasts as long as it would have, not hours longer.
func TestABackOffOutlivesNoWrongClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.ahead = -3 * time.Hour
		if ok, _ := b.Admit(false); !ok {
			t.Fatal("the first request is not admitted")
		}
		b.Observe(false, 0, nil)
		time.Sleep(3 * time.Second) // the first back-off is 2 s, give or take a fifth
		for n := range 2 {
			if !s.ask(b, false) {
				until, why := b.Status(false)
				t.Fatalf("request %d waits until %v: %s", n+1, until, why)
			}
		}
	})
}
