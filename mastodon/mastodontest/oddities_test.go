package mastodontest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// param is a parameter of a link.
func param(link, name string) string {
	_, query, _ := strings.Cut(link, "?")
	q, _ := url.ParseQuery(query)
	return q.Get(name)
}

// Down by rel=next one reads Pixelfed's favourites one item further a page; by the least like_id, as they should be.
func TestPixelfedsFavouritesAdvanceByOne(t *testing.T) {
	ana, posts := rowsWorld(Pixelfed, 9)
	a := get(ana, "/api/v1/favourites?limit=4")
	if diff := cmp.Diff(urisOf(posts[:4]...), uris(value[[]item](t, a))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(urisOf(posts[1:5]...), uris(value[[]item](t, get(ana, a.link("next"))))); diff != "" {
		t.Error(diff)
	}
	likes := value[[]struct {
		ID int `json:"like_id"`
	}](t, a)
	if got := param(a.link("prev"), "min_id"); likes[0].ID <= likes[3].ID || got != ana.favourites[5].id {
		t.Errorf("likes %v, and prev names %s", likes, got)
	}
}

// Pixelfed's bookmarks have links as Laravel makes them: none on a page that is all, no prev at the top.
func TestPixelfedsBookmarksHaveOpaqueCursors(t *testing.T) {
	ana, posts := rowsWorld(Pixelfed, 7)
	for _, p := range slices.Backward(posts) {
		ana.Bookmark(after(3000), p)
	}
	if a := get(ana, "/api/v1/bookmarks?limit=7"); a.header.Get("Link") != "" {
		t.Errorf("all is on one page, and it has links: %s", a.header.Get("Link"))
	}
	top := get(ana, "/api/v1/bookmarks?limit=3")
	if top.link("prev") != "" || param(top.link("next"), "cursor") == "" || param(top.link("next"), "max_id") != "" {
		t.Errorf("the top page has the links %s", top.header.Get("Link"))
	}
	items, pages := walk(t, ana, "/api/v1/bookmarks?limit=3", "next")
	if diff := cmp.Diff(urisOf(posts...), uris(items)); diff != "" || pages != 3 {
		t.Errorf("%d pages: %s", pages, diff)
	}
}

// A person's posts have no links on Pixelfed, and are not all.
func TestPixelfedListsPostsAlone(t *testing.T) {
	for software, second := range map[*Software]int{&Pixelfed: 2, &Pixelfed0125: 4} {
		ana := New().Instance("a.example", *software).Person("ana")
		var posts []*Post
		for n := range 4 {
			posts = append(posts, ana.Say(after(n), "a photo"))
		}
		ana.Post(after(5), Draft{Text: "no", ReplyTo: posts[0]})
		ana.Boost(after(6), posts[1])
		if a := get(ana, statusesOf(ana)); a.header.Get("Link") != "" || len(value[[]item](t, a)) != 4 {
			t.Errorf("links %q, %s", a.header.Get("Link"), a.body)
		}
		if a := get(ana, statusesOf(ana)+"?max_id="+ana.home.ID(posts[2])); len(value[[]item](t, a)) != second {
			t.Errorf("%s: below the second of four posts there are %s", software.Version, a.body)
		}
		if a := get(ana, statusesOf(ana)+"?limit=40"); a.code != http.StatusUnprocessableEntity {
			t.Errorf("a page of 40 is answered with %d", a.code)
		}
	}
}

// Older versions of Pixelfed mix up next and prev.
func TestPixelfedsLinksMayBeSwapped(t *testing.T) {
	ana, _ := rowsWorld(Pixelfed0113, 9)
	a := get(ana, "/api/v1/favourites?limit=4")
	if param(a.link("next"), "min_id") != ana.favourites[8].id || param(a.link("prev"), "max_id") != ana.favourites[5].id {
		t.Errorf("the links are %s", a.header.Get("Link"))
	}
}

// What is favourited on Friendica stands where the post is by its age.
func TestFriendicaPagesByThePosts(t *testing.T) {
	ana, posts := rowsWorld(Friendica, 5) // the older a post, the later it was favourited
	got := uris(value[[]item](t, get(ana, "/api/v1/favourites")))
	slices.Reverse(posts)
	if diff := cmp.Diff(urisOf(posts...), got); diff != "" {
		t.Error(diff)
	}
}

// Takahe's link to what is newer leads to the page itself.
func TestTakahesPrevLeadsNowhere(t *testing.T) {
	ana, _ := rowsWorld(Takahe, 9)
	next := get(ana, "/api/v1/favourites?limit=3").link("next")
	if got := get(ana, next).link("prev"); got != next {
		t.Errorf("from %s it leads to %s", next, got)
	}
}

// Sharkey tells of a reaction twice, and of nothing that has no post.
func TestSharkeyTellsTwice(t *testing.T) {
	w := New()
	ana, bo := w.Instance("a.example", Sharkey).Person("ana"), w.Instance("b.example", Mastodon45).Person("bo")
	bo.Follow(after(1), ana)
	bo.Favourite(after(3), ana.Say(after(2), "hi"))
	got := value[[]item](t, get(ana, "/api/v1/notifications"))
	if len(got) != 2 || got[0].ID != got[1].ID || got[0].Type != "reaction" || got[1].Type != "favourite" {
		t.Errorf("got %+v", got)
	}
}
