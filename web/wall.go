package web

import (
	"net/http"

	"lama/store"
)

// wallSize is how many posts with files a page of the media wall shows.
const wallSize = 24

// List are posts, and the address at which the list goes on; empty where it ends.
type List struct {
	Posts []*Post
	More  string
}

func (r *Reader) wall(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	posts, next, err := r.Store.List(q.Context(), v, store.Listing{Files: true, Reached: true, After: after(q), Limit: wallSize})
	if err != nil {
		return err
	}
	left := fullPage
	shown, next := left.page(r.views, posts, next, "bricks")
	return r.show(w, q, v, "media", Page{Title: "Media", Here: "Media", Body: List{shown, older(q, next.String())}})
}
