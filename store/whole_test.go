package store_test

import (
	"testing"
	"time"

	"lama/archive"
	"lama/store"
)

// small are the tables that do not grow with what is archived.
var small = []string{"archive", "walks", "hosts", "servers", "runs", "states", "invites", "sessions"}

// What a run does must not take longer because of what is archived already. Its metrics, for who wants them, count everything.
func TestNoStatementOfARunReadsATableAsAWhole(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		whole, err := f.Whole(t.Context(), small...)
		if err != nil {
			t.Fatal(err)
		}
		f.aRun()
		for sql, table := range whole {
			t.Errorf("%s: %s", table, sql)
		}
		clear(whole)
		if _, err := f.Column(t.Context(), "SELECT post_uri FROM aliases"); err != nil || len(whole) != 1 {
			t.Errorf("a statement that does is not seen: %v, %v", whole, err)
		}
	})
}

// aRun does with the database what runs do: what is new and what is not, what is wanted, waits, is asked for again, and media.
func (f *fixture) aRun() {
	f.t.Helper()
	ctx := f.t.Context()
	must := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	f.begin(rules())
	run, err := f.StartRun(ctx)
	must(err)
	kept := map[archive.Collection]string{archive.Favourites: "favourite"}
	must(f.OpenAccounts(ctx, store.Opening{Account: ana, Kept: kept, Again: store.Reask{Aged: true, Batch: true, Page: 40}},
		store.Opening{Account: cleo, Again: store.Reask{Aged: true, Page: 40}}))

	media := withMedia("4", "a", "b")
	f.page(archive.Step{}, post("home.example", "3", parent("home.example", "2"), link("9")), media)
	for _, n := range []string{"5", "6"} { // chains that lead up to one that is wanted, below a local post; bob's below a stranger's
		f.commit(did(ana, archive.BasePost, by("home.example", n, parent("home.example", "2"))))
	}
	f.commit(did(bob, archive.BaseMention, post("home.example", "3"), post("home.example", "7", parent("home.example", "1"))))
	edited := post("home.example", "3")
	edited.Content, edited.JSON, edited.EditedAt = "edited", []byte(`{"id":"3","content":"edited"}`), archive.At(f.now)
	f.commit(did(ana, archive.BasePost, edited))
	for _, m := range f.media("cache.example") {
		f.commit(settled(m, archive.File{SHA256: m.ID, Path: "media/" + m.ID, Type: "image/png"}, done, 0))
	}

	lanes, err := f.Lanes(ctx)
	must(err)
	for _, a := range []archive.Account{ana, bob, cleo} {
		lanes = append(lanes, store.AccountLanes(a.Name())...)
	}
	_, err = f.Occupied(ctx, lanes)
	must(err)
	for _, l := range lanes {
		tasks, _, err := f.Pending(ctx, l, 20)
		must(err)
		for _, task := range tasks {
			later := archive.Outcome{State: archive.Pending, NotBefore: f.now.Add(time.Hour), Reason: "down"}
			b := archive.Batch{Account: l.Owner, Lane: l, Keys: task.Keys(), Walk: task.Walk, Outcome: later}
			for _, w := range task.Wants {
				b.Settles = append(b.Settles, archive.Settle{Want: w, Outcome: later})
			}
			f.commit(b)
		}
	}
	_, _, err = f.KnownFile(ctx, "a")
	must(err)
	unwritten, err := f.Unwritten(ctx, 0, 100)
	must(err)
	must(f.Written(ctx, unwritten))
	_, err = f.Unfinished(ctx)
	must(err)
	_, err = f.Counts(ctx)
	must(err)
	_, err = f.History(ctx)
	must(err)
	_, changed, err := f.Rhythms(ctx, ana.Name(), cleo.Name())
	must(err)
	must(f.RememberRhythms(ctx, changed))
	must(f.EndRun(ctx, run, "complete", []byte("{}")))
}
