package web

import (
	"net/http"
	"net/url"

	"lama/store"
)

// mostTags is how many tags the page of tags shows, the most used ones.
const mostTags = 250

func (r *Reader) tags(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	f, err := r.figuresOf(q.Context(), v)
	if err != nil {
		return err
	}
	return r.show(w, q, v, "tags", Page{Title: "Tags", Here: "Tags", Body: f.Tags[:min(mostTags, len(f.Tags))]})
}

// tag leads to the search for it, which is how posts with a tag are found.
func (r *Reader) tag(w http.ResponseWriter, q *http.Request, _ store.Viewer) error {
	http.Redirect(w, q, "/search?"+url.Values{"q": {"tag:" + q.PathValue("tag")}}.Encode(), http.StatusSeeOther)
	return nil
}
