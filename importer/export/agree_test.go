package export_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/archive"
	"lama/importer"
	"lama/mastodon/mastodontest"
	"lama/stages"
)

// sent are a person's own posts, as their server's API sends them, by their URIs.
func sent(t *testing.T, w *mastodontest.World, p *mastodontest.Person, v stages.View) map[string]archive.Post {
	t.Helper()
	get := func(address string, to any) http.Header {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Authorization", "Bearer "+p.Token())
		r.Header.Set("User-Agent", "test")
		answer := httptest.NewRecorder()
		w.Handler(p.Instance().Host()).ServeHTTP(answer, r)
		must(t, json.Unmarshal(answer.Body.Bytes(), to))
		return answer.Header()
	}
	var me struct{ ID string }
	get(p.Instance().BaseURL()+"/api/v1/accounts/verify_credentials", &me)
	posts := map[string]archive.Post{}
	for next := p.Instance().BaseURL() + "/api/v1/accounts/" + me.ID + "/statuses?limit=40"; next != ""; {
		var page []json.RawMessage
		link := get(next, &page).Get("Link")
		for _, status := range page {
			b, err := importer.Shown(t.Context(), v, archive.Statuses, status, "")
			must(t, err)
			posts[b.Posts[0].URI] = b.Posts[0]
		}
		if next = ""; strings.Contains(link, `rel="next"`) {
			next = strings.Trim(strings.SplitN(link, ";", 2)[0], "<> ")
		}
	}
	return posts
}

// What an export says of a post is what the server's API says of it.
func TestAnExportSaysWhatTheServerSays(t *testing.T) {
	mix := mastodontest.Household("one.example", "two.example", "three.example")
	mix.Posts = 60
	w := mastodontest.Generate(7, mix)
	exported, boosts := 0, 0
	for _, p := range w.Household() {
		if !strings.HasPrefix(p.Instance().Software().Name, "mastodon") {
			continue
		}
		f := files{}
		for name, content := range p.Export() {
			f[name] = string(content)
		}
		e := open(t, zipOf(t, f))
		if e.Account.Name() != p.Account().Name() {
			t.Errorf("it is of %s", e.Account.Name())
		}
		v := stages.View{Account: p.Account(), Reblogs: true}
		want := sent(t, w, p, v)
		for item, err := range e.Source(v).Items(t.Context()) {
			must(t, err)
			if len(item.Refused) > 0 {
				t.Errorf("%s: %v", item.Where, item.Refused)
			}
			for _, c := range item.Claims {
				if c.Base == archive.BaseReblog {
					boosts++
				}
			}
			for _, post := range item.Posts {
				exported++
				agree(t, want[post.URI], post)
				if have := len(item.Files); have != len(slices.DeleteFunc(slices.Clone(post.Media), archive.Attachment.Unprocessed)) {
					t.Errorf("%s has %d files of %d", post.URI, have, len(post.Media))
				}
				delete(want, post.URI)
			}
		}
		for _, left := range want {
			if left.Reblog == "" {
				t.Errorf("%s is not in the export", left.URI)
			}
		}
	}
	if exported < 50 || boosts == 0 {
		t.Errorf("%d posts and %d boosts were exported", exported, boosts)
	}
}

// agree compares a post as it was sent with what became of an export. Another server's post has an id in the one, and an
// address in the other.
func agree(t *testing.T, sent, exported archive.Post) {
	t.Helper()
	chains := func(p archive.Post) (all []string) {
		for _, r := range p.References {
			all = append(all, string(r.Chain))
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(chains(sent), chains(exported)); diff != "" {
		t.Errorf("%s refers to: %s", sent.URI, diff)
	}
	diff := cmp.Diff(sent, exported, cmpopts.IgnoreFields(archive.Post{}, "JSON", "Received", "Imported", "References"),
		cmpopts.IgnoreFields(archive.Attachment{}, "ID", "Type"), cmpopts.EquateEmpty(),
		cmpopts.SortSlices(func(a, b string) bool { return a < b }))
	if diff != "" {
		t.Errorf("%s: sent (-) and exported (+): %s", sent.URI, diff)
	}
}
