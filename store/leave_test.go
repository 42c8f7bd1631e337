package store_test

import (
	"slices"
	"testing"

	"lama/archive"
	"lama/store"
)

func TestWhatLeaves(t *testing.T) {
	open := []string{"public", "reply", "above", "a boost", "boosted", "boosted quietly", "boosted without a trace", "favourite",
		"bookmark", "mention", "poll", "both's"}
	leave := func(v store.Viewer, doings bool, visibilities ...string) store.Viewer {
		v.Leave = &store.Leave{Visibilities: visibilities, Doings: doings}
		return v
	}
	anas := store.Viewer{Own: []string{ana.Name()}}
	for _, c := range []struct {
		name          string
		viewer        store.Viewer
		posts, deedOf []string
	}{
		{"nothing", leave(store.Household(), true), nil, nil},
		{"what is public", leave(store.Household(), false, "public"), open, []string{
			"bob@home.example post a boost", "bob@home.example post public", "bob@home.example post reply",
			"bob@home.example reblog boosted"}},
		{"what is private", leave(store.Household(), true, "private"), []string{"private", "boosted private"}, []string{
			"bob@home.example post private", "bob@home.example reblog boosted private"}},
		{"what an account has", leave(anas, true, "public", "direct"), []string{"ana's", "both's"}, []string{
			"ana@home.example bookmark ana's", "ana@home.example favourite both's"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				f.household()
				reboost := boost("a boost of a boost", "public", named("a boost", "public"))
				f.commit(did(bob, archive.BasePost, reboost))
				posts, err := f.Seen(t.Context(), c.viewer)
				if err != nil {
					t.Fatal(err)
				}
				deeds, err := f.Shown(t.Context(), c.viewer)
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(posts)
				slices.Sort(deeds)
				equal(t, posts, slices.Clone(c.posts))
				equal(t, deeds, slices.Clone(c.deedOf))
			})
		})
	}
}

// What an author took back, and what a server told one account of itself, stays; a search for it is for who sits here.
func TestWhatLeavesIsForOthers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := named("edited", "public")
		p.JSON, p.EditedAt = []byte(`{"id":"1","favourited":true,"in_reply_to_id":"7"}`), archive.ParseTime("2026-01-02T00:00:00Z")
		old := named("edited", "public")
		old.Content = "taken back"
		f.commit(did(ana, archive.BaseFavourite, old), did(ana, archive.BaseFavourite, p))
		for name, want := range map[string]struct {
			json     string
			versions int
			own      bool
		}{"": {string(p.JSON), 1, true}, "public": {`{"id":"1"}`, 0, false}} {
			v := store.Household()
			if name != "" {
				v.Leave = &store.Leave{Visibilities: []string{name}}
			}
			thread, err := f.Thread(t.Context(), v, "edited")
			if err != nil {
				t.Fatal(err)
			}
			if got := thread.Post; string(got.JSON) != want.json || len(thread.Versions) != want.versions || got.Own != want.own {
				t.Errorf("%q: %s, %d older versions, own: %t", name, got.JSON, len(thread.Versions), got.Own)
			}
			equal(t, f.find(v, "in:favourites", store.ByDate), []string{"edited"})
		}
	})
}
