package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lama/archive"
	"lama/store/pgtest"
)

func TestAPageOfKnownPostsMayBringActivities(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", End: true}, post("home.example", "1"), post("home.example", "2"))
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", Met: true}, post("home.example", "1"))
		again := did(ana, archive.BaseBookmark, post("home.example", "1"))
		again.Walk = &archive.Walk{}
		f.commit(again)
		other := did(bob, archive.BaseFavourite, post("home.example", "2", parent("home.example", "9")))
		other.Walk = &archive.Walk{}
		f.commit(other)
		equal(t, f.activities(), lines(`
			ana@home.example favourite 1
			ana@home.example favourite 2
			ana@home.example bookmark 1
			bob@home.example favourite 2`))
		equal(t, f.wants(), lines(`
			ana@home.example id:home.example/9 1 pending
			bob@home.example id:home.example/9 1 pending`))
		equal(t, f.intervals(), []string{"90-80 complete"})
	})
}

// Whoever follows references holds the archive's row: a run that finds nothing new must not wait for that.
func TestAPageThatBringsNothingWaitsForNobody(t *testing.T) {
	url := pgtest.URL(t)
	f := open(t, url)
	f.start("favourite")
	f.page(archive.Step{Top: "90", Bottom: "80", End: true}, post("home.example", "1"))
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "BEGIN; SELECT 1 FROM archive FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	f.start("favourite")
	b := did(ana, archive.BaseFavourite, post("home.example", "1"))
	b.Walk, b.Outcome = f.task(), archive.Outcome{State: archive.Done}
	b.Step = archive.Step{Top: "90", Bottom: "80", Items: 1, Met: true, Proved: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only a failure takes it
	defer cancel()
	if _, err := f.Commit(ctx, []archive.Batch{b}); err != nil {
		t.Fatal(err)
	}
	equal(t, f.intervals(), []string{"90-80 complete"})
}
