package store

import (
	"context"
	"fmt"
	"time"

	"lama/archive"
)

// Lanes are the queues that had tasks when the run began: each account's own and every media host's.
func (s *Store) Lanes(ctx context.Context) ([]archive.Lane, error) {
	var lanes []archive.Lane
	err := s.read(ctx, func(t tx) error {
		hosts, err := collect(ctx, t, scanString, "SELECT DISTINCT host FROM attachments WHERE state = 'pending'")
		for _, host := range hosts {
			lanes = append(lanes, archive.Lane{Kind: archive.TaskMedia, Owner: host})
		}
		return err
	})
	return lanes, err
}

// AccountLanes are the queues of one account.
func AccountLanes(account string) []archive.Lane {
	return []archive.Lane{
		{Kind: archive.TaskPage, Owner: account},
		{Kind: archive.TaskPosts, Owner: account},
		{Kind: archive.TaskSearch, Owner: account},
	}
}

// Pending reads up to limit tasks of a lane that are due, each of one row. When there are fewer, again is the
// time at which the next deferred one is due, or zero when none is.
func (s *Store) Pending(ctx context.Context, lane archive.Lane, limit int) (tasks []archive.Task, again time.Time, err error) {
	err = s.read(ctx, func(t tx) error {
		var deferred string
		switch lane.Kind {
		case archive.TaskPage:
			tasks, err = s.pendingWalks(ctx, t, lane, limit)
			deferred = "FROM walks WHERE account = $1 AND open"
		case archive.TaskPosts, archive.TaskSearch:
			tasks, err = s.pendingWants(ctx, t, lane, limit)
			deferred = fmt.Sprintf("FROM frontier WHERE account = $1 AND kind = '%s' AND state = 'pending'", lane.Kind)
		case archive.TaskMedia:
			tasks, err = s.pendingMedia(ctx, t, lane, limit)
			deferred = "FROM attachments WHERE host = $1 AND state = 'pending'"
		}
		if err != nil || len(tasks) >= limit {
			return err
		}
		times, err := collect(ctx, t, func(r rows) (a archive.Time, err error) {
			return a, r.Scan(scanTime{&a})
		}, "SELECT MIN(not_before) "+deferred+" AND not_before > $2", lane.Owner, s.today())
		if err == nil && len(times) > 0 {
			again = times[0].Time
		}
		return err
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the pending tasks of %s: %w", lane, err)
	}
	return tasks, again, nil
}

// Counts is how much is pending and due.
type Counts struct {
	Posts map[string]int // by account
	Files int
}

// Counts counts what is pending and due, for a display.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	c := Counts{Posts: map[string]int{}}
	err := s.read(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (account string, err error) {
			var n int
			err = r.Scan(&account, &n)
			c.Posts[account] = n
			return account, err
		}, `SELECT account, count(*) FROM frontier WHERE state = 'pending' AND (not_before IS NULL OR not_before <= $1)
GROUP BY account`, s.today())
		if err != nil {
			return err
		}
		files, err := collect(ctx, t, scanInt,
			"SELECT count(*) FROM attachments WHERE state = 'pending' AND (not_before IS NULL OR not_before <= $1)", s.today())
		if err == nil {
			c.Files = int(files[0])
		}
		return err
	})
	return c, err
}
