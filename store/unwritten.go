package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Unwritten reads up to limit activities after a row id whose JSON files are to be written.
func (s *Store) Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error) {
	var all []archive.Unwritten
	err := s.glance(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, scanUnwritten, `
SELECT a.id, a.account, a.post_uri, a.base, a.chain, a.distance, a.activity_id, a.envelope, p.author, p.created_at,
       p.json, p.verbatim, p.hash || COALESCE(a.imported, '')
FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.unwritten AND a.id > $1 ORDER BY a.id LIMIT $2`, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the activities without a JSON file: %w", err)
	}
	return all, nil
}

func scanUnwritten(r rows) (u archive.Unwritten, err error) {
	var envelope, json string
	var verbatim []byte
	a := &u.Activity
	err = r.Scan(&u.ID, &a.Account, &a.PostURI, (*string)(&a.Base), (*string)(&a.Chain), &a.Distance, &a.ID,
		scanText{&envelope}, scanText{&u.Author}, scanTime{&u.CreatedAt}, scanText{&json}, &verbatim, &u.Hash)
	a.Envelope, u.JSON = []byte(envelope), []byte(json)
	if verbatim != nil {
		u.JSON = verbatim
	}
	return u, err
}

// Written clears the mark of activities whose JSON files are on the disk, where these still show the newest version, and
// not the notification of an import that a server's has replaced meanwhile.
func (s *Store) Written(ctx context.Context, written []archive.Unwritten) error {
	rows := make([][]any, len(written))
	for i, u := range written {
		rows[i] = []any{u.ID, u.Hash}
	}
	return s.write(ctx, func(t tx) error {
		// A commit that has set the mark for a newer version must be waited for before the versions are compared: within one
		// statement Postgres would wait for the activity, and compare what the post was when the statement began.
		err := t.lock(ctx, fmt.Sprintf(`WITH written(id, hash) AS (%s)
SELECT 1 FROM activities WHERE id `+t.among("SELECT CAST(id AS bigint) FROM written")+" ORDER BY id", t.list(1, 2)), list(rows))
		if err != nil {
			return err
		}
		return t.exec(ctx, fmt.Sprintf(`WITH written(id, hash) AS (%s)
UPDATE activities SET unwritten = FALSE FROM written w, posts p
WHERE activities.id = CAST(w.id AS bigint) AND p.post_uri = activities.post_uri AND p.hash || COALESCE(activities.imported, '') = w.hash`, t.list(1, 2)), list(rows))
	})
}
