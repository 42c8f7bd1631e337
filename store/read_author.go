package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Author is what a viewer may know of somebody.
type Author struct {
	First, Last archive.Time // when the oldest and the newest of their posts were written
	Newest      Seen         // that one: it shows how they call themselves
}

// Author reads what there is of somebody, user@domain; nil where that is nothing that the viewer may see. It costs the same
// however much that is.
func (s *Store) Author(ctx context.Context, v Viewer, handle string) (*Author, error) {
	var newest, oldest []Seen
	err := s.engine.read(ctx, func(t tx) (err error) {
		if newest, err = v.ofAuthor(ctx, t, handle, "DESC"); err != nil {
			return err
		}
		if oldest, err = v.ofAuthor(ctx, t, handle, ""); err != nil || len(newest) == 0 {
			return err
		}
		return v.fillPictures(ctx, t, map[string][]*Seen{newest[0].URI: {&newest[0]}})
	})
	if err != nil {
		return nil, fmt.Errorf("read what there is of an author: %w", err)
	}
	if len(newest) == 0 {
		return nil, nil
	}
	return &Author{oldest[0].CreatedAt, newest[0].CreatedAt, newest[0]}, nil
}

// ofAuthor is the newest or the oldest post of somebody.
func (v Viewer) ofAuthor(ctx context.Context, t tx, handle, order string) ([]Seen, error) {
	return collect(ctx, t, v.scan, fmt.Sprintf("SELECT %s FROM posts p WHERE p.author = $1 AND p.created_at IS NOT NULL AND %s "+
		"ORDER BY p.created_at %s LIMIT 1", v.columns(), v.in(t, 2).sees("p"), order), append([]any{indexable(handle)}, v.args()...)...)
}
