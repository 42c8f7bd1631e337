package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lama/search"
)

// A tsvector has each term once, in the order of their bytes, with all its places; none of what only fills.
func TestVectorHasEachTermWithItsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.SampledFrom([]string{"one", "two", "it's", `a\b`, "五", search.Filler})).Draw(t, "terms")
		var want []string
		for i, term := range all {
			if term == search.Filler || slices.Index(all, term) < i {
				continue
			}
			var places []string
			for k, other := range all {
				if other == term {
					places = append(places, fmt.Sprint(k+1))
				}
			}
			want = append(want, quoted(term)+":"+strings.Join(places, ","))
		}
		slices.Sort(want)
		if got := lexemes(all).vector(); strings.TrimSpace(got) != strings.Join(want, " ") {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
