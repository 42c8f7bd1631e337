package store

import (
	"context"

	"lama/archive"
)

const pendingMedia = `
SELECT a.post_uri, p.post_id, p.author, p.created_at, a.position, a.type, a.alt, a.url, a.remote_url, a.media_id, a.step,
       a.attempts, a.reason
FROM attachments a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.state = 'pending' AND `

const (
	dueMedia   = pendingMedia + "a.host = $1 AND a.not_before IS NULL ORDER BY a.post_uri, a.source LIMIT $2"
	againMedia = pendingMedia + "a.host = $1 AND a.not_before <= $3 ORDER BY a.not_before LIMIT $2"
)

func scanMedia(r rows) (m archive.Media, err error) {
	var position *int
	err = r.Scan(&m.PostURI, &m.PostID, &m.Author, scanTime{&m.CreatedAt}, &position, &m.Type, &m.Alt, &m.URL,
		&m.RemoteURL, &m.ID, &m.Step, &m.Attempts, scanText{&m.Reason})
	if position != nil {
		m.Position = *position
	}
	return m, err
}

func (s *Store) pendingMedia(ctx context.Context, t tx, lane archive.Lane, limit int) ([]archive.Task, error) {
	scan := func(r rows) (archive.Task, error) {
		m, err := scanMedia(r)
		return archive.Task{Lane: lane, Media: &m}, err
	}
	all, err := collect(ctx, t, scan, againMedia, lane.Owner, limit, s.today())
	if err != nil || len(all) >= limit {
		return all, err
	}
	due, err := collect(ctx, t, scan, dueMedia, lane.Owner, limit-len(all))
	return append(all, due...), err
}
