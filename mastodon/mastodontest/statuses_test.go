package mastodontest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBatch(t *testing.T) {
	type given struct {
		key   string
		count int
	}
	for _, test := range []struct {
		name     string
		software Software
		given    given
		code     int
		want     int
	}{
		{"Mastodon takes 20", Mastodon45, given{"id[]", 20}, 200, 20},
		{"and no more", Mastodon45, given{"id[]", 21}, 422, 0},
		{"by one name only", Mastodon45, given{"ids[]", 5}, 200, 0},
		{"before 4.3 there is none", Mastodon42, given{"id[]", 1}, 404, 0},
		{"nor on GoToSocial", GoToSocial, given{"id[]", 1}, 404, 0},
		{"nor on Sharkey", Sharkey, given{"id[]", 1}, 404, 0},
		{"Pleroma drops what is above 100", Pleroma, given{"id[]", 105}, 200, 100},
		{"and knows two names", Pleroma, given{"ids[]", 3}, 200, 3},
		{"Akkoma one", Akkoma, given{"id[]", 3}, 200, 0},
		{"the other", Akkoma, given{"ids[]", 3}, 200, 3},
	} {
		ana, posts := rowsWorld(test.software, test.given.count)
		query := "?"
		for _, p := range posts {
			query += "&" + test.given.key + "=" + ana.home.ID(p)
		}
		a := get(ana, "/api/v1/statuses"+query)
		if a.code != test.code {
			t.Errorf("%s: %d %s, want %d", test.name, a.code, a.body, test.code)
		}
		if a.code == 200 && len(value[[]item](t, a)) != test.want {
			t.Errorf("%s: %d posts, want %d", test.name, len(value[[]item](t, a)), test.want)
		}
	}
}

// A batch is silent about what is gone, forbidden or muted; a single request tells these apart.
func TestBatchLeavesOut(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	noisy := bo.home.Person("noisy")
	ana.Mute(noisy)
	old, gone := bo.Say(start, "old"), bo.Say(after(1), "gone")
	secret := bo.Post(after(2), Draft{Text: "secret", Visibility: "private"})
	loud, young := noisy.Say(after(3), "loud"), bo.Say(after(4), "young")
	gone.Delete()
	query := "?id[]=999"
	for _, p := range []*Post{old, gone, secret, loud, young, young} {
		query += "&id[]=" + ana.home.ID(p)
	}
	got := uris(value[[]item](t, get(ana, "/api/v1/statuses"+query)))
	if diff := cmp.Diff(urisOf(young, old), got); diff != "" {
		t.Error(diff)
	}
	for p, want := range map[*Post]int{old: 200, loud: 200, gone: 404, secret: 404} {
		if a := get(ana, "/api/v1/statuses/"+ana.home.ID(p)); a.code != want {
			t.Errorf("%q alone answers %d, want %d", p.now().text, a.code, want)
		}
	}
}

func TestContext(t *testing.T) {
	for _, test := range []struct {
		software Software
		want     func(root, side, middle *Post) []*Post
	}{
		{Mastodon45, func(root, side, middle *Post) []*Post { return []*Post{root, middle} }},
		{GoToSocial, func(root, side, middle *Post) []*Post { return []*Post{root, middle} }},
		{Pleroma, func(root, side, middle *Post) []*Post { return []*Post{root, side, middle} }},
	} {
		w := New()
		ana := w.Instance("a.example", test.software).Person("ana")
		root := ana.Say(start, "root")
		side := ana.Post(after(1), Draft{Text: "side", ReplyTo: root})
		middle := ana.Post(after(2), Draft{Text: "middle", ReplyTo: root})
		leaf := ana.Post(after(3), Draft{Text: "leaf", ReplyTo: middle})
		below := ana.Post(after(4), Draft{Text: "below", ReplyTo: leaf})
		c := value[struct{ Ancestors, Descendants []item }](t, get(ana, "/api/v1/statuses/"+ana.home.ID(leaf)+"/context"))
		if diff := cmp.Diff(urisOf(test.want(root, side, middle)...), uris(c.Ancestors)); diff != "" {
			t.Errorf("%s: %s", test.software.Name, diff)
		}
		if diff := cmp.Diff(urisOf(below), uris(c.Descendants)); diff != "" {
			t.Errorf("%s: %s", test.software.Name, diff)
		}
		boost := ana.Boost(after(5), leaf)
		want := map[bool]int{true: 404, false: 200}[test.software.goToSocial()]
		if a := get(ana, "/api/v1/statuses/"+ana.home.ID(boost)+"/context"); a.code != want {
			t.Errorf("%s: the context of a boost answers %d, want %d", test.software.Name, a.code, want)
		}
	}
}

func TestHistory(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	p := ana.Post(start, Draft{Text: "teh cat", Media: []Media{{Alt: "a cat"}}})
	path := "/api/v1/statuses/" + ana.home.ID(p)
	if n := len(value[[]item](t, get(ana, path+"/history"))); n != 1 {
		t.Errorf("a post that was not edited has %d versions", n)
	}
	p.Edit(after(9), Draft{Text: "the cat", Media: []Media{{Alt: "a cat"}}})
	versions := value[[]struct {
		Content          string
		CreatedAt        string `json:"created_at"`
		MediaAttachments []item `json:"media_attachments"`
	}](t, get(ana, path+"/history"))
	if len(versions) != 2 || versions[0].Content != "<p>teh cat</p>" ||
		versions[1].CreatedAt != "2024-03-01T12:09:00.000Z" {
		t.Errorf("the versions are %+v", versions)
	}
	if versions[0].MediaAttachments[0].ID != versions[1].MediaAttachments[0].ID {
		t.Error("the file that stayed is another one")
	}
	if a := get(ana, path); !strings.Contains(a.body, `"edited_at":"2024-03-01T12:09:00.000Z"`) {
		t.Errorf("no edited_at in %s", a.body)
	}
	old := w.Instance("old.example", Mastodon31).Person("o")
	if a := get(old, "/api/v1/statuses/"+old.home.ID(p)); strings.Contains(a.body, "edited_at") {
		t.Error("Mastodon 3.1 knows edited_at")
	}
	if a := get(old, "/api/v1/statuses/"+old.home.ID(p)+"/history"); a.code != http.StatusNotFound {
		t.Errorf("the history on Mastodon 3.1 answers %d", a.code)
	}
}

func TestPolls(t *testing.T) {
	for _, software := range []Software{Mastodon45, GoToSocial} {
		w := New()
		ana := w.Instance("a.example", software).Person("ana")
		bo := w.Instance("b.example", Mastodon45).Person("bo")
		p := bo.Post(start, Draft{Text: "?", Poll: &Poll{Options: []string{"tea", "coffee"}, Ends: after(60)}})
		ana.Vote(p, 1)
		type poll struct {
			ID      string
			Expired bool
			Voted   bool
			Own     []int `json:"own_votes"`
			Options []struct {
				Votes int `json:"votes_count"`
			}
		}
		inline := value[struct{ Poll poll }](t, get(ana, "/api/v1/statuses/"+ana.home.ID(p))).Poll
		p.EndPoll(after(61))
		alone := value[poll](t, get(ana, "/api/v1/polls/"+inline.ID))
		if inline.Expired || !alone.Expired || !alone.Voted || alone.Own[0] != 1 || alone.Options[1].Votes != 1 {
			t.Errorf("the poll is %+v, then %+v", inline, alone)
		}
		if a := get(ana, "/api/v1/polls/0"); a.code != http.StatusNotFound {
			t.Errorf("a poll that is not there answers %d", a.code)
		}
	}
}
