package store_test

import (
	"slices"
	"strings"
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

// A picture goes with the last post that shows it, in any version, and its file with the last picture that has it.
func TestForgettingRemovesPicturesThatNobodyElseShows(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		old := showing("2", "zoe", "blob", "old")
		f.commit(did(ana, archive.BaseFavourite, showing("1", "hers", "blob", "twice"), showing("2", "zoe", "blob", "new")))
		f.commit(did(bob, archive.BaseFavourite, old, showing("3", "zoe", "blob", "same")))
		edited := showing("3", "zoe", "blob", "edited")
		edited.Content, edited.EditedAt = "edited", archive.ParseTime("2031-01-01T00:00:00Z")
		f.commit(did(bob, archive.BaseFavourite, edited))
		f.commit(did(ana, archive.BaseFavourite, showing("4", "hers", "hat", "same")))
		for _, m := range f.media("pic.example") {
			name := strings.TrimPrefix(m.URL, "https://pic.example/")
			if name == "twice" {
				name = "zoe" // another address of the same content
			}
			f.commit(settled(m, archive.File{SHA256: name, Size: 3, Type: "image/png", Path: "media/" + name}, done, 0))
		}
		f.exec("INSERT INTO attachments SELECT '', 'https://pic.example/before', NULL, '', 'avatar', '', 'x', '', NULL, 'off', '', 0, 0, 0, NULL, NULL")
		alone, err := f.Alone(t.Context(), ana.Name())
		if err != nil || alone.Posts != 2 || alone.Files != 2 || alone.Bytes != 6 {
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
		slices.Sort(files)
		equal(t, files, []string{"media/hat", "media/hers"})
		equal(t, f.column("SELECT substr(source, 21) FROM attachments WHERE post_uri = '' ORDER BY 1"),
			[]string{"before", "blob", "edited", "new", "old", "same", "zoe"})
	})
}

// A media host is silent for those that wait for it.
func TestForgettingRemovesSilentHostsThatNobodyElseWaitsFor(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		f.commit(did(ana, archive.BaseFavourite, showing("1", "hers", "blob", "card")), did(bob, archive.BaseFavourite, withMedia("2", "b")))
		for _, name := range []string{"pic.example", "cache.example"} {
			f.commit(archive.Batch{Host: &archive.Host{Name: name, Silent: true, Since: f.now, NotBefore: f.now}})
		}
		if err := f.Forget(t.Context(), ana, func([]string) error { return nil }, func(int64) {}); err != nil {
			t.Fatal(err)
		}
		equal(t, f.column("SELECT host FROM hosts"), []string{"cache.example"})
	})
}
