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
	left := fullPage
	shown, next := left.page(posts, next, "post")
	body := struct {
		Person      Person
		Original    string
		Note        template.HTML
		Fields      []field
		Count       int64 // by the last count, which may be of a moment ago; 0: there was none
		First, Last archive.Time
		Posts       []*Post
		More        string
	}{Person: person(account, handle), Original: outward(account.Get("url").String()),
		Note: sanitised(account.Get("note").String(), nil), Count: r.countOf(v, handle), First: a.First, Last: a.Last, Posts: shown, More: older(q, next.String())}
	for _, f := range account.Get("fields").Array() {
		body.Fields = append(body.Fields, field{visible(f.Get("name").String()), sanitised(f.Get("value").String(), nil)})
	}
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
