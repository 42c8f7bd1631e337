package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store"
)

// coverage is what the report says of ana's favourites.
func (f *fixture) coverage() store.CollectionReport {
	f.t.Helper()
	r, err := f.Report(f.t.Context(), []archive.Account{ana})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range r.Accounts[0].Collections {
		if c.Collection == archive.Favourites {
			return c
		}
	}
	f.t.Fatal("the report has no favourites")
	return store.CollectionReport{}
}

// covers compares what a report says of how far ana's favourites are read.
func (f *fixture) covers(want store.CollectionReport) {
	f.t.Helper()
	got := f.coverage()
	got.Collection, got.Archived, got.First, got.Last = "", 0, "", ""
	if want.Doubts == nil {
		want.Doubts = []archive.Doubt{}
	}
	if d := cmp.Diff(want, got); d != "" {
		f.t.Errorf("-want +got:\n%s", d)
	}
}

// at sets the clock.
func (f *fixture) at(clock string) string {
	f.now = archive.ParseTime("2026-11-22T" + clock + "Z").Time
	return archive.At(f.now).String()
}

// A walk proves what there was before its top page was asked for, however long it took to read down from there.
func TestAWalkIsCompleteUntilItWasOpened(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.covers(store.CollectionReport{})
		opened := f.at("18:02:00")
		f.start("favourite")
		f.covers(store.CollectionReport{})
		paged := f.at("18:10:00")
		f.page(archive.Step{Top: "90", Bottom: "80", Next: "/2"}, post("a", "9"))
		f.covers(store.CollectionReport{Gaps: 1, ReadTo: opened, ReadAt: paged, Proved: true})
		ended := f.at("21:00:00")
		f.page(archive.Step{Bottom: "1", End: true}, post("a", "8"))
		f.covers(store.CollectionReport{Complete: true, CompleteTo: opened, ReadTo: opened, ReadAt: ended, WalkedAt: ended, Proved: true})
	})
}

func TestAFailedTopPageProvesNothingNew(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		opened := f.at("18:02:00")
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", End: true}, post("a", "9"))
		f.at("19:00:00")
		f.start("favourite")
		f.commit(archive.Batch{Account: ana.Name(), Walk: f.task(), Outcome: archive.Outcome{State: archive.Pending, Reason: "status 503"}})
		f.covers(store.CollectionReport{Complete: true, CompleteTo: opened, ReadTo: opened, ReadAt: opened, WalkedAt: opened, Proved: true,
			Problem: "status 503"})
		again := f.at("20:00:00")
		f.start("favourite")
		f.page(archive.Step{Top: "95", Bottom: "85", Next: "/x", Met: true}, post("a", "10"))
		f.covers(store.CollectionReport{Complete: true, CompleteTo: again, ReadTo: again, ReadAt: again, WalkedAt: opened, Proved: true})
	})
}

func TestAGapIsBetweenTwoMoments(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		first := f.at("10:00:00")
		f.start("favourite")
		f.page(archive.Step{Top: "90", Bottom: "80", End: true}, post("a", "9"))
		second := f.at("11:00:00")
		f.start("favourite")
		f.page(archive.Step{Top: "190", Bottom: "180", Next: "/below180"}, post("a", "19"))
		f.covers(store.CollectionReport{CompleteTo: first, ReadTo: second, ReadAt: second, WalkedAt: first, Gaps: 1, Proved: true})
		third := f.at("12:00:00")
		f.start("favourite")
		f.page(archive.Step{Top: "191", Bottom: "181", Next: "/x", Met: true})
		f.page(archive.Step{Bottom: "85", Next: "/x", Met: true})
		f.covers(store.CollectionReport{Complete: true, CompleteTo: third, ReadTo: third, ReadAt: third, WalkedAt: first, Proved: true})
	})
}

// Why nothing is proved is kept as long as the interval is, whatever it is joined with, and each reason once.
func TestDoubtsStay(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		opened := f.at("10:00:00")
		f.start("favourite")
		doubted := func(s archive.Step) {
			b := did(ana, archive.BaseFavourite, post("a", "9"))
			b.Walk, b.Step, b.Outcome = f.task(), s, archive.Outcome{State: archive.Done}
			f.commit(b)
		}
		doubted(archive.Step{Top: "90", Bottom: "80", Next: "/2", Doubt: archive.DoubtCircle})
		f.start("favourite")
		f.page(archive.Step{Top: "99", Bottom: "95", End: true})
		f.covers(store.CollectionReport{Gaps: 1, ReadTo: opened, ReadAt: opened,
			Doubts: []archive.Doubt{archive.DoubtEarlyEnd, archive.DoubtCircle}})
		doubted(archive.Step{Bottom: "1", End: true, Doubt: archive.DoubtCircle})
		f.covers(store.CollectionReport{Complete: true, CompleteTo: opened, ReadTo: opened, ReadAt: opened, WalkedAt: opened,
			Doubts: []archive.Doubt{archive.DoubtEarlyEnd, archive.DoubtCircle}})
	})
}

