package web

import (
	"html/template"
	"net/http"
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
	Count       int64 // their posts in the archive
	First, Last archive.Time
	List
}

// Field is a line of somebody's profile.
type Field struct {
	Name  template.HTML
	Value template.HTML
}

// Profile makes it, but for the posts.
func (v Views) Profile(a store.Author, handle string) Profile {
	account, g := gjson.GetBytes(a.Newest.JSON, "account"), v.gallery(a.Newest)
	e := g.emoji(account.Get("emojis"))
	p := Profile{Person: v.person(account, handle, g), Original: outward(account.Get("url").String()),
		Find: v.FindPath("from:" + handle + " "), Note: sanitised(account.Get("note").String(), nil, e), Count: a.Posts,
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
	body := r.views.Profile(*a, handle)
	body.List = List{r.views.Posts(posts), older(q, next.String())}
	return r.show(w, q, v, "author", Page{Title: body.Person.Name, Body: body})
}
