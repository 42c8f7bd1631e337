package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"lama/archive"
	"lama/stages"
	"lama/store"
)

// pwned says when something runs that should not: what payloads call, and what they open.
const pwned = `window.pwned = window.alert = window.confirm = window.prompt = window.open = (...said) => console.error("it runs", ...said)`

// suspicious opens a browser that hears of whatever runs.
func (f *fixture) suspicious(t *testing.T) *browser {
	t.Helper()
	b := f.open(t, "ana")
	b.suspect("/")
	return b
}

// suspect has a browser hear of whatever runs, and checks at a page that it does.
func (b *browser) suspect(path string) {
	b.t.Helper()
	command(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: pwned})
	b.visit(path)
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`String(pwned())`)); err != nil {
		b.t.Fatal(err)
	}
	if heard := b.hears(); len(heard) != 1 {
		b.t.Fatalf("the browser hears %q, where something ran", heard)
	}
}

// harmless visits pages and checks that nothing ran there, or would have if the content policy had let it.
func (b *browser) harmless(paths ...string) {
	b.t.Helper()
	for _, path := range paths {
		b.visit(path)
		for _, heard := range b.hears() {
			b.t.Errorf("%s: %s", path, heard)
		}
	}
}

func TestNoPayloadRunsInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	b := f.suspicious(t)
	for i, payload := range payloads {
		p := hostile(fmt.Sprint(10+i), payload)
		f.did(ana, archive.BaseFavourite, p)
		later := hostile(fmt.Sprint(10+i), payload+payload)
		later.EditedAt, later.URI = archive.ParseTime("2026-02-01T00:00:00Z"), p.URI
		f.did(ana, archive.BaseFavourite, later)
		f.download(later, "image/png", landscape(0.3)+p.ID)
		b.harmless(at("/post", "uri", p.URI), at("/search", "q", payload), at("/search", "q", "tag:"+payload))
	}
	b.harmless("/", "/timeline", "/media", "/author/zoe@far.example", "/tags", at("/search", "q", "before"), "/statistics")
	b.do(chromedp.SendKeys(chromedp.CSS("#q"), "tag:"))
	b.is(`String(document.querySelectorAll("#suggestions option").length > 0)`, "true")
	b.visit("/media")
	b.do(chromedp.Click(chromedp.CSS("a[data-lightbox]")), chromedp.WaitVisible(chromedp.CSS("#lightbox[open]")))
	for _, heard := range b.hears() {
		t.Error(heard)
	}
	b.stayed()
}

// Whatever posts were recorded of many servers do no harm: all of them where they are listed, and some on pages of their
// own. Of all these pages the markup is looked at.
func TestNoRecordedPostRunsInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	own := f.archiveCorpus()
	if err := f.store.VerifyIndex(t.Context(), false, false, func(d archive.Damage) { t.Errorf("%+v", d) }); err != nil {
		t.Error(err)
	}
	b := f.suspicious(t)
	b.harmless("/", "/media", "/tags", "/statistics", at("/search", "q", "th* OR 日"))
	listed := 0
	for next := "/timeline?in=favourites"; next != ""; next = b.next() {
		b.harmless(next)
		listed += pageSize
	}
	if listed < 500 {
		t.Errorf("at most %d posts were listed", listed)
	}
	for i, path := range own {
		if i%100 == 0 {
			b.harmless(path)
		}
		f.plain(path, f.page("ana", http.StatusOK, path))
	}
	b.stayed()
}

// pageSize is how many posts a list shows at once.
const pageSize = 20

// next is where the list goes on that the browser shows.
func (b *browser) next() string {
	b.t.Helper()
	path, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector("[rel=next]")?.getAttribute("href") ?? ""`))
	if err != nil {
		b.t.Fatal(err)
	}
	return path
}

// archiveCorpus archives all statuses of the corpus, as one who has favourited them, and returns the pages that each of
// them and of their authors has.
func (f *fixture) archiveCorpus() []string {
	f.t.Helper()
	paths := map[string]bool{}
	n := stages.Normalizer{View: func(string) stages.View { return stages.View{Account: ana, Reblogs: true, Mentions: true, Polls: true} }}
	for _, name := range corpus(f.t) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.t.Fatal(err)
		}
		found := statusesIn(text)
		if len(found) == 0 {
			continue
		}
		p := archive.Page{Task: archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: ana.Name()}}}
		for _, status := range found {
			p.Statuses = append(p.Statuses, archive.Raw{JSON: status})
		}
		batch, err := n.Normalize(f.t.Context(), p)
		if err != nil {
			f.t.Fatalf("%s: %v", name, err)
		}
		f.did(ana, archive.BaseFavourite, batch.Posts...)
	}
	for l := (store.Listing{Reached: true, Limit: 500}); ; {
		posts, next, err := f.store.List(f.t.Context(), viewers["ana"], l)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, p := range posts {
			paths[at("/post", "uri", p.URI)], paths["/author/"+url.PathEscape(p.Author)] = true, true
		}
		if l.After = next; next.At.IsZero() {
			return slices.Sorted(maps.Keys(paths))
		}
	}
}

// corpus are the files of recorded answers of APIs.
func corpus(t testing.TB) (files []string) {
	t.Helper()
	folder := os.Getenv("LAMA_CORPUS")
	if folder == "" {
		folder = "../../shared/fixtures"
	}
	manifest, err := os.ReadFile(filepath.Join(folder, "MANIFEST.tsv"))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("no corpus: %v; set LAMA_CORPUS to its folder", err)
	}
	if err != nil {
		t.Skipf("NOT TESTED against recorded posts: %v; set LAMA_CORPUS to the corpus's folder", err)
	}
	for line := range strings.Lines(string(manifest)) {
		path, _, _ := strings.Cut(line, "\t")
		if filepath.Ext(path) == ".json" && !strings.HasPrefix(path, "ap-objects/") && !strings.HasPrefix(path, "exports/") {
			files = append(files, filepath.Join(folder, path))
		}
	}
	return files
}

// statusesIn is what looks like a status anywhere in a body.
func statusesIn(value json.RawMessage) (all []json.RawMessage) {
	var members map[string]json.RawMessage
	var items []json.RawMessage
	value = bytes.TrimSpace(value)
	switch {
	case json.Unmarshal(value, &members) == nil:
		if members["account"] != nil && members["created_at"] != nil && members["content"] != nil {
			all = append(all, value)
		}
		for _, m := range members {
			all = append(all, statusesIn(m)...)
		}
	case json.Unmarshal(value, &items) == nil:
		for _, i := range items {
			all = append(all, statusesIn(i)...)
		}
	}
	return all
}
