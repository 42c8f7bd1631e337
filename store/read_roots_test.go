package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store"
)

// A conversation begins where the viewer sees no further up: what may not leave parts it in two.
func TestRoots(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, named("top", "public"), named("middle", "private", parent("home.example", "top")),
			named("below", "public", parent("home.example", "middle")), named("end", "public", parent("home.example", "below")),
			named("alone", "public", parent("home.example", "nowhere"))))
		leave := store.Viewer{All: true, Leave: &store.Leave{Visibilities: []string{"public"}}}
		for _, c := range []struct {
			viewer store.Viewer
			want   map[string]string
		}{
			{store.Household(), map[string]string{"top": "top", "middle": "top", "end": "top", "alone": "alone"}},
			{leave, map[string]string{"top": "top", "end": "below", "alone": "alone"}},
		} {
			roots, err := f.Roots(t.Context(), c.viewer, []string{"top", "middle", "end", "alone", "missing"})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for uri, root := range roots {
				got[uri] = root.URI
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		}
	})
}