// own is a post or a boost of ana's.
func own(id, visibility, reblog, created string) archive.Post {
	p := post("home.example", id)
	p.Visibility, p.Reblog, p.CreatedAt = visibility, reblog, archive.ParseTime(created)
	return p
}

func TestOwnPostsAreCountedByWhatTheyAre(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost,
			own("1", "public", "", "2026-01-01"), own("2", "unlisted", "", "2026-01-02"), own("3", "private", "", "2026-01-03"),
			own("4", "direct", "", "2026-01-04"), own("5", "public", "https://far.example/x", "2026-01-05"),
			own("6", "private", "https://far.example/y", "2026-01-06"), own("7", "direct", "", "2026-01-07")))
		f.commit(did(bob, archive.BasePost, own("8", "direct", "", "2026-01-08")), did(ana, archive.BaseFavourite, own("9", "direct", "", "2026-01-09")))
		if err := f.Change(t.Context(), "UPDATE posts SET missing_since = fetched_at WHERE post_id IN ('4', '1')"); err != nil {
			t.Fatal(err)
		}
		r, err := f.Report(t.Context(), []archive.Account{ana})
		want := store.OwnReport{Archived: 7, Gone: 2, Direct: 1, Boosts: 2, Private: 1}
		if err != nil || r.Accounts[0].Own != want {
			t.Errorf("got %+v, want %+v (%v)", r.Accounts[0].Own, want, err)
		}
	})
}

func TestMediaHostsThatFail(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		image := func(id, host string) archive.Post {
			p := post("home.example", id)
			p.Media = []archive.Attachment{{Type: "image", URL: "https://" + host + "/" + id}}
			return p
		}
		f.commit(did(ana, archive.BasePost, image("1", "a.example"), image("2", "a.example"), image("3", "b.example"),
			image("4", "c.example"), image("5", "a.example")))
		settle := func(host, id string, o archive.Outcome) {
			t.Helper()
			tasks, _, err := f.Pending(t.Context(), archive.Lane{Kind: archive.TaskMedia, Owner: host}, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range tasks {
				if task.Media.URL == "https://"+host+"/"+id {
					f.commit(archive.Batch{Settles: []archive.Settle{{Media: task.Media, Outcome: o}}})
					return
				}
			}
			t.Fatalf("%s/%s is not pending", host, id)
		}
		settle("a.example", "1", archive.Outcome{State: archive.Pending, NotBefore: f.now.Add(time.Hour), Reason: "refused the connection"})
		settle("a.example", "2", archive.Outcome{State: archive.Pending, NotBefore: f.now.Add(2 * time.Hour), Reason: "503 Service Unavailable"})
		settle("b.example", "3", archive.Outcome{State: archive.Refused, Reason: "404 Not Found"})
		r, err := f.Report(t.Context(), nil)
		want := []store.HostReport{
			{Host: "a.example", Failing: 2, Reason: "503 Service Unavailable", Again: archive.At(f.now.Add(time.Hour)).String()},
			{Host: "b.example", Refused: 1, Reason: "404 Not Found"},
		}
		if d := cmp.Diff(want, r.Media.Hosts); d != "" || err != nil {
			t.Errorf("%s (%v)", d, err)
		}
	})
}

// ran is a run of an hour; without an outcome it was killed.
func (f *fixture) ran(clock, outcome string) {
	f.t.Helper()
	f.at(clock)
	id, err := f.StartRun(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	f.now = f.now.Add(time.Hour)
	if outcome == "" {
		return
	}
	if err := f.EndRun(f.t.Context(), id, outcome, []byte(`{"posts":1}`)); err != nil {
		f.t.Fatal(err)
	}
}

func TestSinceWhenNoRunHasBeenComplete(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		expect := func(complete, failing string) {
			t.Helper()
			h, err := f.History(t.Context())
			if got := h.LastComplete.String() + " " + h.FailingSince.String(); err != nil || got != complete+" "+failing {
				t.Errorf("got %s, want %s %s (%v)", got, complete, failing, err)
			}
		}
		moment := func(clock string) string { return "2026-11-22 " + clock + "+00:00" }
		expect("", "")
		f.ran("01:00:00", store.Interrupted)
		expect("", "")
		f.ran("02:00:00", store.Incomplete)
		f.ran("03:00:00", store.Failed)
		expect("", moment("02:00:00"))
		f.ran("04:00:00", store.Complete)
		expect(moment("05:00:00"), "")
		f.ran("06:00:00", "")
		expect(moment("05:00:00"), "") // it may be under way
		f.ran("08:00:00", store.Interrupted)
		expect(moment("05:00:00"), moment("06:00:00"))
		f.ran("10:00:00", store.Complete)
		expect(moment("11:00:00"), "")
		h, err := f.History(t.Context())
		if got := fmt.Sprint(h.Outcomes, len(h.Recent), h.Recent[0]); err != nil ||
			got != "map[:1 complete:2 failed:1 incomplete:1 interrupted:2] 7 "+
				fmt.Sprint(store.RunReport{StartedAt: moment("10:00:00"), EndedAt: moment("11:00:00"), Outcome: "complete", Summary: []byte(`{"posts":1}`)}) {
			t.Errorf("got %s (%v)", got, err)
		}
	})
}
