package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"

	"lama/store"
	"lama/web"
)

// pages are those of the reader.
var pages = []struct{ what, path string }{
	{"home", "/"}, {"the timeline", "/timeline"}, {"the favourites", "/timeline?in=favourites"},
	{"the bookmarks of an account", "/timeline?in=bookmarks&by=" + seeker.Name()}, {"the media", "/media"},
	{"an author", "/author/u3@far.example"}, {"a post", "/post?uri=" + url.QueryEscape("https://far.example/users/u3/statuses/3")},
	{"a search", "/search?q=" + vocable(0)}, {"a hashtag", "/search?q=tag:" + vocable(0)}, {"all tags", "/tags"}, {"statistics", "/statistics"},
}

// What is promised of the first byte of a page, and of a page's size.
const (
	firstByte = 30 * time.Millisecond
	pageBytes = 60_000
)

// lists are first pages of what the reader lists.
var lists = []struct {
	what string
	store.Listing
}{
	{"everything", store.Listing{}}, {"posts with files", store.Listing{Reached: true, Files: true}},
	{"an author's posts", store.Listing{Reached: true, Author: "u3@far.example"}},
	{"a day's posts", store.Listing{From: stocked(-49), Until: stocked(-48)}},
}

// firstPage is what is promised of the first page of any list.
const firstPage = 20 * time.Millisecond

func (b *bench) timeLists(ctx context.Context, db *store.Store, kind string) (all []row, err error) {
	for _, l := range lists {
		l.Limit = searchPage
		n := 0
		took, err := b.p95(l.what, func() error {
			posts, _, err := db.List(ctx, searcher, l.Listing)
			n = len(posts)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("list %s: %w", l.what, err)
		}
		all = append(all, row{what: fmt.Sprintf("list %s of %d posts, %s", l.what, b.sizes.large, title(kind)), target: "p95 ≤ " + seconds(firstPage),
			measured: fmt.Sprintf("%s, %d posts on the page", seconds(took), n), verdict: b.judge(took <= firstPage)})
	}
	return all, nil
}

// timePages times the reader's pages, which are sent when they are whole.
func (b *bench) timePages(_ context.Context, db *store.Store, kind string) (all []row, err error) {
	const host = "127.0.0.1:8470"
	reader := web.New(web.Options{Store: db, Data: fstest.MapFS{}, Hosts: []string{host}, Log: zerolog.Nop(),
		Viewer: func(*http.Request) (store.Viewer, error) { return searcher, nil }})
	for _, p := range pages {
		size := 0
		took, err := b.p95(p.path, func() error {
			q, w := httptest.NewRequest(http.MethodGet, "http://"+host+p.path, nil), httptest.NewRecorder()
			reader.ServeHTTP(w, q)
			if size = w.Body.Len(); w.Code != http.StatusOK {
				return fmt.Errorf("%s: %d", p.path, w.Code)
			}
			return nil
		})
		if err != nil {
			return all, fmt.Errorf("the page of %s: %w", p.what, err)
		}
		all = append(all, row{what: fmt.Sprintf("page of %s with %d posts, %s", p.what, b.sizes.large, title(kind)),
			target:   fmt.Sprintf("p95 ≤ %s, ≤ %d KB", seconds(firstByte), pageBytes/1000),
			measured: fmt.Sprintf("%s, %d KB", seconds(took), size/1000), verdict: b.judge(took <= firstByte && size <= pageBytes)})
	}
	return all, nil
}

// p95 is the time that 95 of 100 goes take at most, once it was done before.
func (b *bench) p95(what string, do func() error) (time.Duration, error) {
	var times []time.Duration
	for n := range searchRuns + 3 {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		if n >= 3 {
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	took := times[len(times)*95/100-1]
	b.say("search: %s: %s", what, seconds(took))
	return took, nil
}
