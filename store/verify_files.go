package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Holdings counts what is to be verified.
func (s *Store) Holdings(ctx context.Context) (h archive.Holdings, err error) {
	tables := ""
	for _, table := range []string{"posts", "revisions", "aliases", "refs", "activities", "attachments", "files"} {
		tables += " + (SELECT count(*) FROM " + table + ")"
	}
	err = s.engine.survey(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (int64, error) {
			return 0, r.Scan(&h.Rows, &h.Files, &h.Bytes, &h.JSON)
		}, `SELECT 0`+tables+`, (SELECT count(*) FROM files),
(SELECT CAST(COALESCE(sum(size), 0) AS bigint) FROM files),
(SELECT count(*) FROM activities WHERE `+filed+`)`)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("count what is to be verified: %w", err)
	}
	return h, nil
}

// Files reads up to limit files after a SHA-256, in its order.
func (s *Store) Files(ctx context.Context, after string, limit int) (files []archive.File, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		files, err = collect(ctx, t, scanFile, "SELECT sha256, size, type, path FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT $2", after, limit)
		return err
	})
	return files, err
}

// FilesAt says which of the paths are those of files.
func (s *Store) FilesAt(ctx context.Context, paths []string) (known []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		known, err = collect(ctx, t, scanString, "SELECT path FROM files WHERE path "+t.among(t.list(1, 1)), listOf(paths))
		return err
	})
	return known, err
}

// FileAt finds a file by its path.
func (s *Store) FileAt(ctx context.Context, path string) (f archive.File, known bool, err error) {
	err = s.read(ctx, func(t tx) error {
		files, err := collect(ctx, t, scanFile, "SELECT sha256, size, type, path FROM files WHERE path = $1", path)
		if known = len(files) > 0; known {
			f = files[0]
		}
		return err
	})
	return f, known, err
}

// PendingFiles reads up to limit attachments that are to be downloaded, after one that is given by its post and
// source, in their order.
func (s *Store) PendingFiles(ctx context.Context, after archive.Media, limit int) (all []archive.Media, err error) {
	source := ""
	if after != (archive.Media{}) {
		source = indexable(after.Source())
	}
	err = s.read(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, scanMedia, pendingMedia+`
(a.post_uri, a.source) > ($1, $2) ORDER BY a.post_uri, a.source LIMIT $3`, after.PostURI, source, limit)
		return err
	})
	return all, err
}

// Refetch has files that are lost or damaged asked for again by the next run, and says how many attachments do that,
// by the SHA-256. The row of a file stays, and says what should be there, until the run has put it there. Of a file
// that no attachment has, the row is forgotten: it is then not in the answer.
func (s *Store) Refetch(ctx context.Context, sums []string) (asking map[string]int, err error) {
	err = s.write(ctx, func(t tx) error {
		asking = map[string]int{}
		among := "sha256 " + t.among(t.list(1, 1))
		if err := s.refetch(ctx, t, among, listOf(sums)); err != nil {
			return err
		}
		_, err := collect(ctx, t, func(r rows) (sum string, err error) {
			var n int
			err = r.Scan(&sum, &n)
			asking[sum] = n
			return sum, err
		}, "SELECT sha256, sum(CASE state WHEN 'pending' THEN 1 ELSE 0 END) FROM attachments WHERE "+among+
			" GROUP BY sha256", listOf(sums))
		if err != nil {
			return err
		}
		return t.exec(ctx, "DELETE FROM files WHERE "+among+
			" AND (SELECT 1 FROM attachments a WHERE a.sha256 = files.sha256 LIMIT 1) IS NULL", listOf(sums))
	})
	if err != nil {
		return nil, fmt.Errorf("have lost files asked for again: %w", err)
	}
	return asking, nil
}

var refetched = define("post_uri source state host reason", `
UPDATE attachments SET state = i.state, host = i.host, reason = i.reason, step = 0, gone = 0, attempts = 0, not_before = NULL
FROM incoming i WHERE attachments.post_uri = i.post_uri AND attachments.source = i.source`)

// refetch makes attachments pending again, those of which there is an address.
func (s *Store) refetch(ctx context.Context, t tx, where, args string) error {
	var uris []string
	rows, err := collect(ctx, t, func(r rows) ([]any, error) {
		var a archive.Attachment
		var uri, source, reason string
		state, host := "refused", ""
		err := r.Scan(&uri, &source, &a.ID, &a.URL, &a.RemoteURL)
		if addresses := (archive.Media{Attachment: a}).Addresses(); len(addresses) > 0 {
			state, host = "pending", HostOf(addresses[0])
		} else {
			reason = "no address"
		}
		uris = append(uris, uri)
		return []any{uri, source, state, host, optional(reason)}, err
	}, "SELECT post_uri, source, media_id, url, remote_url FROM attachments WHERE "+where+
		" ORDER BY post_uri, source", args)
	if err != nil {
		return err
	}
	if err := t.put(ctx, refetched, rows); err != nil {
		return err
	}
	return (&commit{Store: s, tx: t}).showAttachments(ctx, uris)
}

// Returned settles the attachments of files that are whole: one that was lost, and came back from a backup, is no
// longer to be asked for.
func (s *Store) Returned(ctx context.Context, sums []string) error {
	return s.write(ctx, func(t tx) error {
		return t.exec(ctx, `UPDATE attachments SET state = 'done', attempts = 0, not_before = NULL, reason = NULL
WHERE state IN ('pending', 'refused') AND sha256 `+t.among(t.list(1, 1)), listOf(sums))
	})
}
