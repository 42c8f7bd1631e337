package store

import (
	"context"
	"time"

	"lama/archive"
)

const pendingMedia = `
SELECT a.post_uri, COALESCE(p.post_id, ''), COALESCE(p.author, ''), p.created_at, a.position, a.type, a.alt, a.url, a.remote_url, a.media_id, a.step, a.gone,
       a.attempts, a.reason
FROM attachments a LEFT JOIN posts p ON p.post_uri = a.post_uri
WHERE a.state = 'pending' AND (p.id IS NOT NULL OR a.post_uri = '') AND `

const (
	dueMedia   = pendingMedia + "a.host = $1 AND a.not_before IS NULL ORDER BY a.post_uri, a.source LIMIT 0 + $2"
	againMedia = pendingMedia + "a.host = $1 AND a.not_before <= $3 ORDER BY a.not_before LIMIT 0 + $2"
)

func scanMedia(r rows) (m archive.Media, err error) {
	var position *int
	err = r.Scan(&m.PostURI, &m.PostID, &m.Author, scanTime{&m.CreatedAt}, &position, &m.Type, &m.Alt, &m.URL,
		&m.RemoteURL, &m.ID, &m.Step, &m.Gone, &m.Attempts, scanText{&m.Reason})
	if position != nil {
		m.Position = *position
	}
	return m, err
}

// pendingMedia reads files of a host; of a silent one none before it is to be asked again.
func (s *Store) pendingMedia(ctx context.Context, t tx, lane archive.Lane, limit int) (all []archive.Task, again time.Time, err error) {
	silent, again, err := s.silentHost(ctx, t, lane.Owner)
	if err != nil || again.After(s.today().Time) {
		return nil, again, err
	}
	scan := func(r rows) (archive.Task, error) {
		m, err := scanMedia(r)
		m.Silent = silent
		return archive.Task{Lane: lane, Media: &m}, err
	}
	fresh := func() ([]archive.Task, error) { return collect(ctx, t, scan, dueMedia, lane.Owner, limit-len(all)) }
	failed := func() ([]archive.Task, error) {
		return collect(ctx, t, scan, againMedia, lane.Owner, limit-len(all), s.today())
	}
	turns := []func() ([]archive.Task, error){failed, fresh}
	if !silent.IsZero() { // the file that it was silent about must not stand for all
		turns = []func() ([]archive.Task, error){fresh, failed}
	}
	for _, turn := range turns {
		some, err := turn()
		if err != nil {
			return nil, time.Time{}, err
		}
		if all = append(all, some...); len(all) >= limit {
			break
		}
	}
	return all, time.Time{}, nil
}
