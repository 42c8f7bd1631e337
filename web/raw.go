package web

import (
	"net/http"

	"lama/discreet"
	"lama/store"
)

// raw is a post as its server sent it: all of it for who asked for it, and for others what everybody is told.
func (r *Reader) raw(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	posts, err := r.Store.Posts(q.Context(), v, []string{q.URL.Query().Get("uri")})
	if err != nil {
		return err
	}
	if len(posts) == 0 {
		return absence
	}
	text := posts[0].JSON
	if !posts[0].Own {
		text = discreet.Status(text)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text)
	return nil
}
