package mastodontest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pager reads one collection page by page (mastodon-api.md §1.1).
type pager struct {
	fallback   int  // the limit where none is asked for
	most       int  // the highest limit; 0: none, and a limit of 0 means all
	nextAlways bool // a next link on every page that is not empty
	newest     bool // min_id is treated as since_id
	noSince    bool // since_id is ignored
	noLink     bool // no Link header
}

// limit is how many items a page may have; negative means all.
func (g pager) limit(q url.Values) int {
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		n = g.fallback
	}
	n = max(n, -n)
	switch {
	case g.most > 0:
		return min(n, g.most)
	case n == 0:
		return -1
	}
	return n
}

// pageOf cuts a page out of items, which are ordered from old to new, and gives it newest first. min_id gives the
// wanted items right above it; otherwise they are the newest below max_id, and since_id cuts off their end.
func pageOf[T any](g pager, items []T, id func(T) string, want func(T) bool, q url.Values) []T {
	from, to := bounds(g, items, id, q)
	limit := g.limit(q)
	var page []T
	take := func(item T) bool {
		if limit >= 0 && len(page) >= limit {
			return false
		}
		if want(item) {
			page = append(page, item)
		}
		return true
	}
	if q.Has("min_id") && !g.newest {
		for n := from; n < to && take(items[n]); n++ {
		}
		slices.Reverse(page)
		return page
	}
	for n := to - 1; n >= from && take(items[n]); n-- {
	}
	return page
}

// bounds are the places of the first item above min_id or since_id, and of the first that is not below max_id.
func bounds[T any](g pager, items []T, id func(T) string, q url.Values) (from, to int) {
	find := func(cursor string) (int, bool) {
		return slices.BinarySearchFunc(items, cursor, func(item T, id2 string) int { return compareIDs(id(item), id2) })
	}
	to = len(items)
	if below := q.Get("max_id"); below != "" {
		to, _ = find(below)
	}
	above := q.Get("min_id")
	if above == "" && !g.noSince {
		above = q.Get("since_id")
	}
	if above != "" {
		var found bool
		if from, found = find(above); found {
			from++
		}
	}
	return from, to
}

// links sets the Link header of a page whose newest and oldest item have these ids.
func (g pager) links(w http.ResponseWriter, base string, r *http.Request, items int, newest, oldest string) {
	q := r.URL.Query()
	full := items == g.limit(q)
	for _, name := range []string{"max_id", "min_id", "since_id"} {
		q.Del(name)
	}
	link := func(name, id, rel string) string {
		q := maps.Clone(q)
		q.Set(name, id)
		return "<" + base + r.URL.Path + "?" + q.Encode() + `>; rel="` + rel + `"`
	}
	var all []string
	if full || g.nextAlways {
		all = append(all, link("max_id", oldest, "next"))
	}
	all = append(all, link("min_id", newest, "prev"))
	w.Header().Set("Link", strings.Join(all, ", "))
}

// answerPage cuts a page, sets its Link header unless the collection has none, and renders it.
func answerPage[T any](g pager, i *Instance, w http.ResponseWriter, r *http.Request,
	items []T, id func(T) string, want func(T) bool, render func(T) any) list {
	page := pageOf(g, items, id, want, r.URL.Query())
	if len(page) > 0 && !g.noLink {
		g.links(w, i.BaseURL(), r, len(page), id(page[0]), id(page[len(page)-1]))
	}
	return listOf(page, render)
}
