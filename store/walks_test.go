package store_test

import (
	"fmt"
	"testing"

	"lama/archive"
	"lama/store"
)

var pages = archive.Lane{Kind: archive.TaskPage, Owner: ana.Name()}

// task is the one page task of ana's favourites.
func (f *fixture) task() *archive.Walk {
	f.t.Helper()
	return f.taskOf(pages)
}

// taskOf is the one task of a lane; nil for none.
func (f *fixture) taskOf(lane archive.Lane) *archive.Walk {
	f.t.Helper()
	tasks, _, err := f.Pending(f.t.Context(), lane, 10)
	if err != nil {
		f.t.Fatal(err)
	}
	if len(tasks) == 0 {
		return nil
	}
	if len(tasks) > 1 {
		f.t.Fatalf("%d tasks, want one", len(tasks))
	}
	return tasks[0].Walk
}

func (f *fixture) start(kept string) {
	f.t.Helper()
	if err := f.OpenAccounts(f.t.Context(), store.Opening{Account: ana, Kept: map[archive.Collection]string{archive.Favourites: kept}}); err != nil {
		f.t.Fatal(err)
	}
}

// page settles the pending page.
func (f *fixture) page(s archive.Step, posts ...archive.Post) {
	f.t.Helper()
	b := did(ana, archive.BaseFavourite, posts...)
	b.Walk, b.Step, b.Outcome = f.task(), s, archive.Outcome{State: archive.Done}
	b.Step.Items, b.Step.Proved = len(posts), true
	f.commit(b)
}

func (f *fixture) intervals() []string {
	f.t.Helper()
	return f.column(`SELECT top || '-' || bottom || CASE WHEN open THEN ' open ' || next ELSE '' END ||
		CASE WHEN complete THEN ' complete' ELSE '' END || CASE WHEN proved THEN '' ELSE ' not proved' END FROM walks`)
}

func TestAWalkGoesToTheBeginningAndTheNextStopsWhereItBegan(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/2"}, post("a", "9"))
		f.page(archive.Step{Top: "79", Bottom: "70", End: true}, post("a", "8"))
		equal(t, f.intervals(), []string{"90-70 complete"})
		if f.task() != nil {
			t.Error("a complete walk has a task")
		}
		f.start("favourite")
		if w := f.task(); !w.Below || w.Floor != "90" || w.Next != "" {
			t.Errorf("got %+v", w)
		}
		f.page(archive.Step{Top: "95", Bottom: "85", Next: "/x", Met: true}, post("a", "10"))
		equal(t, f.intervals(), []string{"95-70 complete"})
	})
}

func TestAnInterruptedWalkLeavesAGapThatTheNextRunCloses(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/below80"}, post("a", "9"))
		f.start("favourite")
		f.page(archive.Step{Top: "120", Bottom: "110", Next: "/below110"}, post("a", "12"))
		equal(t, f.intervals(), []string{"90-80 open /below80", "120-110 open /below110"})
		f.start("favourite")
		f.page(archive.Step{Top: "121", Bottom: "111", Next: "/below111", Met: true}, post("a", "13"))
		equal(t, f.intervals(), []string{"90-80 open /below80", "121-110 open /below110"})
		f.page(archive.Step{Bottom: "85", Next: "/below85", Met: true}, post("a", "11"))
		equal(t, f.intervals(), []string{"121-80 open /below80"})
		f.page(archive.Step{Bottom: "1", End: true}, post("a", "1"))
		equal(t, f.intervals(), []string{"121-1 complete"})
	})
}

func TestASecondAnswerToThePageOfAWalkMovesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		read := f.task()
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/2"}, post("a", "9"))
		late := did(ana, archive.BaseFavourite, post("a", "9"))
		late.Walk, late.Step, late.Outcome = read, archive.Step{Top: "90", End: true}, archive.Outcome{State: archive.Done}
		f.commit(late)
		equal(t, f.intervals(), []string{"90-80 open /2"})
	})
}

