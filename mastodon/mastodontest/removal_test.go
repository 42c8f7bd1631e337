package mastodontest

import (
	"strings"
	"testing"
)

// forgetful is a post that ana did everything with, and a reply to it.
func forgetful() (ana *Person, post, reply, boost *Post) {
	w := New()
	ana = w.Instance("a.example", Mastodon45).Person("ana")
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	post = bo.Say(start, "hello @ana@a.example")
	reply = ana.Post(after(1), Draft{Text: "hi", ReplyTo: post})
	boost = ana.Boost(after(2), post)
	ana.Favourite(after(3), post)
	ana.Bookmark(after(4), post)
	return ana, post, reply, boost
}

// What is deleted, or purged by a server, takes everything with it but replies and notifications.
func TestRemovalCascades(t *testing.T) {
	for name, remove := range map[string]func(ana *Person, p *Post){
		"deleted": func(_ *Person, p *Post) { p.Delete() },
		"purged":  func(ana *Person, p *Post) { ana.home.Purge(p) },
	} {
		ana, post, reply, boost := forgetful()
		id := ana.home.ID(post)
		remove(ana, post)
		for _, path := range []string{"/api/v1/favourites", "/api/v1/bookmarks"} {
			if a := get(ana, path); a.body != "[]" {
				t.Errorf("%s: %s still has %s", name, path, a.body)
			}
		}
		for _, gone := range []string{id, ana.home.ID(boost)} {
			if a := get(ana, "/api/v1/statuses/"+gone); a.code != 404 || a.body != `{"error":"Record not found"}` {
				t.Errorf("%s: status %s answers %d %s", name, gone, a.code, a.body)
			}
		}
		own := value[[]item](t, get(ana, statusesOf(ana)))
		if len(own) != 1 || own[0].URI != reply.uri || own[0].Parent != nil {
			t.Errorf("%s: ana's posts are %+v", name, own)
		}
		if a := get(ana, statusesOf(ana)); !strings.Contains(a.body, `"in_reply_to_account_id":"`) {
			t.Errorf("%s: the reply forgot whom it answered: %s", name, a.body)
		}
		n := value[[]item](t, get(ana, "/api/v1/notifications?types[]=mention"))
		if len(n) != 1 || n[0].Status != nil {
			t.Errorf("%s: the notifications are %+v", name, n)
		}
	}
}

// A purge concerns one server, and a search fetches the post again.
func TestPurgedIsFoundAgain(t *testing.T) {
	ana, post, reply, _ := forgetful()
	before := ana.home.ID(post)
	ana.home.Purge(post)
	found := value[struct{ Statuses []item }](t, get(ana, "/api/v2/search?resolve=true&q="+post.url)).Statuses
	if len(found) != 1 || found[0].ID == before {
		t.Fatalf("the search finds %+v", found)
	}
	if a := get(ana, "/api/v1/statuses/"+found[0].ID); a.code != 200 {
		t.Errorf("the id that was found answers %d", a.code)
	}
	bo := post.author
	got := value[item](t, get(bo, "/api/v1/statuses/"+bo.home.ID(reply)))
	if got.Parent == nil || *got.Parent != bo.home.ID(post) {
		t.Errorf("the other server forgot, too: %+v", got)
	}
}

func TestAkkomaNamesGhosts(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Akkoma).Person("ana")
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	post := bo.Say(start, "hello")
	reply := ana.Post(after(1), Draft{Text: "hi", ReplyTo: post, Quote: post})
	ana.home.Purge(post)
	a := get(ana, "/api/v1/statuses/"+ana.home.ID(reply))
	for _, want := range []string{
		`"in_reply_to_id":"_"`, `"in_reply_to_apid":"` + post.uri, `"quote_id":"_"`, `"quote":null`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
	if a := get(ana, "/api/v1/statuses/_"); a.code != 404 {
		t.Errorf("the ghost answers %d", a.code)
	}
}
