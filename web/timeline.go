package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lama/archive"
	"lama/search"
	"lama/store"
)

// collections are the lists that a timeline can be narrowed to, as the operator in: calls them.
var collections = []struct {
	name, called string
	base         archive.Base
}{
	{"", "all", ""}, {"posts", "own posts", archive.BasePost}, {"boosts", "", archive.BaseReblog},
	{"favourites", "", archive.BaseFavourite}, {"bookmarks", "", archive.BaseBookmark}, {"mentions", "", archive.BaseMention},
	{"polls", "", archive.BasePoll},
}

// Timeline is a list of posts, with what it can be narrowed to.
type Timeline struct {
	Title string
	Tabs  [2]Tabs // the second within the first
	List
}

// Tabs are ways to narrow a list, one of which is taken.
type Tabs struct {
	Label   string // for who doesn't see them
	Entries []Entry
}

func timelinePath(collection, account string) string {
	v := url.Values{}
	if collection != "" {
		v.Set("in", collection)
	}
	if account != "" {
		v.Set("by", account)
	}
	return (&url.URL{Path: "/timeline", RawQuery: v.Encode()}).String()
}

func (r *Reader) timeline(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	in, by := q.URL.Query().Get("in"), q.URL.Query().Get("by")
	accounts, err := r.Store.Accounts(q.Context(), v)
	if err != nil {
		return err
	}
	var base archive.Base
	known := by == "" || slices.Contains(accounts, by)
	body := Timeline{Title: "Timeline", Tabs: [2]Tabs{{Label: "Collection"}, {Label: "Account"}}}
	for _, c := range collections {
		if c.name == in {
			base = c.base
		}
		body.Tabs[0].Entries = append(body.Tabs[0].Entries, Entry{cmp.Or(c.called, c.name), timelinePath(c.name, by), c.name == in})
	}
	if !known || base == "" && in != "" {
		return absence
	}
	if len(accounts) > 1 {
		for _, a := range append([]string{""}, accounts...) {
			body.Tabs[1].Entries = append(body.Tabs[1].Entries, Entry{cmp.Or(a, "everyone"), timelinePath(in, a), a == by})
		}
	}
	posts, more, err := r.done(q, v, base, by)
	if err != nil {
		return err
	}
	body.List = List{posts, more}
	return r.show(w, q, v, "timeline", Page{Title: "Timeline", Here: "Timeline", Body: body})
}

// done reads what accounts did: all of it from the list of everything, and what is narrowed as a search finds it.
func (r *Reader) done(q *http.Request, v store.Viewer, base archive.Base, account string) ([]*Post, string, error) {
	left := fullPage
	if base == "" && account == "" {
		list, next, err := r.Store.List(q.Context(), v, store.Listing{After: after(q), Limit: pageSize})
		posts, next := left.page(r.views, list, next, "post")
		return posts, older(q, next.String()), err
	}
	doing := search.Doing{}
	for _, c := range collections[1:] {
		if base == "" || base == c.base {
			doing.Bases = append(doing.Bases, c.base)
		}
	}
	if account != "" {
		doing.By = []string{strings.ToLower(account)}
	}
	page := store.Page{After: position(q), Limit: pageSize}
	list, hits, err := r.hits(q.Context(), v, search.Query{Done: []search.Doing{doing}}, page)
	posts, next := left.hits(r.views, list, hits, page)
	return posts, older(q, next.String()), err
}
