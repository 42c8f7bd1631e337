package web

import (
	"net/http"

	"lama/store"
)

// Tags make tallies of tags, of the most used ones.
func (v Views) Tags(counts []store.Count) []Tally {
	all := make([]Tally, min(mostTags, len(counts)))
	for i, c := range counts[:len(all)] {
		all[i] = Tally{c.N, c.Name, v.TagPath(c.Name)}
	}
	return all
}

// mostTags is how many tags the page of tags shows.
const mostTags = 250

func (r *Reader) tags(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	f, err := r.figuresOf(q.Context(), v)
	if err != nil {
		return err
	}
	return r.show(w, q, v, "tags", Page{Title: "Tags", Here: "Tags", Body: r.views.Tags(f.Tags)})
}

// tag leads to the search for it, which is how posts with a tag are found.
func (r *Reader) tag(w http.ResponseWriter, q *http.Request, _ store.Viewer) error {
	http.Redirect(w, q, r.views.FindPath("tag:"+q.PathValue("tag")), http.StatusSeeOther)
	return nil
}
