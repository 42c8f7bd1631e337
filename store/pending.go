package store

import (
	"context"
	"fmt"
	"time"

	"lama/archive"
)

// Lanes are the media hosts' queues that earlier runs left. An account's own are [AccountLanes].
func (s *Store) Lanes(ctx context.Context) ([]archive.Lane, error) {
	var lanes []archive.Lane
	err := s.glance(ctx, func(t tx) error {
		hosts, err := collect(ctx, t, scanString, "SELECT DISTINCT host FROM "+pendingIn("attachments"))
		lanes = nil
		for _, host := range hosts {
			lanes = append(lanes, archive.Lane{Kind: archive.TaskMedia, Owner: host})
		}
		return err
	})
	return lanes, err
}

// pendingIn are the pending rows of a table, of which each half has an index of its own: all rows are many more.
func pendingIn(table string) string {
	const half = "SELECT * FROM %s WHERE state = 'pending' AND not_before IS "
	return fmt.Sprintf("("+half+"NULL UNION ALL "+half+"NOT NULL) pending", table, table)
}

// AccountLanes are the queues of one account.
func AccountLanes(account string) []archive.Lane {
	return []archive.Lane{
		{Kind: archive.TaskPage, Owner: account},
		{Kind: archive.TaskPosts, Owner: account},
		{Kind: archive.TaskSearch, Owner: account},
		{Kind: archive.TaskAgain, Owner: account},
		{Kind: archive.TaskHistory, Owner: account},
		{Kind: archive.TaskRewalk, Owner: account},
	}
}

// Occupied is which of some lanes hold rows, due or deferred.
func (s *Store) Occupied(ctx context.Context, lanes []archive.Lane) (occupied []archive.Lane, err error) {
	var all [][]any
	for _, l := range lanes {
		if l.Kind == archive.TaskMedia {
			occupied = append(occupied, l) // it is a lane by its rows
			continue
		}
		all = append(all, []any{string(l.Kind), l.Owner})
	}
	if len(all) == 0 {
		return occupied, nil
	}
	err = s.glance(ctx, func(t tx) error {
		more, err := collect(ctx, t, func(r rows) (l archive.Lane, err error) {
			return l, r.Scan((*string)(&l.Kind), &l.Owner)
		}, fmt.Sprintf(`WITH lanes(kind, owner) AS (%s) SELECT kind, owner FROM lanes
WHERE (SELECT 1 FROM frontier f WHERE f.account = owner AND f.kind = lanes.kind AND f.state = 'pending' LIMIT 1) IS NOT NULL
    OR (SELECT 1 FROM walks w WHERE w.account = owner AND w.open
        AND lanes.kind = CASE WHEN w.rewalk THEN 'rewalk' ELSE 'page' END LIMIT 1) IS NOT NULL`, t.list(1, 2)), list(all))
		occupied = append(occupied, more...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which queues hold tasks: %w", err)
	}
	return occupied, nil
}

// Pending reads up to limit tasks of a lane that are due, each of one row. When there are fewer, again is the
// time at which the next deferred one is due, or zero when none is.
//
// Its statements say LIMIT 0 + $1, since SQLite plans one anew each time that the number of a plain LIMIT is another.
func (s *Store) Pending(ctx context.Context, lane archive.Lane, limit int) (tasks []archive.Task, again time.Time, err error) {
	read := s.read
	if lane.Kind == archive.TaskPage || lane.Kind == archive.TaskRewalk {
		read = s.glance // a commit between the two statements of a re-walk wakes the lane
	}
	err = read(ctx, func(t tx) error {
		var deferred string
		switch lane.Kind {
		case archive.TaskPage:
			tasks, again, err = s.pendingWalks(ctx, t, lane, limit)
			return err
		case archive.TaskRewalk:
			tasks, err = s.pendingRewalks(ctx, t, lane, limit)
			deferred = "FROM walks WHERE account = $1 AND open AND rewalk"
		case archive.TaskPosts, archive.TaskSearch:
			tasks, err = s.pendingWants(ctx, t, lane, limit)
			deferred = fmt.Sprintf("FROM frontier WHERE account = $1 AND kind = '%s' AND state = 'pending'", lane.Kind)
		case archive.TaskAgain, archive.TaskHistory:
			tasks, err = s.pendingReasks(ctx, t, lane, limit)
			deferred = fmt.Sprintf("FROM frontier WHERE account = $1 AND kind = '%s' AND state = 'pending'", lane.Kind)
		case archive.TaskMedia:
			tasks, again, err = s.pendingMedia(ctx, t, lane, limit)
			deferred = "FROM attachments WHERE host = $1 AND state = 'pending'"
		}
		if err != nil || len(tasks) >= limit || !again.IsZero() {
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

// Counts is how much is pending.
type Counts struct {
	Posts map[string]int // due, by account
	Files int            // due
	Later int            // posts and files, due or deferred
}

// Counts counts what is pending.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	const due = "COALESCE(sum(CASE WHEN not_before > $1 THEN 0 ELSE 1 END), 0)"
	const dueFiles = "COALESCE(sum(CASE WHEN " + deferredMedia + " THEN 0 ELSE 1 END), 0)"
	err := s.read(ctx, func(t tx) error {
		c = Counts{Posts: map[string]int{}}
		_, err := collect(ctx, t, func(r rows) (account string, err error) {
			var now, all int
			err = r.Scan(&account, &now, &all)
			c.Posts[account], c.Later = now, c.Later+all
			return account, err
		}, "SELECT account, "+due+", count(*) FROM "+pendingIn("frontier")+" GROUP BY account", s.today())
		if err != nil {
			return err
		}
		_, err = collect(ctx, t, func(r rows) (all int, err error) {
			err = r.Scan(&c.Files, &all)
			c.Later += all
			return all, err
		}, "SELECT "+dueFiles+", count(*) FROM "+pendingIn("attachments"), s.today())
		return err
	})
	return c, err
}
