package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"lama/archive"
)

// walkPages are the pages of several walks and re-walks, as they may come out of the stages: in any order.
func walkPages(rt *rapid.T) (all []archive.Batch, pages map[string]int) {
	pages = map[string]int{}
	for w := range rapid.IntRange(1, 4).Draw(rt, "walks") {
		walk := archive.Walk{Collection: archive.Collection(fmt.Sprint("c", w/2)), Rewalk: w%2 == 1}
		n := rapid.IntRange(1, 30).Draw(rt, "pages")
		after := ""
		for p := range n {
			walk := walk
			walk.Pages = p
			key := fmt.Sprintf("%s %d", walk.Name(), p)
			all = append(all, archive.Batch{Walk: &walk, Keys: []string{key}, After: after})
			after = key
		}
		pages[walk.Name()] = n
	}
	for n := range rapid.IntRange(0, 40).Draw(rt, "others") {
		all = append(all, archive.Batch{Keys: []string{fmt.Sprint("other ", n)}})
	}
	return rapid.Permutation(all).Draw(rt, "order"), pages
}

const writers = 3

// overseer looks at each commit when it is handed out, and notes what must not be.
type overseer struct {
	next    map[string]int // page of each walk
	total   int
	problem string
	away    atomic.Int64
}

func (o *overseer) see(_ context.Context, all []archive.Batch) ([]archive.Batch, error) {
	if len(all) == 0 || weigh(all[:len(all)-1]...) >= composed(writers) {
		o.problem = fmt.Sprintf("%d answers in a commit", len(all))
	}
	if n := o.away.Add(1); n > writers {
		o.problem = fmt.Sprintf("%d commits for %d writers", n, writers)
	}
	for _, b := range all {
		if o.total++; b.Walk == nil {
			continue
		}
		of := b.Walk.Name()
		if b.Walk.Pages != o.next[of] {
			o.problem = fmt.Sprintf("page %d of %s is handed out where %d is next", b.Walk.Pages, of, o.next[of])
		}
		o.next[of] = b.Walk.Pages + 1
	}
	return all, nil
}

func (o *overseer) write(_ context.Context, all []archive.Batch) (archive.Result, error) {
	time.Sleep(time.Duration(len(all)) * time.Millisecond)
	o.away.Add(-1)
	return archive.Result{}, nil
}

// Whatever the order in which pages come, each is handed out after the one before it or with it, none is left, and no
// more commits are made than there are writers for.
func TestPagesAreHandedOutInTheirOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		batches, pages := walkPages(rt)
		o := &overseer{next: map[string]int{}}
		synctest.Test(t, func(t *testing.T) {
			g, ctx := errgroup.WithContext(t.Context())
			in, committed := make(chan archive.Batch), make(chan struct{})
			g.Go(func() error {
				defer close(in)
				for _, b := range batches {
					if err := send(ctx, in, b); err != nil {
						return err
					}
				}
				return nil
			})
			seen := pool(ctx, g, 1, compose(ctx, g, in, committed, writers), o.see)
			settled := pool(ctx, g, writers, seen, telling(o.write, committed, nil))
			g.Go(func() error {
				for range settled { // the feed's part
				}
				return nil
			})
			if err := g.Wait(); err != nil {
				rt.Fatal(err)
			}
		})
		if o.problem != "" || o.total != len(batches) {
			rt.Fatalf("%s; %d of %d are committed", o.problem, o.total, len(batches))
		}
		for of, n := range pages {
			if o.next[of] != n {
				rt.Fatalf("%s is committed up to page %d of %d", of, o.next[of], n)
			}
		}
	})
}

// The pages of one walk go into commits side by side, where there are enough.
func TestPagesOfOneWalkAreCommittedSideBySide(t *testing.T) {
	c := &composer{writers: writers, last: map[string]string{}}
	after := ""
	for p := range 2 * composed(writers) / page {
		key := fmt.Sprint("page ", p)
		c.waiting = append(c.waiting, archive.Batch{Walk: &archive.Walk{Pages: p}, Keys: []string{key}, After: after,
			Posts: make([]archive.Post, page)})
		after = key
	}
	for n := range 2 {
		next, rest := c.next()
		if len(next) != composed(writers)/page {
			t.Fatalf("commit %d has %d pages, want %d", n, len(next), composed(writers)/page)
		}
		c.sent(next, rest)
	}
}

