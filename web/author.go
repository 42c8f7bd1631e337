package web

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/store"
)

// field is a line of somebody's profile.
type field struct {
	Name  string
	Value template.HTML
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
	account := gjson.GetBytes(a.Newest.JSON, "account")
	body := struct {
		Person      Person
		Original    string
		Note        template.HTML
		Fields      []field
		Count       int64
		First, Last archive.Time
		Posts       []*Post
		More        string
	}{Person: person(account, handle), Original: outward(account.Get("url").String()),
		Note: sanitised(account.Get("note").String(), nil), Count: a.Posts, First: a.First, Last: a.Last, Posts: views(posts), More: older(q, next.String())}
	for _, f := range account.Get("fields").Array() {
		body.Fields = append(body.Fields, field{visible(f.Get("name").String()), sanitised(f.Get("value").String(), nil)})
	}
	return r.show(w, q, v, "author", Page{Title: body.Person.Name, Body: body})
}
