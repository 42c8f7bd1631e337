package store_test

import (
	"testing"

	"lama/archive"
	"lama/store"
)

var again = archive.Lane{Kind: archive.TaskRewalk, Owner: ana.Name()}

// rewalk lets ana's favourites be read again after 30 days from now on, and begins a run.
func (f *fixture) rewalk() {
	f.t.Helper()
	r := rules()
	r.Rewalk = store.Rewalk{ana.Name(): {archive.Favourites: f.now.AddDate(0, 0, -30)}}
	f.begin(r)
	f.start("favourite")
}

// walked is a fixture whose ana has two favourites, which were read whole.
func (f *fixture) walked() {
	f.t.Helper()
	f.start("favourite")
	f.page(archive.Step{Top: "90", Bottom: "80", Next: "/2"}, post("a", "9"))
	f.page(archive.Step{Bottom: "70", End: true}, post("a", "8"))
}

// pageAgain settles the pending page of the re-walk.
func (f *fixture) pageAgain(s archive.Step, posts ...archive.Post) {
	f.t.Helper()
	b := did(ana, archive.BaseFavourite, posts...)
	b.Walk, b.Step, b.Outcome = f.taskOf(again), s, archive.Outcome{State: archive.Done}
	b.Step.Items, b.Step.Proved = len(posts), s.Doubt == ""
	f.commit(b)
}

func TestARewalkLeavesTheCoverageAloneAndGivesItItsDate(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.walked()
		f.now = f.now.AddDate(0, 0, 29)
		f.rewalk()
		if w := f.taskOf(again); w != nil {
			t.Fatalf("after 29 days it is read again: %+v", w)
		}
		f.page(archive.Step{Top: "95", Bottom: "80", Next: "/2", Met: true}, post("a", "9"))
		f.now = f.now.AddDate(0, 0, 1)
		f.rewalk()
		f.page(archive.Step{Top: "95", Bottom: "80", Next: "/2", Met: true}, post("a", "9"))
		f.pageAgain(archive.Step{Top: "95", Bottom: "80", Next: "/2"}, post("a", "9"))
		r, err := f.Report(t.Context(), []archive.Account{ana})
		if c := r.Accounts[0].Collections[1]; err != nil || !c.Complete || !c.Proved || c.Gaps != 0 {
			t.Errorf("meanwhile the report is %+v (%v)", c, err)
		}
		if left, err := f.Unfinished(t.Context()); len(left) > 0 || err != nil {
			t.Errorf("meanwhile %+v is left (%v)", left, err)
		}
		f.now = f.now.AddDate(0, 0, 3)
		f.rewalk()
		f.page(archive.Step{Top: "95", Bottom: "80", Next: "/2", Met: true}, post("a", "9"))
		if w := f.taskOf(again); w == nil || w.Next != "/2" || w.Below {
			t.Fatalf("the next run goes on with %+v", w)
		}
		f.pageAgain(archive.Step{Bottom: "70", End: true}, post("a", "8"), post("a", "1"))
		equal(t, f.intervals(), []string{"95-70 complete"})
		equal(t, f.column("SELECT substr(CAST(walked_at AS text), 1, 10) FROM walks"), []string{"2026-12-26"})
		equal(t, f.activities(), lines("ana@home.example favourite 9\nana@home.example favourite 8\nana@home.example favourite 1"))
		f.rewalk()
		if w := f.taskOf(again); w != nil {
			t.Errorf("on the day of its end it begins anew: %+v", w)
		}
	})
}

// What a re-walk could not prove is no more proved of the coverage.
func TestARewalkThatEndsInACircleProvesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.walked()
		f.now = f.now.AddDate(0, 0, 30)
		f.rewalk()
		f.pageAgain(archive.Step{Top: "90", End: true, Doubt: archive.DoubtCircle}, post("a", "9"))
		equal(t, f.intervals(), []string{"- open ", "90-70 complete not proved"})
		equal(t, f.column("SELECT doubt FROM walks WHERE complete"), []string{"circle"})
	})
}

// A collection that was not read to its beginning yet is not read twice at a time, nor one of a type that is new.
func TestWhatIsNotReadWholeIsNotReadAgain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/2"}, post("a", "9"))
		f.now = f.now.AddDate(0, 0, 40)
		f.rewalk()
		if w := f.taskOf(again); w != nil {
			t.Fatalf("above a gap it is read again: %+v", w)
		}
		f.page(archive.Step{Top: "90", End: true}, post("a", "9"))
		f.page(archive.Step{End: true}, post("a", "8"))
		f.now = f.now.AddDate(0, 0, 40)
		f.rewalk()
		if f.taskOf(again) == nil {
			t.Fatal("it is not read again")
		}
		f.start("favourite,more")
		equal(t, f.intervals(), []string{"- open "})
	})
}

// A page that fails waits like any other, and is tried by the next run.
func TestAFailedPageOfARewalkWaits(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.walked()
		f.now = f.now.AddDate(0, 0, 30)
		f.rewalk()
		later := f.now.AddDate(0, 0, 1)
		f.commit(archive.Batch{Account: ana.Name(), Walk: f.taskOf(again),
			Outcome: archive.Outcome{State: archive.Pending, NotBefore: later, Reason: "status 503"}})
		tasks, when, err := f.Pending(t.Context(), again, 10)
		if err != nil || len(tasks) > 0 || !when.Equal(later) {
			t.Errorf("got %v, %v (%v)", tasks, when, err)
		}
		f.page(archive.Step{Top: "95", Bottom: "80", Next: "/2", Met: true}, post("a", "9"))
		f.rewalk()
		if w := f.taskOf(again); w == nil || w.Attempts != 0 {
			t.Errorf("got %+v", w)
		}
	})
}
