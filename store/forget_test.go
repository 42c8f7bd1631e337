package store_test

import (
	"slices"
	"testing"

	"lama/archive"
)

// everybodys are the tables of which no row is an account's or a post's: forgetting leaves them, or knows why not.
var everybodys = []string{"archive", "files", "hosts", "invites", "runs", "servers", "sessions"}

// A table that is added tomorrow says whose its rows are, or is named here.
func TestEveryTableSaysWhoseItsRowsAre(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		whose, err := f.Whose(t.Context())
		if err != nil || len(whose) < 15 {
			t.Fatalf("%d tables (%v)", len(whose), err)
		}
		for name, columns := range whose {
			if (len(columns) == 0) != slices.Contains(everybodys, name) {
				t.Errorf("the rows of %s are known by %v: give it a column account or post_uri, or name it in everybodys",
					name, columns)
			}
		}
	})
}

// What is said to be an account's alone is what goes.
func TestForgettingRemovesWhatItSays(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a"), withMedia("2", "b"),
			post("home.example", "3", parent("home.example", "9"))))
		f.commit(did(bob, archive.BaseBookmark, withMedia("2", "b"), post("home.example", "4", link("3"))))
		for _, m := range f.media("cache.example") {
			f.commit(settled(m, archive.File{SHA256: m.ID, Size: 3, Type: "image/png", Path: "media/" + m.ID}, done, 0))
		}
		if err := f.SetState(t.Context(), ana.Name(), "health", "good"); err != nil {
			t.Fatal(err)
		}
		alone, err := f.Alone(t.Context(), ana.Name())
		if err != nil || alone.Posts != 1 || alone.Kept != 2 || alone.Files != 1 || alone.Bytes != 3 {
			t.Errorf("alone %+v (%v)", alone, err)
		}
		_, before, err := f.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		removed := func(paths []string) error { files = append(files, paths...); return nil }
		if err := f.Forget(t.Context(), ana, removed, func(int64) {}); err != nil {
			t.Fatal(err)
		}
		if _, after, err := f.Count(t.Context()); err != nil || before-after != alone.Rows {
			t.Errorf("%d rows went, not %d (%v)", before-after, alone.Rows, err)
		}
		equal(t, files, []string{"media/a"})
		equal(t, f.activities(), lines(`bob@home.example bookmark 2
bob@home.example bookmark 4
bob@home.example bookmark.link 3`))
		equal(t, f.column("SELECT COALESCE(fetched_by, '') FROM posts"), []string{"", "", bob.Name()})
		left, err := f.Alone(t.Context(), ana.Name())
		if err != nil || left.Rows+left.Posts+left.Kept+left.Files != 0 {
			t.Errorf("left %+v (%v)", left, err)
		}
	})
}
