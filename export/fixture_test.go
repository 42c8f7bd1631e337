package export_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"lama/archive"
	"lama/disk"
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

var (
	ana = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}
	bob = archive.Account{User: "bob", Instance: "home.example", Scheme: "https"}
)

// fixture is an archive of two persons.
type fixture struct {
	t     testing.TB
	url   string // of its database
	store *store.Store
	data  *disk.Folder
	root  string // of data
}

func newFixture(t testing.TB, url string) *fixture {
	t.Helper()
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: url, Schema: string(schema), Now: func() time.Time { return then }})
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
	f := &fixture{t: t, url: url, store: s, root: t.TempDir()}
	if f.data, err = disk.Open(f.root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.data.Close() })
	return f
}

func (f *fixture) commit(batches ...archive.Batch) {
	f.t.Helper()
	if _, err := f.store.Commit(context.WithoutCancel(f.t.Context()), batches); err != nil {
		f.t.Fatal(err)
	}
}

// did is a batch in which an account was shown posts and did something with each; nothing where base is empty.
func did(a archive.Account, base archive.Base, posts ...archive.Post) archive.Batch {
	b := archive.Batch{Account: a.Name()}
	for _, p := range posts {
		p.FetchedBy = a.Name()
		b.Posts = append(b.Posts, p)
		if base != "" {
			b.Activities = append(b.Activities, archive.Activity{Account: a.Name(), PostURI: p.URI, Base: base, ID: p.ID})
		}
	}
	return b
}

// status is a post of somebody on home.example, and what its JSON has beside the usual.
func status(author, id, visibility string, extra map[string]any) archive.Post {
	user, domain, _ := strings.Cut(author, "@")
	uri := "https://" + domain + "/users/" + user + "/statuses/" + id
	o := map[string]any{
		"id": id, "uri": uri, "url": "https://" + domain + "/@" + user + "/" + id, "visibility": visibility,
		"content": "<p>post " + id + "</p>", "spoiler_text": "", "created_at": "2026-01-01T10:00:00Z",
		"account": map[string]any{"username": user, "acct": author, "display_name": "The " + user, "url": "https://" + domain + "/@" + user},
	}
	maps.Copy(o, extra)
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	p := archive.Post{URI: uri, ID: id, Instance: "home.example", URL: o["url"].(string), Author: author, Visibility: visibility,
		Content: "post " + id, CreatedAt: archive.ParseTime(o["created_at"].(string)), JSON: text}
	p.SpoilerText, _ = o["spoiler_text"].(string)
	return p
}

// picture gives a post a file, which download brings.
func picture(p archive.Post, alt string) archive.Post {
	p.Media = append(p.Media, archive.Attachment{Position: len(p.Media), ID: "m" + p.ID, Type: "image", Alt: alt,
		URL: "https://media.example/" + p.ID})
	return p
}

// download brings the first file of a post.
func (f *fixture) download(p archive.Post, content string) {
	f.t.Helper()
	f.bring(archive.Media{PostURI: p.URI, PostID: p.ID, Author: p.Author, CreatedAt: p.CreatedAt, Attachment: p.Media[0]}, content)
}

// pictureHost is where the avatars, emoji and card images of made-up posts are.
const pictureHost = "https://pic.example/"

// downloadPictures brings the pictures that are still to be had: each is its address.
func (f *fixture) downloadPictures() {
	f.t.Helper()
	tasks, _, err := f.store.Pending(context.WithoutCancel(f.t.Context()), archive.Lane{Kind: archive.TaskMedia, Owner: "pic.example"}, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, task := range tasks {
		f.bring(*task.Media, pictureOf(strings.TrimPrefix(task.Media.URL, pictureHost)))
	}
}

// pictureOf are the bytes of a picture.
func pictureOf(name string) string { return "picture of " + name }

func (f *fixture) bring(media archive.Media, content string) {
	f.t.Helper()
	sum := sha256.Sum256([]byte(content))
	file := archive.File{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), Type: "image/png", Path: disk.MediaPath(media, ".png")}
	_, here, err := f.store.KnownFile(f.t.Context(), file.SHA256)
	if err == nil && !here {
		err = f.data.WriteJSON(file.Path, []byte(content))
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.commit(archive.Batch{Settles: []archive.Settle{{Media: &media, Outcome: archive.Outcome{State: archive.Done}}},
		Fetched: []archive.Fetched{{PostURI: media.PostURI, Source: media.Source(), File: file}}})
}
