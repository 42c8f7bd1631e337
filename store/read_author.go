package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Author is what a viewer may know of somebody.
type Author struct {
	Posts       int64
	First, Last archive.Time
	Newest      Seen // their post that was fetched last: it shows how they call themselves now
}

// Author reads what there is of somebody, user@domain; nil where that is nothing that the viewer may see.
func (s *Store) Author(ctx context.Context, v Viewer, handle string) (*Author, error) {
	var a Author
	err := s.engine.read(ctx, func(t tx) error {
		sees := v.in(t, 2).sees("p")
		args := append([]any{indexable(handle)}, v.args()...)
		_, err := collect(ctx, t, func(r rows) (int, error) {
			return 0, r.Scan(&a.Posts, scanTime{&a.First}, scanTime{&a.Last})
		}, "SELECT count(*), MIN(p.created_at), MAX(p.created_at) FROM posts p WHERE p.author = $1 AND "+sees, args...)
		if err != nil || a.Posts == 0 {
			return err
		}
		newest, err := collect(ctx, t, v.scan, fmt.Sprintf(`SELECT %s FROM posts p WHERE p.author = $1 AND %s
ORDER BY p.fetched_at DESC, p.created_at DESC, p.id DESC LIMIT 1`, v.columns(), sees), args...)
		if err != nil || len(newest) == 0 {
			return err
		}
		a.Newest = newest[0]
		return v.fillPictures(ctx, t, map[string][]*Seen{a.Newest.URI: {&a.Newest}})
	})
	if err != nil {
		return nil, fmt.Errorf("read what there is of an author: %w", err)
	}
	if a.Posts == 0 {
		return nil, nil
	}
	return &a, nil
}
