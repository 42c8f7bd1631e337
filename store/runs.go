package store

import (
	"context"

	"lama/archive"
)

// StartRun notes that a run began and returns its id.
func (s *Store) StartRun(ctx context.Context) (id int64, err error) {
	err = s.write(ctx, func(t tx) error {
		ids, err := collect(ctx, t, scanInt, "INSERT INTO runs (started_at) VALUES ($1) RETURNING id", s.today())
		if err == nil {
			id = ids[0]
		}
		return err
	})
	return id, err
}

// EndRun notes how a run ended: a word, and a summary in JSON. The settled rows of the frontier have done their
// work by then and are removed.
func (s *Store) EndRun(ctx context.Context, id int64, outcome string, summary []byte) error {
	return s.write(ctx, func(t tx) error {
		if err := s.forgetDone(ctx, t); err != nil {
			return err
		}
		return t.exec(ctx, "UPDATE runs SET ended_at = $2, outcome = $3, summary = $4 WHERE id = $1",
			id, s.today(), outcome, string(summary))
	})
}

// openWalks are those that no run has brought to their end. A re-walk is meant to take many.
const openWalks = `SELECT account, collection, COALESCE(reason, '') FROM walks WHERE open AND NOT rewalk ORDER BY account, collection`

// Unfinished is a collection that has an open walk.
type Unfinished struct {
	Account    string
	Collection archive.Collection
	Reason     string
}

// Unfinished lists the collections that are not read to their end.
func (s *Store) Unfinished(ctx context.Context) (all []Unfinished, err error) {
	err = s.glance(ctx, func(t tx) (err error) {
		all, err = collect(ctx, t, func(r rows) (u Unfinished, err error) {
			return u, r.Scan(&u.Account, (*string)(&u.Collection), &u.Reason)
		}, openWalks)
		return err
	})
	return all, err
}
