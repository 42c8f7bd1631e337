package throttle_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/throttle"
)

func TestBook(t *testing.T) {
	book := throttle.NewBook(unpaced)
	alice, bob := book.Budget("a.example", "alice"), book.Budget("a.example", "bob")
	if alice == bob || alice == book.Budget("b.example", "alice") {
		t.Error("two users or two servers share a budget")
	}
	if book.Budget("a.example", "alice") != alice {
		t.Error("a user has two budgets")
	}
	book.Share("a.example")
	if book.Budget("a.example", "alice") != book.Budget("a.example", "bob") {
		t.Error("a server that counts per address gives two budgets")
	}
	if book.Budget("b.example", "alice") == book.Budget("b.example", "bob") {
		t.Error("so does another one")
	}
}

// GoToSocial counts a household together.
func TestHouseholdOnGoToSocial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(100 * time.Second)
		s, book := newServer(limit{requests: 300, period: 5 * time.Minute}), throttle.NewBook(with(1))
		book.Share("gts.example")
		var mu sync.Mutex
		var accounts sync.WaitGroup
		for _, account := range []string{"alice", "bob", "carol"} {
			accounts.Go(func() {
				for range 280 {
					b := book.Budget("gts.example", account)
					if err := b.Wait(t.Context(), false); err != nil {
						t.Error(err)
					}
					time.Sleep(100 * time.Millisecond)
					mu.Lock()
					status, header := s.answer(false)
					mu.Unlock()
					time.Sleep(100 * time.Millisecond)
					b.Observe(false, status, header)
				}
			})
		}
		start := time.Now()
		accounts.Wait()
		if s.refused > 0 {
			t.Errorf("%d requests were refused", s.refused)
		}
		if took := time.Since(start); took > 11*time.Minute {
			t.Errorf("840 requests took %v", took)
		}
	})
}

// GoToSocial counts pages as it counts everything: 300 in each of the windows that Mastodon makes one of.
func TestPagesOnGoToSocial(t *testing.T) {
	for _, share := range []float64{0.75, 1} {
		synctest.Test(t, func(t *testing.T) {
			s, book := newServer(limit{requests: 300, period: 5 * time.Minute}), throttle.NewBook(with(share))
			book.Share("gts.example")
			for range 4 {
				b := book.Budget("gts.example", "alice")
				if got, want := s.spend(b, true), int(share*300); got != want {
					t.Errorf("share %v: %d pages, want %d", share, got, want)
				}
				_, again := b.Admit(true)
				time.Sleep(time.Until(again))
			}
			if s.refused > 0 {
				t.Errorf("%d pages were refused", s.refused)
			}
		})
	}
}
