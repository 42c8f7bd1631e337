package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/store"
)

// Profile is what a page says of somebody, above their posts.
type Profile struct {
	Person      Person
	Original    string // their page on their server
	Find        string // the address of a search in their posts
	Note        template.HTML
	Fields      []Field
	Count       int64 // their posts, by the last count; 0: nobody counted
	First, Last archive.Time
	List
}

// Field is a line of somebody's profile.
type Field struct {
	Name  template.HTML
	Value template.HTML
}

// Profile makes it, but for the posts and their count.
func (v Views) Profile(a store.Author, handle string) Profile {
	account, g := gjson.GetBytes(a.Newest.JSON, "account"), v.gallery(a.Newest)
	e := g.emoji(account.Get("emojis"))
	p := Profile{Person: v.person(account, handle, g), Original: outward(account.Get("url").String()),
		Find: v.FindPath("from:" + handle + " "), Note: sanitised(account.Get("note").String(), nil, e),
		First: a.First, Last: a.Last}
	for _, f := range account.Get("fields").Array() {
		p.Fields = append(p.Fields, Field{e.label(visible(f.Get("name").String())), sanitised(f.Get("value").String(), nil, e)})
	}
	return p
}

func (r *Reader) author(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	handle := strings.TrimPrefix(q.PathValue("handle"), "@")
	a, err := r.Store.Author(q.Context(), v, handle)
	if err != nil {
		return err
	}
	if a == nil {
		return absence
	}
	posts, next, err := r.Store.List(q.Context(), v, store.Listing{Author: handle, Reached: true, After: after(q), Limit: pageSize})
	if err != nil {
		return err
	}
	left := fullPage
	shown, next := left.page(r.views, posts, next, "post")
	body := r.views.Profile(*a, handle)
	body.Count, body.List = r.countOf(v, handle), List{shown, older(q, next.String())}
	return r.show(w, q, v, "author", Page{Title: body.Person.Name, Body: body})
}

// countOf is how many posts of somebody were counted for a viewer.
func (r *Reader) countOf(v store.Viewer, handle string) int64 {
	figures, _ := r.figures.latest(viewerKey(v))
	i := slices.IndexFunc(figures.Authors, func(c store.Count) bool { return c.Name == handle })
	if i < 0 {
		return 0
	}
	return figures.Authors[i].N
}
