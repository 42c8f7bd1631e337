package store

import (
	"context"
	"fmt"
	"time"

	"lama/archive"
)

// silentHost reads since when a media host gives no answer, and when it is to be asked again; zero where it may answer.
func (s *Store) silentHost(ctx context.Context, t tx, name string) (since archive.Time, again time.Time, err error) {
	_, err = collect(ctx, t, func(r rows) (string, error) {
		var until archive.Time
		err := r.Scan(scanTime{&since}, scanTime{&until})
		again = until.Time
		return "", err
	}, "SELECT since, not_before FROM hosts WHERE host = $1", name)
	return since, again, err
}

// deferredMedia is a condition on a pending row of attachments: it waits, or its host does, beyond $1.
const deferredMedia = "not_before > $1 OR host IN (SELECT h.host FROM hosts h WHERE h.not_before > $1)"

var putHosts = define("host since:time not_before:time reason", `
INSERT INTO hosts (host, since, not_before, reason) SELECT host, since, not_before, reason FROM incoming WHERE true
ON CONFLICT (host) DO UPDATE SET not_before = excluded.not_before, reason = excluded.reason`)

// silences notes which media hosts give no answer, and which do again.
func (c *commit) silences(ctx context.Context) error {
	silent, back := map[[2]string][]any{}, map[string]bool{}
	for _, b := range c.batches {
		switch h := b.Host; {
		case h == nil:
		case h.Silent:
			silent[[2]string{h.Name}] = []any{h.Name, archive.At(h.Since), archive.At(h.NotBefore), clean(h.Reason)}
		default:
			back[h.Name] = true
		}
	}
	if err := c.tx.put(ctx, putHosts, sorted(silent)); err != nil {
		return err
	}
	if len(back) > 0 {
		sql := fmt.Sprintf("DELETE FROM hosts WHERE host IN (%s)", c.tx.list(1, 1))
		if err := c.tx.exec(ctx, sql, listOf(sortedKeys(back))); err != nil {
			return err
		}
	}
	for _, b := range c.batches {
		if b.Host == nil || !b.Host.Leave && !b.Host.GiveUp {
			continue
		}
		if err := c.leave(ctx, *b.Host); err != nil {
			return err
		}
	}
	return nil
}

var leaveMedia = define("post_uri source state host next:int gone:int reason", `
UPDATE attachments SET state = i.state, host = i.host, step = i.next, gone = i.gone, reason = i.reason,
    attempts = CASE WHEN i.gone = attachments.gone THEN attachments.attempts ELSE 0 END, not_before = NULL
FROM incoming i WHERE attachments.post_uri = i.post_uri AND attachments.source = i.source`)

// leave sends the files of a silent host to their other address; those that have none stay, or are given up. They are
// gone through by the slice, in the order of either index.
func (c *commit) leave(ctx context.Context, h archive.Host) error {
	for _, due := range []string{"IS NULL", "IS NOT NULL"} {
		var last [2]string
		for more := true; more; {
			files, err := collect(ctx, c.tx, func(r rows) (m archive.Media, err error) {
				err = r.Scan(&last[0], &last[1], &m.ID, &m.URL, &m.RemoteURL, &m.Step, &m.Gone)
				m.PostURI = last[0]
				return m, err
			}, `SELECT post_uri, source, media_id, url, remote_url, step, gone FROM attachments
WHERE host = $1 AND state = 'pending' AND not_before `+due+` AND (post_uri, source) > ($2, $3)
ORDER BY post_uri, source LIMIT $4`, h.Name, last[0], last[1], slice)
			if err != nil {
				return err
			}
			if err := c.leaveSlice(ctx, h, files); err != nil {
				return err
			}
			more = len(files) == slice
		}
	}
	return nil
}

func (c *commit) leaveSlice(ctx context.Context, h archive.Host, files []archive.Media) error {
	since := h.Since.UTC().Format(time.DateOnly)
	reason := clean(fmt.Sprintf("%s has given no answer since %s: %s", h.Name, since, h.Reason))
	changes := map[[2]string][]any{}
	var refused []string
	for _, m := range files {
		step, other := m.Elsewhere()
		state, gone := archive.Pending, m.Gone
		switch {
		case other && h.GiveUp:
			gone |= 1 << m.Step
		case h.GiveUp:
			state, step, gone = archive.Refused, 0, 0
			refused = append(refused, m.PostURI)
		case !other:
			continue
		}
		host := HostOf(m.Addresses()[step])
		if state == archive.Pending {
			c.hosts[host] = true
		}
		source := indexable(m.Source())
		changes[[2]string{m.PostURI, source}] = []any{m.PostURI, source, string(state), host, step, gone, reason}
	}
	if err := c.tx.put(ctx, leaveMedia, sorted(changes)); err != nil {
		return err
	}
	return c.showAttachments(ctx, refused)
}
