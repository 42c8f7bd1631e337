package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Deed is a row of activities.
type Deed struct {
	ID int64
	archive.Activity
	ArchivedAt, RemovedAt archive.Time
}

// Deeds reads the activities of posts that may be shown to the viewer, in the order of their posts' URIs. They are without
// their envelopes, which speak of who asked.
func (s *Store) Deeds(ctx context.Context, v Viewer, uris []string) (deeds []Deed, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		deeds, err = collect(ctx, t, scanDeed, fmt.Sprintf(`SELECT a.id, a.account, a.post_uri, a.base, a.chain, a.distance,
    a.activity_id, a.archived_at, a.removed_at FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.post_uri %s AND %s ORDER BY a.post_uri, a.distance, a.account, a.base, a.chain`,
			t.among(t.list(1, 1)), v.in(t, 2).shows("a", "p")), append([]any{listOf(uris)}, v.args()...)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was done with posts: %w", err)
	}
	return deeds, nil
}

func scanDeed(r rows) (d Deed, err error) {
	var base, chain string
	err = r.Scan(&d.ID, &d.Account, &d.PostURI, &base, &chain, &d.Distance, &d.Activity.ID, scanTime{&d.ArchivedAt},
		scanTime{&d.RemovedAt})
	d.Base, d.Chain = archive.Base(base), archive.Chain(chain)
	return d, err
}

// Boosts reads the boosts of posts that say nothing of their own, and that no search finds therefore: those that the viewer
// may see, in the order in which they were made.
func (s *Store) Boosts(ctx context.Context, v Viewer, uris []string) (boosts []Hit, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		boosts, err = collect(ctx, t, scanHit, fmt.Sprintf(`SELECT %s FROM posts p WHERE p.reblog %s
    AND (SELECT 1 FROM posts x JOIN terms ON terms.rowid = %s WHERE x.id = p.id LIMIT 1) IS NULL AND %s
ORDER BY p.created_at, p.id`, fmt.Sprintf(hitColumns, "0"), t.among(t.list(1, 1)), places[s.engine.dialect()],
			v.in(t, 2).sees("p")),
			append([]any{listOf(uris)}, v.args()...)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who boosted posts: %w", err)
	}
	for i := range boosts {
		boosts[i] = v.told(boosts[i])
	}
	return boosts, nil
}