// A server that leads in a circle gives a page twice: each answer is committed, by whatever key it goes.
func TestTwoAnswersWithOneKeyAreTwo(t *testing.T) {
	c := &composer{waiting: []archive.Batch{{Keys: []string{"a"}}, {Keys: []string{"a"}, After: "b"}}, last: map[string]string{}}
	c.waiting[1].Walk = &archive.Walk{}
	if next, rest := c.next(); len(next) != 1 || len(rest) != 1 {
		t.Errorf("%d are committed and %d wait", len(next), len(rest))
	}
}

// Small answers that come while a commit is under way share the next one.
func TestWhatIsReadySharesACommit(t *testing.T) {
	for _, writers := range []int{1, writers} {
		shareCommits(t, writers)
	}
}

func shareCommits(t *testing.T, writers int) {
	c, composed := &composer{writers: writers, last: map[string]string{}}, composed(writers)
	for n := range 40 {
		c.waiting = append(c.waiting, archive.Batch{Keys: []string{fmt.Sprint(n)}})
	}
	if next, rest := c.next(); len(next) != composed/page || len(rest) != 40-composed/page {
		t.Errorf("%d share a commit and %d wait, want %d", len(next), len(rest), composed/page)
	}
	c.waiting = nil
	for n := range 100 {
		c.waiting = append(c.waiting, archive.Batch{Keys: []string{fmt.Sprint(n)}, Fetched: make([]archive.Fetched, 1)})
	}
	if next, _ := c.next(); len(next) != composed/file {
		t.Errorf("%d files share a commit, want %d", len(next), composed/file)
	}
	paged := func(p int, after string) archive.Batch {
		return archive.Batch{Walk: &archive.Walk{Collection: "c"}, Keys: []string{fmt.Sprint("page ", p)}, After: after}
	}
	c.waiting = []archive.Batch{paged(3, "page 2"), paged(2, "page 1"), paged(5, "page 4")}
	c.last[paged(1, "").Walk.Name()] = "page 1"
	var keys []string
	next, _ := c.next()
	for _, b := range next {
		keys = append(keys, b.Keys...)
	}
	if want := []string{"page 2", "page 3"}; !slices.Equal(keys, want) {
		t.Errorf("got %v, want %v", keys, want)
	}
}

// A commit begins beside another only for as much as is worth a second connection.
func TestFewAnswersWaitForTheCommitUnderWay(t *testing.T) {
	for posts, want := range map[int]int{1: 1, page: 2} {
		synctest.Test(t, func(t *testing.T) {
			g, ctx := errgroup.WithContext(t.Context())
			in, committed := make(chan archive.Batch), make(chan struct{})
			g.Go(func() error {
				defer close(in)
				for n := range 2 * composed(2) / page {
					err := send(ctx, in, archive.Batch{Walk: &archive.Walk{Account: fmt.Sprint(n)}, Keys: []string{fmt.Sprint(n)},
						Posts: make([]archive.Post, posts)})
					if err != nil {
						return err
					}
				}
				return nil
			})
			var away, most atomic.Int64
			write := func(context.Context, []archive.Batch) (archive.Result, error) {
				now := away.Add(1)
				defer away.Add(-1)
				most.Store(max(most.Load(), now))
				time.Sleep(time.Second)
				return archive.Result{}, nil
			}
			settled := pool(ctx, g, 2, compose(ctx, g, in, committed, 2), telling(write, committed, nil))
			for range settled {
			}
			if err := g.Wait(); err != nil || most.Load() != int64(want) {
				t.Errorf("pages of %d posts: %d commits side by side, want %d (%v)", posts, most.Load(), want, err)
			}
		})
	}
}
