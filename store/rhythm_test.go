package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lama/archive"
	"lama/store"
)

func TestRhythm(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		expect := func(newest string, silence time.Duration) {
			t.Helper()
			all, _, err := f.Rhythms(t.Context(), ana.Name())
			r := all[ana.Name()]
			if err != nil || r.Newest.String() != newest || r.Silence != silence {
				t.Errorf("got %+v, want %s and %s (%v)", r, newest, silence, err)
			}
		}
		expect("", 0)
		f.commit(did(ana, archive.BasePost, signed("ana@handles.example", own("1", "public", "", "2026-03-01T00:00:00Z"))...))
		expect("2026-03-01 00:00:00+00:00", 0)
		f.commit(did(ana, archive.BasePost, signed("ana@handles.example",
			own("2", "public", "", "2026-01-01T12:00:00Z"), own("3", "public", "", "2026-01-01T12:00:30Z"),
			own("4", "public", "", "nonsense"), own("5", "public", "https://far.example/boosted", "2026-03-02T00:00:00Z"))...))
		f.commit(did(ana, archive.BaseFavourite, own("6", "public", "", "2026-09-01")),
			did(bob, archive.BasePost, signed(bob.Name(), own("7", "public", "", "2026-09-02"))...))
		expect("2026-03-02 00:00:00+00:00", 58*24*time.Hour+12*time.Hour-30*time.Second)
	})
}

// Whatever comes in whatever order, and whenever a rhythm is remembered, it is the one that all posts have.
func TestARememberedRhythmIsThatOfAllPosts(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		id, round := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			a := archive.Account{User: fmt.Sprint("u", round), Instance: "home.example"}
			var whole []int
			for range rapid.IntRange(1, 6).Draw(rt, "commits") {
				days := rapid.SliceOfN(rapid.IntRange(1, 300), 0, 5).Draw(rt, "days")
				var posts []archive.Post
				for _, day := range days {
					id++
					posts = append(posts, own(fmt.Sprint(id), "public", "", time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)))
				}
				whole = append(whole, days...)
				f.commit(did(a, archive.BasePost, signed(a.Name(), posts...)...),
					did(bob, archive.BasePost, signed(bob.Name(), own(fmt.Sprint("b", id), "public", "", "2024-01-01"))...))
				all, changed, err := f.Rhythms(t.Context(), a.Name())
				got := all[a.Name()]
				if err != nil {
					rt.Fatal(err)
				}
				if want := rhythmOf(whole); got.Newest != want.Newest || got.Oldest != want.Oldest || got.Silence != want.Silence {
					rt.Fatalf("of days %v got %+v, want %+v", whole, got, want)
				}
				if len(changed) > 0 && rapid.Bool().Draw(rt, "remembered") {
					if err := f.RememberRhythms(t.Context(), changed); err != nil {
						rt.Fatal(err)
					}
				}
			}
		})
	})
}

// rhythmOf is the rhythm of posts of these days.
func rhythmOf(days []int) (r store.Rhythm) {
	sorted := slices.Sorted(slices.Values(days))
	at := func(day int) archive.Time { return archive.At(time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC)) }
	for n, day := range sorted {
		if r.Newest = at(day); n == 0 {
			r.Oldest = r.Newest
			continue
		}
		r.Silence = max(r.Silence, time.Duration(day-sorted[n-1])*24*time.Hour)
	}
	return r
}

// signed makes somebody the author of posts.
func signed(author string, posts ...archive.Post) []archive.Post {
	for i := range posts {
		posts[i].Author = author
	}
	return posts
}
