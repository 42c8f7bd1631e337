package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store"
	"lama/store/pgtest"
)

// databases are the addresses of fresh databases, by name; sqlite_test.go adds its own.
var databases = map[string]func(t testing.TB) string{"postgres": pgtest.URL}

// onEach runs a test of the suite on every database.
func onEach(t *testing.T, test func(t *testing.T, f *fixture)) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) { test(t, open(t, url(t))) })
	}
}

// fixture is a store with two accounts on one instance and one elsewhere.
type fixture struct {
	*store.Store
	t   *testing.T
	now time.Time
}

var (
	ana  = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}
	bob  = archive.Account{User: "bob", Instance: "home.example", Scheme: "https"}
	cleo = archive.Account{User: "cleo", Instance: "away.example", Scheme: "https"}
)

func open(t *testing.T, url string) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	s, err := store.Open(t.Context(), store.Options{URL: url, Schema: schema(t), Now: func() time.Time { return f.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f.Store = s
	f.begin(rules())
	return f
}

func schema(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rules() store.Rules {
	return store.Rules{
		Accounts: []archive.Account{ana, bob, cleo}, Handles: []string{ana.Name(), bob.Name(), cleo.Name()}, Own: true, Others: true, JSON: true,
		Limits: archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100},
	}
}

func (f *fixture) begin(r store.Rules) {
	f.t.Helper()
	if err := f.Begin(f.t.Context(), r, archive.Collections); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) commit(batches ...archive.Batch) archive.Result {
	f.t.Helper()
	r, err := f.Commit(context.WithoutCancel(f.t.Context()), batches)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// post is a public post of a stranger, rendered by an instance; its references follow.
func post(instance, id string, refs ...archive.Reference) archive.Post {
	uri := "https://far.example/users/zoe/statuses/" + id
	return archive.Post{
		URI: uri, ID: id, Instance: instance, URL: "https://far.example/@zoe/" + id, Author: "zoe@far.example",
		Visibility: "public", Content: "post " + id, CreatedAt: archive.ParseTime("2026-01-01T00:00:00Z"),
		JSON: fmt.Appendf(nil, `{"id":%q,"uri":%q}`, id, uri), References: refs,
	}
}

func parent(instance, id string) archive.Reference {
	return archive.Reference{Chain: archive.ChainParent, Target: archive.IDName(instance, id)}
}

func link(id string) archive.Reference {
	return archive.Reference{Chain: archive.ChainLink, Target: archive.URLName("https://far.example/@zoe/" + id)}
}

// did is a batch in which an account was shown posts and did something with each.
func did(a archive.Account, base archive.Base, posts ...archive.Post) archive.Batch {
	b := shown(a, posts...)
	for _, p := range posts {
		b.Activities = append(b.Activities, archive.Activity{Account: a.Name(), PostURI: p.URI, Base: base, ID: p.ID})
	}
	return b
}

// shown is a batch in which an account was shown posts.
func shown(a archive.Account, posts ...archive.Post) archive.Batch {
	for i := range posts {
		posts[i].FetchedBy = a.Name()
	}
	return archive.Batch{Account: a.Name(), Posts: posts}
}

// activities lists "account type id" of all activities.
func (f *fixture) activities() []string {
	f.t.Helper()
	return f.column("SELECT account || ' ' || activity_type || ' ' || substr(post_uri, 40) FROM activities")
}

// wants lists "account name hops state" of the frontier.
func (f *fixture) wants() []string {
	f.t.Helper()
	return f.column("SELECT account || ' ' || name || ' ' || hops || ' ' || state FROM frontier")
}

// column is what a query with one text column yields, sorted.
func (f *fixture) column(sql string) []string {
	f.t.Helper()
	values, err := f.Column(f.t.Context(), sql)
	if err != nil {
		f.t.Fatal(err)
	}
	slices.Sort(values)
	return values
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func lines(s string) []string {
	var all []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all
}
