package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Report is what `lama status` says.
type Report struct {
	Accounts []AccountReport `json:"accounts"`
	Media    MediaReport     `json:"media"`
	Posts    int64           `json:"posts"`
	LastRun  *RunReport      `json:"last_run"`
}

// AccountReport is one account's part of the archive.
type AccountReport struct {
	Account     string             `json:"account"`
	Collections []CollectionReport `json:"collections"`
	Related     int64              `json:"related"` // parents, links and quotes
	Pending     int64              `json:"pending"` // posts still to be asked for
	Deferred    int64              `json:"deferred"`
	Failed      int64              `json:"failed"`
	Lost        int64              `json:"lost"` // notifications whose post was gone
}

// CollectionReport is what is archived of one collection, and how far it was read.
type CollectionReport struct {
	Collection archive.Collection `json:"collection"`
	Archived   int64              `json:"archived"`
	First      string             `json:"first"` // date of the oldest post archived, empty for none
	Last       string             `json:"last"`
	Complete   bool               `json:"complete"` // read from the beginning to the last run
	Proved     bool               `json:"proved"`   // by the server's cursors
	Gaps       int                `json:"gaps"`     // open intervals
	ReadAt     string             `json:"read_at"`
	Problem    string             `json:"problem"` // why its next page failed
}

// MediaReport counts attachments and their files.
type MediaReport struct {
	Files    int64 `json:"files"`
	Bytes    int64 `json:"bytes"`
	Pending  int64 `json:"pending"`
	Deferred int64 `json:"deferred"`
	Failed   int64 `json:"failed"`
	Off      int64 `json:"off"` // switched off by preference
}

// RunReport is the last run.
type RunReport struct {
	StartedAt string `json:"started_at"`
	EndedAt   string `json:"ended_at"` // empty while it runs, or when it was killed
	Outcome   string `json:"outcome"`
}

// bases are the activities that a collection yields. A boost's target is not counted beside its wrapper.
var bases = map[archive.Collection]string{
	archive.Statuses:      `[["post"]]`,
	archive.Favourites:    `[["favourite"]]`,
	archive.Bookmarks:     `[["bookmark"]]`,
	archive.Notifications: `[["mention"],["poll"]]`,
}

// Report reads what is archived for the accounts.
func (s *Store) Report(ctx context.Context, accounts []archive.Account) (r Report, err error) {
	err = s.engine.survey(ctx, func(t tx) error {
		for _, a := range accounts {
			one, err := s.reportAccount(ctx, t, a.Name())
			if err != nil {
				return err
			}
			r.Accounts = append(r.Accounts, one)
		}
		if err := s.reportMedia(ctx, t, &r); err != nil {
			return err
		}
		return reportRun(ctx, t, &r)
	})
	if err != nil {
		return Report{}, fmt.Errorf("read the state of the archive: %w", err)
	}
	return r, nil
}

func (s *Store) reportAccount(ctx context.Context, t tx, account string) (r AccountReport, err error) {
	r.Account = account
	for _, c := range archive.Collections {
		one, err := reportCollection(ctx, t, account, c)
		if err != nil {
			return r, err
		}
		r.Collections = append(r.Collections, one)
	}
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&r.Related, &r.Pending, &r.Deferred, &r.Failed, &r.Lost)
	}, `SELECT (SELECT count(DISTINCT post_uri) FROM activities WHERE account = $1 AND chain <> ''),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'pending' AND (not_before IS NULL OR not_before <= $2)),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'pending' AND not_before > $2),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'refused'),
(SELECT count(*) FROM lost WHERE account = $1)`, account, s.today())
	return r, err
}

func reportCollection(ctx context.Context, t tx, account string, c archive.Collection) (r CollectionReport, err error) {
	r.Collection = c
	var first, last, read archive.Time
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&r.Archived, scanTime{&first}, scanTime{&last})
	}, fmt.Sprintf(`WITH bases(base) AS (%s)
SELECT count(*), MIN(p.created_at), MAX(p.created_at) FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.account = $1 AND a.chain = '' AND a.base IN (SELECT base FROM bases)`, t.list(2, 1)), account, bases[c])
	if err != nil {
		return r, err
	}
	var walks, complete int64
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&walks, &r.Gaps, &complete, scanTime{&read}, scanText{&r.Problem}, &r.Proved)
	}, `SELECT count(*), COALESCE(sum(CASE WHEN open THEN 1 ELSE 0 END), 0), COALESCE(sum(CASE WHEN complete THEN 1 ELSE 0 END), 0),
MAX(read_at), MAX(reason), COALESCE(sum(CASE WHEN proved THEN 0 ELSE 1 END), 0) = 0
FROM walks WHERE account = $1 AND collection = $2`, account, string(c))
	r.Complete = walks == 1 && complete == 1 && r.Gaps == 0
	r.First, r.Last, r.ReadAt = first.String(), last.String(), read.String()
	return r, err
}

func (s *Store) reportMedia(ctx context.Context, t tx, r *Report) error {
	_, err := collect(ctx, t, func(q rows) (int64, error) {
		m := &r.Media
		return 0, q.Scan(&r.Posts, &m.Files, &m.Bytes, &m.Pending, &m.Deferred, &m.Failed, &m.Off)
	}, `SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM files), (SELECT CAST(COALESCE(sum(size), 0) AS bigint) FROM files),
(SELECT count(*) FROM attachments WHERE state = 'pending' AND (`+deferredMedia+`) IS NOT TRUE),
(SELECT count(*) FROM attachments WHERE state = 'pending' AND (`+deferredMedia+`)),
(SELECT count(*) FROM attachments WHERE state = 'refused'),
(SELECT count(*) FROM attachments WHERE state = 'off')`, s.today())
	return err
}

func reportRun(ctx context.Context, t tx, r *Report) error {
	runs, err := collect(ctx, t, func(q rows) (RunReport, error) {
		var started, ended archive.Time
		var one RunReport
		err := q.Scan(scanTime{&started}, scanTime{&ended}, scanText{&one.Outcome})
		one.StartedAt, one.EndedAt = started.String(), ended.String()
		return one, err
	}, "SELECT started_at, ended_at, outcome FROM runs ORDER BY id DESC LIMIT 1")
	if len(runs) > 0 {
		r.LastRun = &runs[0]
	}
	return err
}
