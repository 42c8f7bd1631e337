package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	tokens "golang.org/x/net/html"

	"lama/markup"
	"lama/search"
	"lama/store"
)

// results are what the page of a search shows.
type results struct {
	Query, Sort, Other string // how it is sorted, and the address at which it is sorted the other way
	Mistake, Note      string
	Hints              []Entry // searches that may be meant
	Posts              []*Post
	More               string
}

func (r *Reader) search(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	body := results{Query: strings.TrimSpace(q.URL.Query().Get("q")), Sort: "date"}
	if q.URL.Query().Get("sort") == "relevance" {
		body.Sort = "relevance"
	}
	if body.Query != "" {
		if err := r.find(q, v, &body); err != nil {
			return err
		}
		var err error
		if body.Hints, err = r.hints(q, v, body.Query); err != nil {
			return err
		}
	}
	return r.show(w, q, v, "search", Page{Title: "Search", Here: "Search", Query: body.Query, Body: body})
}

// find fills in what a query finds, or what is wrong with it.
func (r *Reader) find(q *http.Request, v store.Viewer, body *results) error {
	query, err := search.Parse(body.Query)
	if wrong, ok := errors.AsType[*search.Mistake](err); ok {
		body.Mistake = wrong.Error()
		return nil
	} else if err != nil {
		return err
	}
	page := store.Page{After: position(q), Limit: pageSize}
	other := "relevance"
	if body.Sort == other {
		page.Order, other = store.ByRelevance, "date"
	}
	posts, hits, err := r.hits(q.Context(), v, query, page)
	if err != nil {
		return err
	}
	left := fullPage
	shown, next := left.hits(r.views, posts, hits, page)
	body.Posts, body.Other = shown, searchPath(body.Query, other)
	for _, p := range body.Posts {
		p.Content, p.Found = marked(p.Content, query), foundBeside(p, query)
	}
	body.More = older(q, next.String())
	if hits.Cut {
		body.Note = "Sorted are the newest 10,000 posts that match; older ones are left out."
	}
	return nil
}

// hits are the posts of a page of a search.
func (r *Reader) hits(ctx context.Context, v store.Viewer, query search.Query, p store.Page) ([]store.Seen, store.Hits, error) {
	hits, err := r.Store.Search(ctx, v, query, p)
	if err != nil {
		return nil, hits, err
	}
	uris := make([]string, len(hits.Posts))
	for i, h := range hits.Posts {
		uris[i] = h.URI
	}
	posts, err := r.Store.Posts(ctx, v, uris)
	return posts, hits, err
}

func searchPath(query, sort string) string {
	values := url.Values{"q": {query}}
	if sort == "relevance" {
		values.Set("sort", sort)
	}
	return "/search?" + values.Encode()
}

// position is where a list of hits goes on; what is no number is its top.
func position(q *http.Request) store.Position {
	n, err := strconv.ParseInt(q.URL.Query().Get("after"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return store.Position(n)
}

// found is a text beside a post's own in which there is what was searched for.
type found struct {
	Where string
	Text  template.HTML
}

// foundBeside are such texts of a post: what is folded, in a picture's description or in a poll would else be found unseen.
func foundBeside(p *Post, query search.Query) (all []found) {
	add := func(where, text string) {
		parts := query.Highlight(text)
		if slices.ContainsFunc(parts, func(p search.Part) bool { return p.Hit }) {
			all = append(all, found{where, highlighted(parts)})
		}
	}
	add("warning", markup.Text(string(p.Warning)))
	for _, m := range p.Media {
		add("description", m.Alt)
	}
	if p.Poll != nil {
		for _, o := range p.Poll.Options {
			add("poll", o.Title)
		}
	}
	if p.Card != nil {
		add("link", p.Card.Title)
	}
	return all
}

func highlighted(parts []search.Part) template.HTML {
	var b strings.Builder
	for _, part := range parts {
		text := tokens.EscapeString(part.Text)
		if part.Hit {
			text = "<mark>" + text + "</mark>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String()) // #nosec G203 -- it is escaped
}

// marked is sanitised HTML with what was searched for marked in its text.
func marked(content template.HTML, query search.Query) template.HTML {
	var b strings.Builder
	for z := tokens.NewTokenizer(strings.NewReader(string(content))); ; {
		kind := z.Next()
		if kind == tokens.ErrorToken {
			return template.HTML(b.String()) // #nosec G203 -- tags of sanitised HTML, and text that is escaped
		}
		if kind != tokens.TextToken {
			b.Write(z.Raw())
			continue
		}
		b.WriteString(string(highlighted(query.Highlight(tokens.UnescapeString(string(z.Raw()))))))
	}
}
