package store

import (
	"context"

	"lama/archive"
)

// MediaReport counts attachments and their files.
type MediaReport struct {
	Files    int64        `json:"files"`
	Bytes    int64        `json:"bytes"`
	Pending  int64        `json:"pending"`
	Deferred int64        `json:"deferred"`
	Failed   int64        `json:"failed"`
	Off      int64        `json:"off"`   // switched off by preference
	Hosts    []HostReport `json:"hosts"` // that did not give a file, those that owe most first
}

// HostReport is what a media host has not given.
type HostReport struct {
	Host    string `json:"host"`    // that is asked next; empty where no address is known
	Failing int64  `json:"failing"` // files that are asked for again, after at least one failure
	Refused int64  `json:"refused"` // files that can't be had
	Reason  string `json:"reason"`  // what the last of these failures came to
	Again   string `json:"again"`   // when the next of them is asked for; empty: by the next run, or never
}

func (s *Store) reportMedia(ctx context.Context, t tx, r *Report) error {
	_, err := collect(ctx, t, func(q rows) (int64, error) {
		m := &r.Media
		return 0, q.Scan(&r.Posts, &m.Files, &m.Bytes, &m.Pending, &m.Deferred, &m.Failed, &m.Off)
	}, `SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM files),
(SELECT CAST(COALESCE(sum(size), 0) AS bigint) FROM files),
(SELECT count(*) FROM `+pendingIn("attachments")+` WHERE (`+deferredMedia+`) IS NOT TRUE),
(SELECT count(*) FROM `+pendingIn("attachments")+` WHERE `+deferredMedia+`),
(SELECT count(*) FROM attachments WHERE state = 'refused'),
(SELECT count(*) FROM attachments WHERE state = 'off')`, s.today())
	return err
}

// hostsFailing is a row per host. The last failure is the one with the latest next attempt: distances grow with failures.
const hostsFailing = `WITH failed AS (
    SELECT host, state, reason, not_before,
        ROW_NUMBER() OVER (PARTITION BY host ORDER BY not_before IS NULL, not_before DESC, reason DESC) AS place
    FROM attachments WHERE state = 'refused' OR state = 'pending' AND (attempts > 0 OR reason IS NOT NULL))
SELECT host, sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), sum(CASE WHEN state = 'refused' THEN 1 ELSE 0 END),
    COALESCE(MAX(CASE WHEN place = 1 THEN reason END), ''), MIN(not_before)
FROM failed GROUP BY host ORDER BY count(*) DESC, host`

func reportHosts(ctx context.Context, t tx) ([]HostReport, error) {
	hosts, err := collect(ctx, t, func(q rows) (h HostReport, err error) {
		var again archive.Time
		err = q.Scan(&h.Host, &h.Failing, &h.Refused, &h.Reason, scanTime{&again})
		h.Again = again.String()
		return h, err
	}, hostsFailing)
	if hosts == nil {
		hosts = []HostReport{}
	}
	return hosts, err
}
