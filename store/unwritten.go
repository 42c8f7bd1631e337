package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Unwritten reads up to limit activities after a row id whose JSON files are to be written.
func (s *Store) Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error) {
	var all []archive.Unwritten
	err := s.read(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, scanUnwritten, `
SELECT a.id, a.account, a.post_uri, a.base, a.chain, a.distance, a.activity_id, a.envelope, p.author, p.created_at,
       p.json, p.verbatim
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
		scanText{&envelope}, scanText{&u.Author}, scanTime{&u.CreatedAt}, scanText{&json}, &verbatim)
	a.Envelope, u.JSON = []byte(envelope), []byte(json)
	if verbatim != nil {
		u.JSON = verbatim
	}
	return u, err
}

// Written clears the mark of activities whose JSON files are on the disk.
func (s *Store) Written(ctx context.Context, ids []int64) error {
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id}
	}
	return s.write(ctx, func(t tx) error {
		return t.exec(ctx, fmt.Sprintf(`UPDATE activities SET unwritten = FALSE
WHERE id IN (WITH ids(id) AS (%s) SELECT CAST(id AS bigint) FROM ids)`, t.list(1, 1)), list(rows))
	})
}