func TestAFailedPageWaitsAndIsTriedByTheNextRun(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		b := archive.Batch{Account: ana.Name(), Walk: f.task(), Outcome: archive.Outcome{State: archive.Pending,
			NotBefore: f.now.AddDate(0, 0, 1), Reason: "status 503"}}
		f.commit(b)
		tasks, again, err := f.Pending(t.Context(), pages, 10)
		if err != nil || len(tasks) != 0 || !again.Equal(f.now.AddDate(0, 0, 1)) {
			t.Errorf("got %v, %v, %v", tasks, again, err)
		}
		all, err := f.Unfinished(t.Context())
		if want := "[{ana@home.example favourites status 503}]"; fmt.Sprint(all) != want || err != nil {
			t.Errorf("got %v, want %v (%v)", all, want, err)
		}
		f.start("favourite")
		if w := f.task(); w == nil || w.Attempts != 0 {
			t.Errorf("got %+v", w)
		}
	})
}

func TestKnownItemsTellTheMeetingWhereCursorsCannot(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Next: "/2", Unordered: true}, post("a", "9"), post("a", "8"))
		f.page(archive.Step{End: true}, post("a", "7"))
		f.now = f.now.AddDate(0, 0, 1)
		f.start("favourite")
		f.page(archive.Step{Next: "/2", Unordered: true}, post("a", "10"), post("a", "9"))
		equal(t, f.intervals(), []string{"- complete", "- open /2 not proved"})
		f.page(archive.Step{Next: "/3", Unordered: true}, post("a", "8"), post("a", "7"))
		equal(t, f.intervals(), []string{"- complete not proved"})
	})
}

func TestATypeSwitchedOnLaterReadsTheWholeAgain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("mention")
		f.page(archive.Step{Top: "9", Bottom: "1", End: true}, post("a", "9"))
		f.start("mention,poll")
		equal(t, f.intervals(), []string{"- open "})
		f.page(archive.Step{Top: "9", Bottom: "1", End: true}, post("a", "9"))
		f.start("mention")
		f.page(archive.Step{Top: "9", Bottom: "8", Next: "/8", Met: true}, post("a", "9"))
		f.start("mention,poll")
		equal(t, f.intervals(), []string{"- open "})
	})
}

func TestAnEndAboveAnOpenIntervalLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/below80"}, post("a", "9"))
		f.start("favourite")
		f.page(archive.Step{Top: "95", End: true}, post("a", "10"))
		equal(t, f.intervals(), []string{"95-80 open /below80 not proved"})
		f.page(archive.Step{Bottom: "1", End: true}, post("a", "1"))
		equal(t, f.intervals(), []string{"95-1 complete not proved"})
	})
}

func TestAnEmptyTopPageKeepsTheTopThatWasKnown(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", End: true}, post("a", "9"))
		f.start("favourite")
		f.page(archive.Step{End: true})
		equal(t, f.intervals(), []string{"90- complete"})
	})
}

// A lane is read again after a commit only where that has left something to read.
func TestACommitTellsWhetherACollectionIsReadToItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		answer := func(s archive.Step, over, quiet bool) {
			t.Helper()
			b := did(ana, archive.BaseFavourite, post("a", "9"))
			b.Walk, b.Step, b.Outcome = f.task(), s, archive.Outcome{State: archive.Done}
			if r := f.commit(b); r.Settled[0].Over != over || r.Quiet != quiet {
				t.Errorf("%+v: over is %t and quiet %t, want %t and %t", s, r.Settled[0].Over, r.Quiet, over, quiet)
			}
		}
		f.start("favourite")
		answer(archive.Step{Top: "9", Bottom: "8", Next: "/below8"}, false, false)
		f.start("favourite")
		answer(archive.Step{Top: "99", Bottom: "90", Next: "/below90"}, false, true)
		answer(archive.Step{Top: "89", Bottom: "9", Next: "/below9", Met: true}, false, true) // where the older one goes on
		answer(archive.Step{Bottom: "1", End: true}, true, true)
		f.start("favourite")
		b := archive.Batch{Account: ana.Name(), Walk: f.task(), Outcome: archive.Outcome{State: archive.Pending, Reason: "status 503"}}
		if r := f.commit(b); r.Settled[0].Over {
			t.Error("a page that failed is the last")
		}
	})
}

// Accounts that are opened together have walks of their own, also where one of them has been opened before.
func TestAccountsAreOpenedTogether(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		kept := map[archive.Collection]string{archive.Favourites: "favourite"}
		for range 2 {
			if err := f.OpenAccounts(t.Context(), store.Opening{Account: ana, Kept: kept}, store.Opening{Account: bob, Kept: kept}); err != nil {
				t.Fatal(err)
			}
			equal(t, f.column("SELECT account || ' ' || collection FROM walks ORDER BY id"), lines(`
				ana@home.example favourites
				bob@home.example favourites`))
		}
	})
}
