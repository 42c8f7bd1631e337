package store_test

import (
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/search"
	"lama/store"
)

// indexDamage verifies the index alone, "mended" before what was.
func (f *fixture) indexDamage(quick, mend bool) (all []string) {
	f.t.Helper()
	err := f.VerifyIndex(f.t.Context(), quick, mend, func(d archive.Damage) {
		if (d.Remedy == "") != d.Mended {
			f.t.Errorf("what is to be done about %+v?", d)
		}
		all = append(all, map[bool]string{true: "mended "}[d.Mended]+d.Where+": "+d.What)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// long is more than one phrase looks up at once.
var long = strings.Repeat("many different words in a row ", 40)

// misindex damages the index in each way that it can be: a post is missing, one says something else, one says more than it
// should, and there are rows that nobody needs.
func (f *fixture) misindex() (named []string) {
	f.t.Helper()
	boost := post("home.example", "8")
	boost.Reblog, boost.Content = zoe+"1", ""
	f.commit(did(ana, archive.BasePost, dated("missing", 1, "tea"), dated("other", 2, long), dated("whole", 3, long), dated("more", 4, "tea"),
		post("home.example", "1"), boost))
	equal(f.t, f.indexDamage(false, false), nil)
	equal(f.t, f.indexDamage(true, false), nil)
	place := func(uri string) string {
		return "SELECT rowid FROM terms WHERE rowid & 134217727 = (SELECT id FROM posts WHERE post_uri = '" + uri + "')"
	}
	words := func(text string) string { return strings.Join(search.Document{Texts: []string{text}}.Terms(), " ") }
	again := func(uri, text string) []string {
		at := f.column("SELECT CAST(rowid AS text) FROM terms WHERE rowid IN (" + place(uri) + ")")[0]
		return []string{"DELETE FROM terms WHERE rowid = " + at, "INSERT INTO terms (rowid, lexemes) VALUES (" + at + ", '" + words(text) + "')"}
	}
	f.exec("DELETE FROM terms WHERE rowid IN (" + place("missing") + ")")
	f.exec(again("other", strings.Replace(long, "different", "other", 1))...)
	f.exec(again("more", "tea and more")...)
	f.exec("INSERT INTO terms (rowid, lexemes) VALUES (7, '"+words("of no post")+"')",
		"INSERT INTO terms (rowid, lexemes) SELECT 134217728 + id, '"+words("of a boost")+"' FROM posts WHERE reblog IS NOT NULL")
	row := f.column("SELECT 'index row ' || CAST(rowid AS text) FROM terms WHERE rowid > 7 AND rowid < 134217728 * 2")[0]
	for _, uri := range []string{"missing", "more", "other"} {
		named = append(named, "index "+uri+": it is not found by what it says")
	}
	return append(named, "index row 7: no post has what it says", row+": no post has what it says")
}

func TestAnIndexThatIsNotWhole(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		named := f.misindex()
		equal(t, slices.Sorted(slices.Values(f.indexDamage(false, false))), named)
		for i := range named {
			named[i] = "mended " + named[i]
		}
		equal(t, slices.Sorted(slices.Values(f.indexDamage(false, true))), named)
		equal(t, f.indexDamage(false, false), nil)
		if got := f.find(store.Household(), `tea -more`, store.ByDate); !slices.Equal(got, []string{"more", "missing"}) {
			t.Errorf("found %q", got)
		}
	})
}

// A quick look counts, and compares some: of few posts all.
func TestAQuickLookAtTheIndex(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.misindex()
		all := f.indexDamage(true, false)
		if len(all) < 3 || all[0] != "index: 6 posts are in it, and 5 should be" {
			t.Errorf("found %q", all)
		}
		f.indexDamage(true, true)
		equal(t, f.indexDamage(true, false), nil)
		equal(t, f.indexDamage(false, false), nil)
	})
}

// What is not indexed yet is no damage.
func TestAnIndexThatIsStillBeingMade(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, dated("a", 1, "tea"), dated("b", 2, "tea")))
		f.exec("DELETE FROM terms WHERE rowid IN (SELECT rowid FROM terms)", "UPDATE states SET value = '1' WHERE name = 'indexed'")
		equal(t, f.indexDamage(false, false), []string{"index a: it is not found by what it says"})
	})
}
