package site

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"lama/archive"
	"lama/export"
	"lama/search"
	"lama/store"
	"lama/store/pgtest"
)

// databases are the addresses of fresh databases, by name; sqlite_test.go adds its own.
var databases = map[string]func(t testing.TB) string{"postgres": pgtest.URL}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, f *fixture)) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, url(t))) })
	}
}

var ana = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}

// fixture is an archive, and a folder for a site of it.
type fixture struct {
	t     *testing.T
	store *store.Store
	data  fstest.MapFS
	to    string
	lost  []error
}

func newFixture(t *testing.T, url string) *fixture {
	t.Helper()
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: url, Schema: string(schema)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	err = s.Begin(t.Context(), store.Rules{Accounts: []archive.Account{ana}, Handles: []string{ana.Name()}, Own: true, Others: true,
		Limits: archive.Limits{archive.ChainParent: 9, archive.ChainLink: 9, archive.ChainQuote: 9}}, archive.Collections)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t: t, store: s, data: fstest.MapFS{}, to: filepath.Join(t.TempDir(), "site")}
}

// site is one of the public posts that a query finds.
func (f *fixture) site(query string) Site {
	f.t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		f.t.Fatal(err)
	}
	return Site{Selection: export.Selection{Store: f.store, Query: q, Visibilities: []string{"public"}}, Data: f.data, To: f.to,
		Progress: func(Progress) {}, Lost: func(err error) { f.lost = append(f.lost, err) }}
}

// write makes a site, and gives its files by their names.
func (f *fixture) write(s Site) (map[string]string, Tally) {
	f.t.Helper()
	tally, err := s.Write(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return f.files(), tally
}

func (f *fixture) files() map[string]string {
	f.t.Helper()
	all := map[string]string{}
	root := os.DirFS(f.to)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		all[path] = string(content)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// status is a public post of zoe's, and what its JSON has beside the usual.
func status(id, text string, extra map[string]any) archive.Post {
	const url = "https://far.example/users/zoe/statuses/"
	o := map[string]any{"id": id, "uri": url + id, "visibility": "public", "content": "<p>" + text + "</p>", "created_at": "2026-01-01T10:00:00Z",
		"account": map[string]any{"username": "zoe", "acct": "Zoe@far.example", "url": "https://far.example/@zoe"}}
	maps.Copy(o, extra)
	body, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return archive.Post{URI: url + id, ID: id, Instance: "home.example", URL: url + id, Author: "Zoe@far.example", Visibility: "public",
		Content: text, CreatedAt: archive.ParseTime(o["created_at"].(string)), JSON: body}
}

// on says to what a post refers.
func on(p archive.Post, chain archive.Chain, id string) archive.Post {
	p.References = append(p.References, archive.Reference{Chain: chain, Target: archive.IDName("home.example", id)})
	return p
}

// archived commits posts as ana's favourites.
func (f *fixture) archived(posts ...archive.Post) {
	f.t.Helper()
	b := archive.Batch{Account: ana.Name()}
	for _, p := range posts {
		p.FetchedBy = ana.Name()
		b.Posts = append(b.Posts, p)
		b.Activities = append(b.Activities, archive.Activity{Account: ana.Name(), PostURI: p.URI, Base: archive.BaseFavourite, ID: p.ID})
	}
	f.commit(b)
}

func (f *fixture) commit(b archive.Batch) {
	f.t.Helper()
	if _, err := f.store.Commit(f.t.Context(), []archive.Batch{b}); err != nil {
		f.t.Fatal(err)
	}
}

// pictured archives a post with a picture.
func (f *fixture) pictured(p archive.Post, mime, content string) {
	f.t.Helper()
	p.Media = []archive.Attachment{{ID: "m" + p.ID, Type: "image", Alt: "a picture of " + p.ID, URL: "https://media.example/" + p.ID}}
	f.archived(p)
	sum := sha256.Sum256([]byte(content))
	file := archive.File{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), Type: mime, Path: "media/" + p.ID}
	f.data[file.Path] = &fstest.MapFile{Data: []byte(content)}
	media := archive.Media{PostURI: p.URI, PostID: p.ID, Author: p.Author, CreatedAt: p.CreatedAt, Attachment: p.Media[0]}
	f.commit(archive.Batch{Settles: []archive.Settle{{Media: &media, Outcome: archive.Outcome{State: archive.Done}}},
		Fetched: []archive.Fetched{{PostURI: p.URI, Source: p.Media[0].Source(), File: file}}})
}
