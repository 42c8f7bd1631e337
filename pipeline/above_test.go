package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// chains are replies, each leading up to the next until its chain ends. They are asked for one generation at a time,
// or with all that is above at once.
type chains struct {
	sync.Mutex
	left map[int]int // chain -> posts above
	asks []string    // the size of each batch, and "above" for a conversation
	lone bool        // a stored post leads up to each
}

func (*chains) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
}

func (c *chains) Pending(_ context.Context, l archive.Lane, _ int) (tasks []archive.Task, _ time.Time, _ error) {
	c.Lock()
	defer c.Unlock()
	for n := range len(c.left) {
		if l.Kind != archive.TaskPosts || c.left[n] == 0 {
			continue
		}
		w := archive.Want{Account: "ana", Name: archive.Name(fmt.Sprint(n)), Hops: 1}
		if c.lone {
			w.Below = archive.Below{ID: "x", Local: true}
		}
		tasks = append(tasks, archive.Task{Lane: l, Wants: []archive.Want{w}})
	}
	return tasks, time.Time{}, nil
}

func (c *chains) fetch(_ context.Context, t archive.Task) (archive.Page, error) {
	c.Lock()
	defer c.Unlock()
	ask := fmt.Sprint(len(t.Wants))
	if t.Above {
		ask = "above"
	}
	c.asks = append(c.asks, ask)
	for _, w := range t.Wants {
		var n int
		fmt.Sscan(string(w.Name), &n)
		if c.left[n]--; t.Above {
			c.left[n] = 0
		}
	}
	return archive.Page{Task: t}, nil
}

func (c *chains) run(t *testing.T, batch int) string {
	t.Helper()
	s := newGraph(nil).stages()
	s.Page = c.fetch
	s.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
		for _, b := range all {
			result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
		}
		return result, nil
	}
	synctest.Test(t, func(t *testing.T) {
		o := Options{Source: c, Gate: gate{batch, 4}, Pages: 4, Media: 1, CPU: 1, Writers: 1}
		if err := Run(t.Context(), o, s, opened(archive.Lane{Kind: archive.TaskPage, Owner: "ana"}, posts)); err != nil {
			t.Fatal(err)
		}
	})
	slices.Sort(c.asks)
	return strings.Join(c.asks, " ")
}

func TestChainsGoInTheFewestRequests(t *testing.T) {
	for name, tc := range map[string]struct {
		depths []int
		batch  int
		lone   bool
		want   string
	}{
		"three deep chains go by conversation":     {[]int{9, 9, 9}, 20, true, "above above above"},
		"so does one":                              {[]int{50}, 20, true, "above"},
		"four go together":                         {[]int{2, 2, 2, 2}, 20, true, "4 4"},
		"the deepest of many go so at the end":     {[]int{1, 1, 2, 30, 30}, 20, true, "5 above above above"},
		"nothing leads there, so they go together": {[]int{3, 3}, 20, false, "2 2 2"},
		"without batches all go by conversation":   {[]int{3, 3, 3, 3, 3}, 1, true, "above above above above above"},
		"or one by one":                            {[]int{2, 1}, 1, false, "1 1 1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &chains{left: map[int]int{}, lone: tc.lone}
			for n, depth := range tc.depths {
				c.left[n] = depth
			}
			if got := c.run(t, tc.batch); got != tc.want {
				t.Errorf("asked %q, want %q", got, tc.want)
			}
		})
	}
}

// A run's lanes do not grow with the hosts that it has met.
func TestAMediaHostThatHasNothingLeftIsForgotten(t *testing.T) {
	f := newFeed(Options{Source: &chains{}, Gate: gate{1, 4}}, channels{})
	for n := range 1000 {
		if err := f.open(t.Context(), []archive.Lane{{Kind: archive.TaskMedia, Owner: fmt.Sprint(n)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.prepare(t.Context()); err != nil || len(f.lanes) != 0 {
		t.Errorf("%d lanes are left (%v)", len(f.lanes), err)
	}
}
