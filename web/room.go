package web

import (
	"html"
	"html/template"
	"slices"
	"strings"

	"lama/markup"
	"lama/store"
)

// room is how many bytes the posts of a page may still come to. With what is around them a page stays below 60 KB.
type room int

const fullPage room = 52_000

// What a list shows of a long post.
const (
	longPost  = 8_000 // bytes of HTML, from which on it is one
	beginning = 1_500 // characters
)

// Write takes up room.
func (r *room) Write(p []byte) (int, error) {
	*r -= room(len(p))
	return len(p), nil
}

// fitting is how many of posts there is room for, one at least.
func (r *room) fitting(posts []*Post, part string) int {
	for i, p := range posts {
		_ = templates()["timeline"].ExecuteTemplate(r, part, p) // what fails here fails on the page
		if *r < 0 && i > 0 {
			return i
		}
	}
	return len(posts)
}

// shortened leaves the beginning of a long post, for lists.
func shortened(p *Post) *Post {
	if len(p.Content) <= longPost {
		return p
	}
	text := []rune(markup.Text(string(p.Content)))
	lines := html.EscapeString(string(text[:min(beginning, len(text))])) + "…"
	p.Cut, p.Content = true, template.HTML(strings.ReplaceAll(lines, "\n", "<br>")) // #nosec G203 -- it is escaped
	return p
}

// page is as much of a list as there is room for, and where it goes on.
func (r *room) page(v Views, list []store.Seen, next store.Cursor, part string) ([]*Post, store.Cursor) {
	posts := v.Posts(list)
	if n := r.fitting(posts, part); n < len(posts) {
		return posts[:n], list[n-1].Cursor()
	}
	return posts, next
}

// hits is page for what a search found.
func (r *room) hits(v Views, list []store.Seen, hits store.Hits, p store.Page) ([]*Post, store.Position) {
	posts := v.Posts(list)
	n := r.fitting(posts, "post")
	switch {
	case n == len(posts):
		return posts, hits.Next
	case p.Order == store.ByRelevance:
		return posts[:n], p.After + store.Position(n)
	}
	last := slices.IndexFunc(hits.Posts, func(h store.Hit) bool { return h.URI == list[n-1].URI })
	return posts[:n], hits.Posts[last].Position
}
