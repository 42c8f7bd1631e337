package web

import (
	"net/http"

	"lama/store"
)

func (r *Reader) search(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	body := struct {
		Query, Sort, Other, Mistake, Note, More string
		Posts                                   []*Post
	}{Query: q.URL.Query().Get("q")}
	return render(w, q, "search", Page{Title: "Search", Here: "Search", Query: body.Query, Body: body})
}
