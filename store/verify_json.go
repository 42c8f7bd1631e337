package store

import (
	"context"
	"fmt"
	"strconv"

	"lama/archive"
)

// filed says of an activity that its JSON file is on the disk.
const filed = "NOT unwritten AND " + hasFile + " AND " + savesJSON

// Filed reads up to limit activities after a row id whose JSON files were written and show the newest version.
func (s *Store) Filed(ctx context.Context, after int64, limit int) (all []archive.Unwritten, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, scanUnwritten, `
SELECT a.id, a.account, a.post_uri, a.base, a.chain, a.distance, a.activity_id, a.envelope, p.author, p.created_at,
       p.json, p.verbatim, p.hash
FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.id > $1 AND `+filed+` ORDER BY a.id LIMIT $2`, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the activities with a JSON file: %w", err)
	}
	return all, nil
}

// Placed reads up to limit activities after a row id, without their posts' JSON: what tells where the file of each
// is, if it has one. One without a Hash has lost its post's row.
func (s *Store) Placed(ctx context.Context, after int64, limit int) (all []archive.Unwritten, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, scanUnwritten, `
SELECT a.id, a.account, a.post_uri, a.base, a.chain, a.distance, a.activity_id, a.envelope, p.author, p.created_at,
       '', NULL, COALESCE(p.hash, '')
FROM activities a LEFT JOIN posts p ON p.post_uri = a.post_uri
WHERE a.id > $1 AND `+hasFile+` ORDER BY a.id LIMIT $2`, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the places of JSON files: %w", err)
	}
	return all, nil
}

// Unwrite marks activities whose JSON files are to be written again.
func (s *Store) Unwrite(ctx context.Context, ids []int64) error {
	listed := make([]string, len(ids))
	for i, id := range ids {
		listed[i] = strconv.FormatInt(id, 10)
	}
	return s.write(ctx, func(t tx) error {
		return t.exec(ctx, fmt.Sprintf(`WITH lost(id) AS (%s)
UPDATE activities SET unwritten = TRUE FROM lost WHERE activities.id = CAST(lost.id AS bigint)`, t.list(1, 1)),
			listOf(listed))
	})
}
