package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"

	"lama/archive"
	"lama/store"
	"lama/store/pgtest"
	"lama/web"
)

// databases are the addresses of fresh databases, by name; sqlite_test.go adds its own.
var databases = map[string]func(t testing.TB) string{"postgres": pgtest.URL}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, f *fixture)) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, url(t))) })
	}
}

var (
	ana = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}
	bob = archive.Account{User: "bob", Instance: "home.example", Scheme: "https"}
)

// viewers are who can ask: who sits at the archive, and the two persons.
var viewers = map[string]store.Viewer{
	"":    store.Household(),
	"ana": {Person: "ana", Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true},
	"bob": {Person: "bob", Own: []string{bob.Name()}, Others: []string{ana.Name()}, SharePublic: true},
}

// noon is when the tests look.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// fixture is an archive and a reader of it.
type fixture struct {
	t      testing.TB
	store  *store.Store
	reader *web.Reader
	data   fstest.MapFS
	status web.Status // that it shows
}

// host is under which name the fixture's reader is asked.
const host = "127.0.0.1:8470"

// asPerson is the header by which a test says who asks.
const asPerson = "Test-Person"

func newFixture(t testing.TB, database string) *fixture {
	t.Helper()
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: database, Schema: string(schema),
		Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	err = s.Begin(t.Context(), store.Rules{Accounts: []archive.Account{ana, bob}, Handles: []string{ana.Name(), bob.Name()},
		Own: true, Others: true, Pictures: true, Limits: archive.Limits{archive.ChainParent: 9, archive.ChainLink: 9, archive.ChainQuote: 9},
	}, archive.Collections)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []archive.Account{ana, bob} {
		kept := map[archive.Collection]string{archive.Statuses: "post"}
		if err := s.OpenAccounts(t.Context(), store.Opening{Account: a, Kept: kept}); err != nil {
			t.Fatal(err)
		}
	}
	f := &fixture{t: t, store: s, data: fstest.MapFS{}, status: web.Status{LastRun: "none yet"}}
	f.reader = web.New(web.Options{Store: s, Data: f.data, Hosts: []string{host}, Log: zerolog.New(zerolog.NewTestWriter(t)), Now: noon,
		Viewer: func(q *http.Request) (store.Viewer, error) { return viewers[q.Header.Get(asPerson)], nil },
		Status: func(context.Context, store.Viewer) (web.Status, error) { return f.status, nil },
	})
	return f
}

// status is a post of somebody, and what its JSON has beside the usual.
func status(author, id, visibility string, extra map[string]any) archive.Post {
	user, domain, _ := strings.Cut(author, "@")
	uri := "https://" + domain + "/users/" + user + "/statuses/" + id
	o := map[string]any{
		"id": id, "uri": uri, "url": "https://" + domain + "/@" + user + "/" + id, "visibility": visibility,
		"content": "<p>post " + id + "</p>", "spoiler_text": "", "created_at": "2026-01-01T00:00:" + id + "Z",
		"account": map[string]any{"username": user, "acct": author, "display_name": "The " + user, "url": "https://" + domain + "/@" + user},
	}
	for name, value := range extra {
		o[name] = value
	}
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	p := archive.Post{URI: uri, ID: id, Instance: "home.example", URL: o["url"].(string), Author: author, Visibility: visibility,
		Content: "post " + id, CreatedAt: archive.ParseTime(o["created_at"].(string)), JSON: text}
	p.SpoilerText, _ = o["spoiler_text"].(string)
	return p
}

func replyTo(p archive.Post, parent archive.Post) archive.Post {
	p.References = append(p.References, archive.Reference{Chain: archive.ChainParent, Target: archive.IDName(parent.Instance, parent.ID)})
	return p
}

// did commits that an account was shown posts and did something with each.
func (f *fixture) did(a archive.Account, base archive.Base, posts ...archive.Post) {
	f.t.Helper()
	b := archive.Batch{Account: a.Name()}
	for _, p := range posts {
		p.FetchedBy = a.Name()
		b.Posts = append(b.Posts, p)
		b.Activities = append(b.Activities, archive.Activity{Account: a.Name(), PostURI: p.URI, Base: base, ID: p.ID})
	}
	if _, err := f.store.Commit(f.t.Context(), []archive.Batch{b}); err != nil {
		f.t.Fatal(err)
	}
}

// picture gives a post a file, which download brings.
func picture(p archive.Post, kind, alt string) archive.Post {
	p.Media = append(p.Media, archive.Attachment{Position: len(p.Media), ID: "m" + p.ID, Type: kind, Alt: alt,
		URL: "https://media.example/" + p.ID})
	return p
}

// download commits the file of a post, and returns the SHA-256 of its content.
func (f *fixture) download(p archive.Post, mime, content string) string {
	f.t.Helper()
	return f.keep(archive.Media{PostURI: p.URI, PostID: p.ID, Author: p.Author, CreatedAt: p.CreatedAt, Attachment: p.Media[0]}, mime, content)
}

// hang commits a picture, and returns the SHA-256 of its content.
func (f *fixture) hang(address, mime, content string) string {
	f.t.Helper()
	return f.keep(archive.Media{Attachment: archive.Attachment{URL: address}}, mime, content)
}

func (f *fixture) keep(m archive.Media, mime, content string) string {
	f.t.Helper()
	sum := sha256.Sum256([]byte(content))
	file := archive.File{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), Type: mime}
	file.Path = "media/" + file.SHA256
	f.data[file.Path] = &fstest.MapFile{Data: []byte(content)}
	b := archive.Batch{Settles: []archive.Settle{{Media: &m, Outcome: archive.Outcome{State: archive.Done}}},
		Fetched: []archive.Fetched{{PostURI: m.PostURI, Source: m.Source(), File: file}}}
	if _, err := f.store.Commit(f.t.Context(), []archive.Batch{b}); err != nil {
		f.t.Fatal(err)
	}
	return file.SHA256
}

// ask is the answer to a person's GET.
func (f *fixture) ask(person, path string, header ...string) *http.Response {
	f.t.Helper()
	q := httptest.NewRequestWithContext(f.t.Context(), http.MethodGet, path, nil)
	q.Host = host
	q.Header.Set(asPerson, person)
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.reader.ServeHTTP(w, q)
	return w.Result()
}

// page is the text of an answer that must have this code.
func (f *fixture) page(person string, code int, path string) string {
	f.t.Helper()
	r := f.ask(person, path)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	if r.StatusCode != code {
		f.t.Errorf("%s for %q: %d, want %d", path, person, r.StatusCode, code)
	}
	return string(body)
}

func at(path, name, value string) string { return path + "?" + url.Values{name: {value}}.Encode() }

// shows checks that a page has some texts, in this order.
func shows(t testing.TB, page string, texts ...string) {
	t.Helper()
	rest := page
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("the page lacks %q (after %q):\n%s", text, texts[:slices.Index(texts, text)], page)
			return
		}
		rest = after
	}
}
