package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/store"
)

// filesAre checks posts.files, "post_id number", and that the list of posts with files has those with any.
func (f *fixture) filesAre(want ...string) {
	f.t.Helper()
	equal(f.t, f.column("SELECT post_id || ' ' || CAST(files AS text) FROM posts"), want)
	var listed, with []string
	posts, _, err := f.List(f.t.Context(), store.Household(), store.Listing{Reached: true, Files: true, Limit: 10})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, p := range posts {
		listed = append(listed, p.URI)
	}
	for _, w := range want {
		if !strings.HasSuffix(w, " 0") {
			with = append(with, zoe+w[:1])
		}
	}
	equal(f.t, slices.Sorted(slices.Values(listed)), with)
}

// posts.files says how many of its files are here, as they come, and as an edit takes one out of the post.
func TestPostsSayHowManyOfTheirFilesAreHere(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, withMedia("1", "a", "b"), withMedia("2", "c"), withMedia("3")))
		f.filesAre("1 0", "2 0", "3 0")
		for _, m := range f.media("cache.example") {
			if m.ID != "c" {
				f.commit(settled(m, archive.File{SHA256: m.ID, Size: 1, Type: "image/png", Path: "media/" + m.ID}, done, 0))
			}
		}
		f.filesAre("1 2", "2 0", "3 0")
		edited := withMedia("1", "b")
		edited.EditedAt, edited.JSON = archive.At(f.now), []byte(`{"edited":true}`)
		f.commit(did(ana, archive.BasePost, edited))
		f.filesAre("1 1", "2 0", "3 0")
	})
}

// Where files are rare, posts without any are not read to find them.
func TestPostsWithFilesAreFoundByTheirIndex(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for n := range 40 {
			f.commit(did(ana, archive.BasePost, withMedia(fmt.Sprint(n))))
		}
		if f.Dialect() == "postgres" {
			f.exec("ANALYZE posts")
		}
		for person, v := range map[string]store.Viewer{"who sits at it": store.Household(),
			"ana": {Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true}} {
			plan, err := f.ListPlan(t.Context(), v, store.Listing{Reached: true, Files: true, Limit: 24})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plan, "posts_files") {
				t.Errorf("%s: %s", person, plan)
			}
		}
	})
}

// A NUL in a hashtag, which no honest server sends, keeps nobody from counting hashtags.
func TestHashtagsWithANulAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := post("home.example", "1")
		p.Hashtags = []string{"a\x00b"}
		f.commit(did(ana, archive.BasePost, p))
		figures, err := f.Figures(t.Context(), store.Household())
		if err != nil || len(figures.Tags) != 1 {
			t.Errorf("%+v, %v", figures.Tags, err)
		}
	})
}
