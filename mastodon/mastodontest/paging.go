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
	opaque     bool // the cursors are Laravel's
	Oddities
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
	below := q.Get("max_id")
	if c := parseLaravel(q.Get("cursor")); g.opaque && c.Down {
		below = strconv.Itoa(c.ID)
	}
	if below != "" {
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

// ends are those of a page: the ids of its newest and of its oldest item, and whether there are items below.
type ends struct {
	newest, oldest string
	more           bool
}

// links are what leads down from a page, and up: parameter and value, empty for no link.
func (g pager) links(e ends, full bool, q url.Values) (down, up [2]string) {
	if full || g.nextAlways {
		down = [2]string{"max_id", e.oldest}
	}
	up = [2]string{"min_id", e.newest}
	switch {
	case g.opaque:
		down, up = [2]string{}, [2]string{}
		if oldest, _ := strconv.Atoi(e.oldest); e.more {
			down = [2]string{"cursor", laravel{oldest, true}.String()}
		}
		if newest, _ := strconv.Atoi(e.newest); q.Has("cursor") {
			up = [2]string{"cursor", laravel{newest, false}.String()}
		}
	case g.LikeIDs:
		down[1], up[1] = e.newest, e.oldest
	case g.PrevHere:
		up = [2]string{"max_id", q.Get("max_id")}
	}
	return down, up
}

// setLinks sets the Link header of a page.
func (g pager) setLinks(w http.ResponseWriter, base string, r *http.Request, items int, e ends) {
	q := r.URL.Query()
	down, up := g.links(e, items == g.limit(q), q)
	if g.Swapped {
		down, up = up, down
	}
	for _, name := range []string{"max_id", "min_id", "since_id", "cursor"} {
		q.Del(name)
	}
	var all []string
	for n, link := range [][2]string{down, up} {
		if link[0] != "" {
			q := maps.Clone(q)
			q.Set(link[0], link[1])
			all = append(all, "<"+base+r.URL.Path+"?"+q.Encode()+`>; rel="`+[]string{"next", "prev"}[n]+`"`)
		}
	}
	if len(all) > 0 {
		w.Header().Set("Link", strings.Join(all, ", "))
	}
}

// answerPage cuts a page, sets its Link header unless the collection has none, and renders it.
func answerPage[T any](g pager, i *Instance, w http.ResponseWriter, r *http.Request,
	items []T, id func(T) string, want func(T) bool, render func(T) any) list {
	page := pageOf(g, items, id, want, r.URL.Query())
	if len(page) > 0 && !g.noLink {
		oldest := page[len(page)-1]
		g.setLinks(w, i.BaseURL(), r, len(page), ends{id(page[0]), id(oldest), id(oldest) != id(items[0])})
	}
	return listOf(page, render)
}
