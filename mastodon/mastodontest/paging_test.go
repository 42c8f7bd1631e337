package mastodontest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// rowsWorld is a person with n favourites on a server of some software, the posts newest favourite first. The
// posts are older the later they were favourited, so that their ids say nothing about the order.
func rowsWorld(software Software, n int) (*Person, []*Post) {
	w := New()
	ana := w.Instance("a.example", software).Person("ana")
	bo := w.Instance("b.example", GoToSocial).Person("bo")
	posts := make([]*Post, n)
	for k := range n {
		posts[k] = bo.Say(after(k), fmt.Sprint("post ", k))
	}
	for k := range n {
		ana.Favourite(after(1000+k), posts[n-1-k])
	}
	return ana, posts
}

// Down by rel=next, every collection gives each item once and in order, on all kinds of server with links.
func TestWalkDownGivesAll(t *testing.T) {
	kinds := []Software{Mastodon45, Mastodon42, Mastodon31, GoToSocial, Pleroma, Akkoma}
	rapid.Check(t, func(r *rapid.T) {
		software := rapid.SampledFrom(kinds).Draw(r, "software")
		n, limit := rapid.IntRange(0, 90).Draw(r, "posts"), rapid.IntRange(1, 60).Draw(r, "limit")
		ana, posts := rowsWorld(software, n)
		items, pages := walk(t, ana, fmt.Sprint("/api/v1/favourites?limit=", limit), "next")
		if diff := cmp.Diff(urisOf(posts...), uris(items), cmpEmpty); diff != "" {
			r.Fatalf("%s, limit %d: %s", software.Version, limit, diff)
		}
		if software.MaxLimit > 0 {
			limit = min(limit, software.MaxLimit)
		}
		full := n/limit + 1 // an exact multiple costs an empty page
		if software.NextAlways {
			full = (n+limit-1)/limit + 1
		}
		if pages != full {
			r.Fatalf("%s: %d pages of %d for %d items, want %d", software.Version, pages, limit, n, full)
		}
	})
}

var cmpEmpty = cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })

// Up by rel=prev from the very first item, Mastodon gives the rest; that is what min_id is for.
func TestWalkUpGivesAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, limit := rapid.IntRange(0, 60).Draw(r, "posts"), rapid.IntRange(1, 40).Draw(r, "limit")
		ana, posts := rowsWorld(Mastodon45, n)
		var got []string
		for path := fmt.Sprint("/api/v1/favourites?min_id=0&limit=", limit); path != ""; {
			a := get(ana, path)
			got = append(uris(value[[]item](t, a)), got...)
			path = a.link("prev")
		}
		if diff := cmp.Diff(urisOf(posts...), got, cmpEmpty); diff != "" {
			r.Fatal(diff)
		}
	})
}

// A page is what the definition says, whatever the cursors are (mastodon-api.md §1.1).
func TestPageEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 60), 0, 40, rapid.ID[int]).Draw(r, "ids")
		slices.Sort(ids)
		q := url.Values{}
		draw := func(name string) (int, bool) {
			v := rapid.IntRange(-1, 61).Draw(r, name)
			if v >= 0 {
				q.Set(name, fmt.Sprint(v))
			}
			return v, v >= 0
		}
		maxID, below := draw("max_id")
		minID, upward := draw("min_id")
		sinceID, since := draw("since_id")
		limit := rapid.IntRange(0, 50).Draw(r, "limit")
		q.Set("limit", fmt.Sprint(limit))
		var want []int
		for _, id := range ids {
			above := !upward || id > minID
			if !upward && since {
				above = id > sinceID
			}
			if above && (!below || id < maxID) {
				want = append(want, id)
			}
		}
		if n := min(limit, 40, len(want)); upward {
			want = want[:n]
		} else {
			want = want[len(want)-n:]
		}
		slices.Reverse(want)
		got := pageOf(pager{fallback: 20, most: 40}, ids, func(id int) string { return fmt.Sprint(id) },
			func(int) bool { return true }, q)
		if !slices.Equal(got, want) {
			r.Fatalf("page of %v with %s is %v, want %v", ids, q.Encode(), got, want)
		}
	})
}

func TestGoToSocialMinIDGivesTheNewestPage(t *testing.T) {
	ana, posts := rowsWorld(GoToSocial, 50)
	got := uris(value[[]item](t, get(ana, "/api/v1/favourites?min_id=0&limit=20")))
	if diff := cmp.Diff(urisOf(posts[:20]...), got); diff != "" {
		t.Error(diff)
	}
}

func TestGoToSocialHonoursAnyLimit(t *testing.T) {
	ana, _ := rowsWorld(GoToSocial, 130)
	for query, want := range map[string]int{"?limit=125": 125, "?limit=0": 130, "": 30} {
		a := get(ana, "/api/v1/favourites"+query)
		if got := len(value[[]item](t, a)); got != want {
			t.Errorf("limit %q gives %d items, want %d", query, got, want)
		}
		if a.link("next") == "" {
			t.Errorf("limit %q: a page that is not empty has no next link", query)
		}
	}
}

func TestLimitIsCutInSilence(t *testing.T) {
	ana, _ := rowsWorld(Mastodon45, 90)
	for query, want := range map[string]int{"": 20, "?limit=40": 40, "?limit=80": 40, "?limit=-5": 5, "?limit=x": 20} {
		if got := len(value[[]item](t, get(ana, "/api/v1/favourites"+query))); got != want {
			t.Errorf("limit %q gives %d items, want %d", query, got, want)
		}
	}
}

func TestLinkKeepsOtherParameters(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	for n := range 5 {
		ana.home.Person("bo").Say(after(n), "hi @ana@a.example")
	}
	a := get(ana, "/api/v1/notifications?limit=2&types[]=mention&types[]=poll")
	next := a.link("next")
	if q, _ := url.ParseQuery(next[strings.Index(next, "?")+1:]); len(q["types[]"]) != 2 || q.Get("limit") != "2" ||
		q.Get("max_id") == "" || q.Has("min_id") {
		t.Errorf("the next link is %q", next)
	}
}

func TestFavouritesCursorIsNoStatusID(t *testing.T) {
	ana, posts := rowsWorld(Mastodon45, 30)
	cursor := get(ana, "/api/v1/favourites?limit=10").link("next")
	for _, p := range posts {
		if strings.Contains(cursor, ana.home.ID(p)) {
			t.Fatalf("the cursor %s is the id of a status", cursor)
		}
	}
}

func TestSharkeyHasNoLinks(t *testing.T) {
	ana, _ := rowsWorld(Sharkey, 50)
	if a := get(ana, "/api/v1/favourites"); a.header.Get("Link") != "" {
		t.Errorf("there is a Link header: %s", a.header.Get("Link"))
	}
	ana.Say(start, "x")
	if a := get(ana, statusesOf(ana)+"?limit=1"); a.link("next") == "" {
		t.Error("statuses have no next link")
	}
}
