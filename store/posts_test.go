package store_test

import (
	"fmt"
	"testing"

	"lama/archive"
)

// version is post 1 as an instance rendered it.
func version(instance, edited, content string) archive.Post {
	p := post(instance, "1")
	p.EditedAt, p.Content = archive.ParseTime(edited), content
	p.JSON = fmt.Appendf(nil, `{"content":%q,"from":%q,"edited_at":%q}`, content, instance, edited)
	p.Origin = instance == "far.example"
	return p
}

func TestTheRightVersionWins(t *testing.T) {
	early, late := "2026-01-02T00:00:00.100Z", "2026-01-03T00:00:00Z"
	for _, c := range []struct {
		name      string
		versions  []archive.Post
		post      string
		revisions []string
	}{
		{"a later edit replaces", []archive.Post{version("a", early, "1"), version("a", late, "2")}, "a 2", []string{"a 1"}},
		{"an earlier edit is only a revision", []archive.Post{version("a", late, "2"), version("a", early, "1")}, "a 2", []string{"a 1"}},
		{"the same instance's newer answer replaces", []archive.Post{version("a", early, "1"), version("a", early, "2")}, "a 2", []string{"a 1"}},
		{"fractions of a second are no edit", []archive.Post{version("a", early, "1"), version("b", "2026-01-02T00:00:00.900Z", "2")}, "a 1", nil},
		{"at a tie the author's own server", []archive.Post{version("a", early, "1"), version("far.example", early, "2")}, "far.example 2", nil},
		{"the author's own server stays", []archive.Post{version("far.example", early, "2"), version("a", early, "1")}, "far.example 2", nil},
		{"at a tie the name that sorts first", []archive.Post{version("b", early, "2"), version("a", early, "1")}, "a 1", nil},
		{"an edit beats a post without one", []archive.Post{version("a", "", "1"), version("b", early, "2")}, "b 2", []string{"a 1"}},
		{"three versions", []archive.Post{version("a", "", "1"), version("a", early, "2"), version("a", late, "3")}, "a 3", []string{"a 1", "a 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				for _, v := range c.versions {
					f.commit(did(ana, archive.BaseFavourite, v))
				}
				f.expectVersions(c.post, c.revisions)
			})
			t.Run("in one commit", func(t *testing.T) {
				onEach(t, func(t *testing.T, f *fixture) {
					var all []archive.Batch
					for _, v := range c.versions {
						all = append(all, did(ana, archive.BaseFavourite, v))
					}
					f.commit(all...)
					f.expectVersions(c.post, c.revisions)
				})
			})
		})
	}
}

func (f *fixture) expectVersions(post string, revisions []string) {
	f.t.Helper()
	equal(f.t, f.column("SELECT instance || ' ' || content FROM posts"), []string{post})
	got := f.column("SELECT instance || ' ' || substr(json, 13, 1) FROM revisions")
	equal(f.t, got, revisions)
}

func TestACounterIsNoRevision(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := version("a", "", "1")
		f.commit(did(ana, archive.BaseFavourite, p))
		p.JSON = []byte(`{"content":"1","favourites_count":5}`)
		f.commit(did(ana, archive.BaseFavourite, p))
		equal(t, f.column("SELECT CAST(json AS text) FROM posts"), []string{string(p.JSON)})
		equal(t, f.column("SELECT json FROM revisions"), nil)
	})
}

func TestTheBytesReceivedAreKept(t *testing.T) {
	for _, c := range []struct{ name, json, stored string }{
		{"order, spaces and duplicates", `{"b": 1, "a":2,"b":3}`, `{"b": 1, "a":2,"b":3}`},
		{"an escaped NUL", `{"a":"\u0000"}`, `{"a":"\ufffd"}`},
		{"an escaped backslash before u0000", `{"a":"\\u0000"}`, `{"a":"\\u0000"}`},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "{\"a\":\"\uFFFD\"}"},
		{"a lone surrogate", `{"a":"\ud83d x"}`, `{"a":"\ufffd x"}`},
		{"a pair", `{"a":"\ud83d\ude00"}`, `{"a":"\ud83d\ude00"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				p := post("a", "1")
				p.JSON = []byte(c.json)
				f.commit(did(ana, archive.BaseFavourite, p))
				equal(t, f.column("SELECT CAST(json AS text) FROM posts"), []string{c.stored})
				all, err := f.Unwritten(t.Context(), 0, 10)
				if err != nil || len(all) != 1 || string(all[0].JSON) != c.json {
					t.Errorf("got %+v (%v), want %q", all, err, c.json)
				}
			})
		})
	}
}

func TestAFileThatShowsAnOlderVersionIsWrittenAgain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := post("a", "1")
		f.commit(did(ana, archive.BaseFavourite, p))
		read, err := f.Unwritten(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		p.JSON = []byte(`{"newer":true}`)
		f.commit(did(ana, archive.BaseFavourite, p))
		if err := f.Written(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		if read, err = f.Unwritten(t.Context(), 0, 10); err != nil || len(read) != 1 || string(read[0].JSON) != `{"newer":true}` {
			t.Fatalf("got %+v (%v)", read, err)
		}
		if err := f.Written(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		if read, err = f.Unwritten(t.Context(), 0, 10); err != nil || len(read) != 0 {
			t.Errorf("got %+v (%v)", read, err)
		}
	})
}

func TestJSONFilesThatAreWantedLaterAreWritten(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := rules()
		r.JSON = false
		f.begin(r)
		f.commit(did(ana, archive.BaseFavourite, post("a", "1")))
		f.begin(rules())
		if read, err := f.Unwritten(t.Context(), 0, 10); err != nil || len(read) != 1 {
			t.Errorf("got %+v (%v)", read, err)
		}
	})
}
