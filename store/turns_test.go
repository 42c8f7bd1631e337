package store_test

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"lama/archive"
)

// pagesOf are batches of the pages of ana's favourites, one post each, as they come before any is committed.
func (f *fixture) pagesOf(n int) (all []archive.Batch) {
	f.start("favourite")
	w, after := *f.task(), ""
	for p := range n {
		walk := w
		b := did(ana, archive.BaseFavourite, post("a", fmt.Sprint(90-p)))
		b.Walk, b.After, b.Outcome = &walk, after, archive.Outcome{State: archive.Done}
		b.Step = archive.Step{Top: fmt.Sprint(90 - p), Bottom: fmt.Sprint(90 - p), Next: fmt.Sprint("/", p), Items: 1, Proved: true, End: p == n-1}
		task := archive.Task{Lane: pages, Walk: &walk}
		b.Keys, after = task.Keys(), task.Keys()[0]
		all, w = append(all, b), w.Read(b.Step)
	}
	return all
}

// early announces a commit with the first page, which is to begin anew, begins one with the others, and returns when that has
// come too early.
func (f *fixture) early(all []archive.Batch) (done <-chan error) {
	f.t.Helper()
	f.Announce(all[:1])
	f.Pass(all[0].Keys[0])
	tries, ended := f.Tries(), make(chan error, 1)
	go func() {
		_, err := f.Commit(f.t.Context(), all[1:])
		ended <- err
	}()
	if err := <-tries; err == nil {
		f.t.Fatal("a later page is committed before the first")
	}
	return ended
}

// Commits of a walk's pages may begin in any order: each waits, holding nothing, until the one before stands in the queue.
func TestCommitsOfAWalkBeginInTheOrderOfItsPages(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		all := f.pagesOf(12)
		for n := range all {
			f.Announce(all[n : n+1])
		}
		tries := f.Tries()
		var g errgroup.Group
		for n := len(all) - 1; n >= 0; n-- {
			g.Go(func() error {
				_, err := f.Commit(t.Context(), all[n:n+1])
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for range all {
			if err := <-tries; err != nil {
				t.Errorf("a commit had to begin anew: %v", err)
			}
		}
		equal(t, f.intervals(), []string{"90-79 complete"})
	})
}

// A commit with the second page that comes before the one with the first, which may not have begun, begins anew when that is over.
func TestAPageWaitsForTheOneBeforeInAnotherCommit(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		all := f.pagesOf(2)
		done := f.early(all)
		f.commit(all[0])
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		equal(t, f.intervals(), []string{"90-89 complete"})
		equal(t, f.activities(), []string{"ana@home.example favourite 90", "ana@home.example favourite 89"})
	})
}

// Where the commit with the first page fails, the second is kept all the same, and both pages are read again.
func TestAPageIsKeptWhereTheOneBeforeFails(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		all := f.pagesOf(2)
		done := f.early(all)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.Commit(gone, all[:1]); err == nil {
			t.Fatal("the first page is committed by a run that has ended")
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if w := f.task(); w.Pages != 0 {
			t.Errorf("page %d is next, want the first", w.Pages)
		}
		equal(t, f.activities(), []string{"ana@home.example favourite 89"})
	})
}
