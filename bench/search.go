package main

import (
	"context"
	"fmt"
	"time"

	"lama/search"
	"lama/store"
)

// searches are those that are promised to be quick.
var searches = []struct {
	what, text string
	order      store.Order
	target     time.Duration
}{
	{"the commonest word", vocable(0), store.ByDate, 50 * time.Millisecond},
	{"a rare word", rareWord, store.ByDate, 50 * time.Millisecond},
	{"a word of two Chinese characters", twoSigns, store.ByDate, 50 * time.Millisecond},
	{"a phrase", `"` + saying + `"`, store.ByDate, 50 * time.Millisecond},
	{"from:, in: and a word", "from:u3 in:favourites " + vocable(3), store.ByDate, 50 * time.Millisecond},
	{"no hits", "nowhere", store.ByDate, 50 * time.Millisecond},
	{"a beginning of two letters", vocable(1)[:2] + "*", store.ByDate, 200 * time.Millisecond},
	{"only what is excluded", "-" + vocable(0), store.ByDate, 200 * time.Millisecond},
	{"favourites, as a list", "in:favourites", store.ByDate, firstPage},
	{"bookmarks of an account, as a list", "in:bookmarks by:ana", store.ByDate, firstPage},
	{"a rare word, by relevance", rareWord, store.ByRelevance, 300 * time.Millisecond},
	{"the commonest word, by relevance", vocable(0), store.ByRelevance, 300 * time.Millisecond},
}

const (
	searchRuns = 40 // of which all but two are as quick as the figure
	searchPage = 20
	farPage    = 1000
)

// search times searches in an archive of a million posts, as one of its two persons.
func (b *bench) search(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		rows, err := b.searchIn(ctx, kind)
		all = append(all, rows...)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
	}
	return all, nil
}

func (b *bench) searchIn(ctx context.Context, kind string) (all []row, err error) {
	db, err := b.stock(ctx, kind, b.sizes.large)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	add := func(what string, hits int, took, target time.Duration) {
		all = append(all, row{what: fmt.Sprintf("search for %s in %d posts, %s", what, b.sizes.large, title(kind)),
			target: "p95 ≤ " + seconds(target), measured: fmt.Sprintf("%s, %d hits on the page", seconds(took), hits),
			verdict: b.judge(took <= target)})
	}
	for _, s := range searches {
		hits, took, err := b.timeSearch(ctx, db, s.text, store.Page{Limit: searchPage, Order: s.order})
		if err != nil {
			return all, fmt.Errorf("%s: %w", s.what, err)
		}
		add(s.what, hits, took, s.target)
	}
	page, err := b.far(ctx, db, searches[0].text)
	if err != nil {
		return all, err
	}
	hits, took, err := b.timeSearch(ctx, db, searches[0].text, page)
	add(fmt.Sprintf("page %d of the commonest word", farPage), hits, took, searches[0].target)
	for _, more := range []func(context.Context, *store.Store, string) ([]row, error){b.timeLists, b.timePages} {
		if err != nil {
			break
		}
		var rows []row
		rows, err = more(ctx, db, kind)
		all = append(all, rows...)
	}
	return all, err
}

// far is a page far back, to which one has turned the pages.
func (b *bench) far(ctx context.Context, db *store.Store, text string) (p store.Page, err error) {
	q, err := search.Parse(text)
	p.Limit = searchPage
	for n := 1; n < farPage && err == nil; n++ {
		var hits store.Hits
		if hits, err = db.Search(ctx, searcher, q, p); hits.Next == 0 {
			break
		}
		p.After = hits.Next
	}
	return p, err
}

// timeSearch is the time that 95 of 100 searches take at most, once the page was read before.
func (b *bench) timeSearch(ctx context.Context, db *store.Store, text string, p store.Page) (hits int, took time.Duration, err error) {
	q, err := search.Parse(text)
	if err != nil {
		return 0, 0, err
	}
	took, err = b.p95(text, func() error {
		found, err := db.Search(ctx, searcher, q, p)
		hits = len(found.Posts)
		return err
	})
	return hits, took, err
}
