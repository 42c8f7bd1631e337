package mastodontest

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// All of somebody's own posts are listed, for whomever they are; of others only what the viewer may see.
func TestAccountStatuses(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	bo, cleo := ana.home.Person("bo"), w.Instance("c.example", GoToSocial).Person("cleo")
	public := ana.Say(after(1), "for all")
	unlisted := ana.Post(after(2), Draft{Text: "for all who look", Visibility: "unlisted"})
	private := ana.Post(after(3), Draft{Text: "for followers", Visibility: "private"})
	direct := ana.Post(after(4), Draft{Text: "@cleo@c.example for you", Visibility: "direct"})
	boost := ana.Boost(after(5), bo.Say(start, "hello"))
	bo.Follow(after(6), ana)

	for _, test := range []struct {
		name   string
		viewer *Person
		query  string
		want   []*Post
	}{
		{"herself", ana, "", []*Post{boost, direct, private, unlisted, public}},
		{"without boosts", ana, "?exclude_reblogs=true", []*Post{direct, private, unlisted, public}},
		{"without direct ones", ana, "?exclude_direct=true", []*Post{boost, private, unlisted, public}},
		{"with files only", ana, "?only_media=1", nil},
		{"pinned ones", ana, "?pinned=true", nil},
		{"a follower", bo, "", []*Post{boost, private, unlisted, public}},
		{"a stranger on the same server", ana.home.Person("eve"), "", []*Post{boost, unlisted, public}},
		{"who is mentioned, elsewhere", cleo, "", []*Post{boost, direct, unlisted, public}},
	} {
		path := "/api/v1/accounts/" + test.viewer.home.accounts.ids[ana] + "/statuses" + test.query
		if diff := cmp.Diff(urisOf(test.want...), uris(value[[]item](t, get(test.viewer, path))), cmpEmpty); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	mine := ana.Post(after(7), Draft{Text: "and so on", ReplyTo: public, Media: []Media{{}}})
	yours := ana.Post(after(8), Draft{Text: "no", ReplyTo: boost.boosted})
	if got := uris(value[[]item](t, get(ana, statusesOf(ana)+"?exclude_replies=true&limit=1"))); got[0] != mine.uri {
		t.Errorf("without replies the newest is %s, want the one to oneself and not %s", got[0], yours.uri)
	}
	if got := len(value[[]item](t, ask(ana.home, nil, statusesOf(ana)))); got != 5 {
		t.Errorf("without a token there are %d posts, want 5", got)
	}
}

// Whoever follows the booster still sees no more of the author than before.
func TestBoostTellsNoSecrets(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	bo, eve := ana.home.Person("bo"), ana.home.Person("eve")
	secret := bo.Post(start, Draft{Text: "for friends", Visibility: "private"})
	ana.Follow(start, bo)
	eve.Follow(start, ana)
	boost := ana.Boost(after(1), secret)
	for viewer, want := range map[*Person]int{ana: 200, eve: 404} {
		if a := get(viewer, "/api/v1/statuses/"+ana.home.ID(boost)); a.code != want {
			t.Errorf("for %s the boost answers %d, want %d", viewer.user, a.code, want)
		}
	}
}

func TestFavouriteOfABoostIsOnTheOriginal(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	p := w.Instance("b.example", Mastodon45).Person("bo").Say(start, "hello")
	boost := ana.home.Person("eve").Boost(after(1), p)
	ana.Favourite(after(2), boost)
	ana.Favourite(after(3), p)
	ana.Bookmark(after(4), boost)
	for _, path := range []string{"/api/v1/favourites", "/api/v1/bookmarks"} {
		if diff := cmp.Diff(urisOf(p), uris(value[[]item](t, get(ana, path)))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	ana.Unfavourite(p)
	ana.Unbookmark(p)
	for _, path := range []string{"/api/v1/favourites", "/api/v1/bookmarks"} {
		if a := get(ana, path); a.body != "[]" {
			t.Errorf("%s still has %s", path, a.body)
		}
	}
}

func TestNotifications(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	own := ana.Say(start, "hello")
	bo.Follow(after(1), ana)
	bo.Favourite(after(2), own)
	bo.Boost(after(3), own)
	bo.Say(after(4), "@ana@a.example hi")
	poll := bo.Post(after(5), Draft{Text: "?", Poll: &Poll{Options: []string{"a", "b"}}})
	ana.Vote(poll, 1)
	poll.EndPoll(after(6))
	noisy := w.Instance("n.example", Mastodon45).Person("noisy")
	ana.Filter(noisy)
	noisy.Say(after(7), "@ana@a.example buy")

	for query, want := range map[string][]string{
		"": {"poll", "mention", "reblog", "favourite", "follow"},
		"?types[]=mention&types[]=poll&include_filtered=true": {"mention", "poll", "mention"},
		"?exclude_types[]=mention":                            {"poll", "reblog", "favourite", "follow"},
		"?types[]=unheard_of":                                 {},
	} {
		var got []string
		for _, n := range value[[]item](t, get(ana, "/api/v1/notifications"+query)) {
			got = append(got, n.Type)
			if (n.Status == nil) != (n.Type == "follow") {
				t.Errorf("a %s has the status %v", n.Type, n.Status)
			}
		}
		if diff := cmp.Diff(want, got, cmpEmpty); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
	if n := len(value[[]item](t, get(bo, "/api/v1/notifications"))); n != 1 {
		t.Errorf("the poll's author has %d notifications, want 1", n)
	}
}

func TestSharkeyIgnoresTypes(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Sharkey).Person("ana")
	ana.home.Person("bo").Say(after(1), "@ana@a.example hi")
	if n := len(value[[]item](t, get(ana, "/api/v1/notifications?types[]=poll"))); n != 1 {
		t.Errorf("there are %d notifications, want 1", n)
	}
}

func TestSearchResolvesAddressesOfPosts(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	pleroma := w.Instance("p.example", Pleroma)
	bo := pleroma.Person("bo")
	p, secret := bo.Say(start, "hello"), bo.Post(after(1), Draft{Text: "x", Visibility: "private"})
	search := func(q string, more string) answer {
		return get(ana, "/api/v2/search?q="+url.QueryEscape(q)+more)
	}
	for _, address := range []string{p.uri, p.url, ana.home.View(p), pleroma.BaseURL() + "/notice/" + pleroma.ID(p)} {
		found := value[struct{ Statuses []item }](t, search(address, "&resolve=true&type=statuses")).Statuses
		if len(found) != 1 || found[0].ID != ana.home.ID(p) {
			t.Errorf("%s is found as %+v, want id %s", address, found, ana.home.ID(p))
		}
	}
	const none = `{"accounts":[],"statuses":[],"hashtags":[]}`
	for name, a := range map[string]answer{
		"without resolve":   search(p.url, "&type=statuses"),
		"somebody's secret": search(secret.url, "&resolve=true"),
		"no post":           search("https://p.example/notice/nothing", "&resolve=true"),
		"another handle":    search("https://a.example/@eve/"+ana.home.ID(p), "&resolve=true"),
		"on Sharkey":        get(w.Instance("s.example", Sharkey).Person("s"), "/api/v2/search?resolve=true&q="+p.url),
	} {
		if a.body != none {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	got := value[struct{ Accounts []struct{ Acct string } }](t, search(bo.url, "&resolve=true")).Accounts
	if len(got) != 1 || got[0].Acct != "bo@p.example" {
		t.Errorf("the person is found as %+v", got)
	}
}
