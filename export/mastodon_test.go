package export_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/archive"
	"lama/export"
	"lama/importer"
	importexport "lama/importer/export"
	"lama/mastodon/mastodontest"
	"lama/stages"
	"lama/store"
)

// timeline commits what a person's server shows of the person's own posts, and returns these by their URIs.
func (f *fixture) timeline(w *mastodontest.World, p *mastodontest.Person, v stages.View) map[string]archive.Post {
	f.t.Helper()
	get := func(address string, to any) http.Header {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Authorization", "Bearer "+p.Token())
		r.Header.Set("User-Agent", "test")
		answer := httptest.NewRecorder()
		w.Handler(p.Instance().Host()).ServeHTTP(answer, r)
		if err := json.Unmarshal(answer.Body.Bytes(), to); err != nil {
			f.t.Fatal(err)
		}
		return answer.Header()
	}
	var me struct{ ID string }
	get(p.Instance().BaseURL()+"/api/v1/accounts/verify_credentials", &me)
	posts := map[string]archive.Post{}
	for next := p.Instance().BaseURL() + "/api/v1/accounts/" + me.ID + "/statuses?limit=40"; next != ""; {
		var page []json.RawMessage
		link := get(next, &page).Get("Link")
		for _, status := range page {
			b, err := importer.Shown(f.t.Context(), v, archive.Statuses, status, "")
			if err != nil {
				f.t.Fatal(err)
			}
			f.commit(b)
			posts[b.Posts[0].URI] = b.Posts[0]
		}
		if next = ""; strings.Contains(link, `rel="next"`) {
			next = strings.Trim(strings.SplitN(link, ";", 2)[0], "<> ")
		}
	}
	return posts
}

// What a server said of an account's posts is what an import reads of their export: whatever is in a post, and to whomever
// it is. What it boosted is there by its name.
func TestMastodonsFormatIsReadBack(t *testing.T) {
	mix := mastodontest.Household("one.example", "two.example", "three.example")
	mix.Posts = 60
	w := mastodontest.Generate(7, mix)
	onEach(t, func(t *testing.T, f *fixture) {
		for _, p := range w.Household() {
			if !strings.HasPrefix(p.Instance().Software().Name, "mastodon") {
				continue
			}
			v := stages.View{Account: p.Account(), Reblogs: true}
			sent := f.timeline(w, p, v)
			to := filepath.Join(t.TempDir(), "own.zip")
			s := export.Selection{Accounts: []string{p.Account().Name()}, Visibilities: export.Visibilities}
			if _, err := f.run(t.Context(), s, "mastodon", to); err != nil {
				t.Fatal(err)
			}
			f.readBack(to, v, sent)
		}
	})
}

func (f *fixture) readBack(file string, v stages.View, sent map[string]archive.Post) {
	f.t.Helper()
	e, err := importexport.Open(f.t.Context(), file, importexport.Options{Scratch: f.t.TempDir()})
	if err != nil {
		f.t.Fatal(err)
	}
	defer e.Close()
	if e.Account.Name() != v.Account.Name() {
		f.t.Errorf("it is of %s", e.Account.Name())
	}
	boosts := 0
	for item, err := range e.Source(v).Items(f.t.Context()) {
		if err != nil || len(item.Refused) > 0 {
			f.t.Fatalf("%s: %v %v", item.Where, item.Refused, err)
		}
		boosts += len(item.Claims)
		for _, post := range item.Posts {
			f.agree(sent[post.URI], post)
			delete(sent, post.URI)
		}
	}
	for _, left := range sent {
		if boosts--; left.Reblog == "" {
			f.t.Errorf("%s is not in the export", left.URI)
		}
	}
	if boosts != 0 {
		f.t.Errorf("of its boosts %d are too many, or too few", boosts)
	}
}

// agree compares a post as it was sent with what became of an export. What it refers to is named where the archive has it.
func (f *fixture) agree(sent, read archive.Post) {
	f.t.Helper()
	diff := cmp.Diff(sent, read, cmpopts.IgnoreFields(archive.Post{}, "JSON", "Received", "Imported", "References"),
		cmpopts.IgnoreFields(archive.Attachment{}, "ID", "Type"), cmpopts.EquateEmpty(),
		cmpopts.SortSlices(func(a, b string) bool { return a < b }))
	if diff != "" {
		f.t.Errorf("%s: sent (-) and read back (+): %s", sent.URI, diff)
	}
	var want, got []string
	for _, r := range sent.References {
		if r.Chain == archive.ChainLink || f.names(r.Target) {
			want = append(want, string(r.Chain))
		}
	}
	for _, r := range read.References {
		got = append(got, string(r.Chain))
	}
	slices.Sort(want)
	slices.Sort(got)
	equal(f.t, sent.URI+" refers to", got, want)
}

// names says whether the archive has a post of this name.
func (f *fixture) names(name archive.Name) bool {
	thread, err := f.store.Thread(f.t.Context(), store.Household(), string(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return thread != nil
}
