package mastodontest

import (
	"fmt"
	"strings"
	"testing"
)

// Who boosted a post is told of its edits by Mastodon. Pleroma refuses to be asked for that.
func TestUpdates(t *testing.T) {
	for software, want := range map[*Software]string{&Mastodon45: "200 1", &GoToSocial: "200 1", &Mastodon31: "200 0", &Akkoma: "400 0"} {
		w := New()
		ana := w.Instance("a.example", *software).Person("ana")
		bo := w.Instance("b.example", Mastodon45).Person("bo")
		post := bo.Say(start, "teh heron")
		ana.Boost(after(1), post)
		post.Edit(after(2), Draft{Text: "the heron"})
		a := get(ana, "/api/v1/notifications?types[]=update")
		if got := fmt.Sprint(a.code, " ", strings.Count(a.body, `"type":"update"`)); got != want {
			t.Errorf("%s: %s, want %s", software.Name, got, want)
		}
		if a.code == 200 && want != "200 0" && !strings.Contains(a.body, "the heron") {
			t.Errorf("%s: %s", software.Name, a.body)
		}
	}
}

func TestUnboost(t *testing.T) {
	ana, post, _, boost := forgetful()
	id := ana.home.ID(boost)
	ana.Unboost(post)
	if a := get(ana, "/api/v1/statuses/"+id); a.code != 404 {
		t.Errorf("the boost answers %d", a.code)
	}
	if a := get(ana, "/api/v1/statuses/"+ana.home.ID(post)); a.code != 200 || !strings.Contains(a.body, `"reblogged":false`) {
		t.Errorf("the post answers %d %s", a.code, a.body)
	}
}

// A post by somebody whom the viewer blocks is left out of batches; one by somebody who blocks the viewer is not there.
func TestBlock(t *testing.T) {
	ana, post, _, _ := forgetful()
	batch, single := "/api/v1/statuses?id[]="+ana.home.ID(post), "/api/v1/statuses/"+ana.home.ID(post)
	ana.Block(post.author)
	if b, s := get(ana, batch), get(ana, single); b.body != "[]" || s.code != 200 {
		t.Errorf("blocked: %s and %d", b.body, s.code)
	}
	post.author.Block(ana)
	if s := get(ana, single); s.code != 404 {
		t.Errorf("blocked by its author: %d", s.code)
	}
}

func TestUnfollow(t *testing.T) {
	ana, post, _, _ := forgetful()
	bo := post.author
	ana.Follow(after(5), bo)
	secret := ana.home.ID(bo.Post(after(6), Draft{Text: "for friends", Visibility: "private"}))
	if a := get(ana, "/api/v1/statuses/"+secret); a.code != 200 {
		t.Errorf("a friend gets %d", a.code)
	}
	ana.Unfollow(bo)
	if a := get(ana, "/api/v1/statuses/"+secret); a.code != 404 {
		t.Errorf("a stranger gets %d", a.code)
	}
}

func TestProcessing(t *testing.T) {
	ana := New().Instance("a.example", Mastodon45).Person("ana")
	post := ana.Post(start, Draft{Text: "a film", Media: []Media{{Type: "video", Processing: true}}})
	path := "/api/v1/statuses/" + ana.home.ID(post)
	if a := get(ana, path); !strings.Contains(a.body, `"url":null,"preview_url":null`) {
		t.Errorf("while processing: %s", a.body)
	}
	post.Process()
	if a := get(ana, path); strings.Contains(a.body, `"url":null,"preview_url"`) {
		t.Errorf("afterwards: %s", a.body)
	}
}
