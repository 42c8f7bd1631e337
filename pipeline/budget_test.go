package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// budget admits a few requests, then says no until a time, or for the whole run.
type budget struct {
	gate
	left  int
	until func() time.Time
}

func (b *budget) Admit(archive.Task) (bool, time.Time) {
	if b.left == 0 {
		b.left = 5
		return false, b.until()
	}
	b.left--
	return true, time.Time{}
}

func star(n int) map[int][]int {
	edges := map[int][]int{}
	for i := 1; i <= n; i++ {
		edges[0] = append(edges[0], i)
	}
	return edges
}

func TestBudgetsAreWaitedFor(t *testing.T) {
	for name, until := range map[string]func() time.Time{
		"15 minutes":   func() time.Time { return time.Now().Add(15 * time.Minute) },
		"a nanosecond": func() time.Time { return time.Now().Add(1) },
		"no time":      time.Now,
	} {
		t.Run(name, func(t *testing.T) {
			g := newGraph(star(23))
			synctest.Test(t, func(t *testing.T) {
				o := options(g, 1)
				o.Gate = &budget{gate: gate{1, 4}, left: 5, until: until}
				if err := Run(t.Context(), o, g.stages(), opened(posts)); err != nil {
					t.Fatal(err)
				}
			})
			if len(g.settled) != 24 {
				t.Errorf("%d settled, %d left", len(g.settled), len(g.pending))
			}
		})
	}
}

func TestWhatIsNotForThisRunIsLeft(t *testing.T) {
	g := newGraph(star(23))
	synctest.Test(t, func(t *testing.T) {
		o := options(g, 1)
		o.Gate = &budget{gate: gate{1, 4}, left: 5, until: func() time.Time { return time.Time{} }}
		if err := Run(t.Context(), o, g.stages(), opened(posts)); err != nil {
			t.Fatal(err)
		}
	})
	if len(g.settled) != 5 || len(g.pending) != 19 {
		t.Errorf("%d settled, %d left", len(g.settled), len(g.pending))
	}
}

// A full batch goes while the account's walk has to wait for its budget. One that may fill up waits for the walk.
func TestAFullBatchDoesNotWaitForTheWalksBudget(t *testing.T) {
	for batch, want := range map[int]time.Duration{1: 0, 20: 15 * time.Minute} {
		if asked := askedBesideAWalk(t, batch); asked != want {
			t.Errorf("a post of a batch of %d is asked for after %v, want %v", batch, asked, want)
		}
	}
}

// askedBesideAWalk is when one post is asked for where a walk waits for a quarter of an hour.
func askedBesideAWalk(t *testing.T, batch int) (asked time.Duration) {
	t.Helper()
	walk := archive.Lane{Kind: archive.TaskPage, Owner: "ana"}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		done := map[archive.Lane]bool{}
		source := sourceFunc(func(l archive.Lane) []archive.Task {
			if done[l] {
				return nil
			}
			if l == walk {
				return []archive.Task{{Lane: l, Walk: &archive.Walk{Account: "ana", Collection: archive.Statuses}}}
			}
			return []archive.Task{{Lane: l, Wants: []archive.Want{{Name: "1"}}}}
		})
		s := newGraph(nil).stages()
		s.Page = func(_ context.Context, task archive.Task) (archive.Page, error) {
			if task.Lane == posts {
				asked = time.Since(start)
			}
			return archive.Page{Task: task}, nil
		}
		s.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
			source.Lock()
			defer source.Unlock()
			for _, b := range all {
				done[b.Lane] = true
				result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
			}
			return result, nil
		}
		o := options(nil, batch)
		o.Source, o.Gate = source, walkWaits{gate{batch, 4}, start.Add(15 * time.Minute)}
		ready := make(chan []archive.Lane) // stays open for a while: nothing else makes feed look again
		go func() {
			ready <- []archive.Lane{posts, walk}
			time.Sleep(time.Minute)
			close(ready)
		}()
		if err := Run(t.Context(), o, s, ready); err != nil {
			t.Fatal(err)
		}
		if !done[walk] {
			t.Error("the walk was not waited for")
		}
	})
	return asked
}

// walkWaits lets pages through only from a time on.
type walkWaits struct {
	gate
	until time.Time
}

func (g walkWaits) Admit(t archive.Task) (bool, time.Time) {
	return t.Walk == nil || !time.Now().Before(g.until), g.until
}
