package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lama/archive"
)

// Reask says which stored posts an account asks for again.
type Reask struct {
	Aged  bool // also those that have come of an age (--recheck)
	Batch bool // its server gives posts in batches; otherwise only its own are asked for because of their age
	Page  int  // own posts on a page
}

// askAgain makes tasks of stored posts that have come due. Asked is the account that fetched a post; of what has come
// of an age also each that boosted, favourited or bookmarked it, since only it is told whether that stands. No honest
// server has ids that are too long for an index.
const askAgain = `
INSERT INTO frontier (account, kind, name, hops, state, alone, attempts)
SELECT CAST($1 AS text), 'again', name, 0, 'pending', FALSE, 0 FROM (%s) due WHERE length(name) <= 500 ORDER BY name
ON CONFLICT (account, kind, name) DO NOTHING`

const (
	idOf       = "'id:' || p.instance || '/' || p.post_id AS name"
	unfinished = "SELECT " + idOf + " FROM posts p WHERE p.again_at <= $2 AND p.fetched_by = $1"
	aged       = " UNION SELECT " + idOf + ` FROM posts p WHERE p.recheck_at <= $2 AND p.fetched_by = $1
UNION SELECT 'id:' || CAST($3 AS text) || '/' || a.activity_id FROM posts p JOIN activities a ON a.post_uri = p.post_uri
WHERE p.recheck_at <= $2 AND a.account = $1 AND a.chain = '' AND a.base IN ('reblog', 'favourite', 'bookmark')`
	agedOwn = `FROM posts p JOIN activities a ON a.post_uri = p.post_uri AND a.account = $1 AND a.base = 'post'
AND a.chain = '' WHERE p.recheck_at <= $2 AND p.fetched_by = $1`
)

// askAgain makes tasks of the stored posts that an account is to ask for again, once its collections have been begun.
func (s *Store) askAgain(ctx context.Context, t tx, a archive.Account, r Reask) error {
	switch {
	case r.Aged && r.Batch:
		return t.exec(ctx, fmt.Sprintf(askAgain, unfinished+aged), a.Name(), s.today(), a.Instance)
	case r.Aged:
		if err := s.askOwn(ctx, t, a.Name(), r.Page); err != nil {
			return err
		}
	}
	return t.exec(ctx, fmt.Sprintf(askAgain, unfinished), a.Name(), s.today())
}

// askOwn asks for own posts where there are no batches: one by one, or with the pages down to the oldest of them,
// whichever takes fewer requests. The top page is read in any case.
func (s *Store) askOwn(ctx context.Context, t tx, account string, page int) error {
	var due, newer int
	var oldest archive.Time
	_, err := collect(ctx, t, func(r rows) (int, error) { return 0, r.Scan(&due, scanTime{&oldest}) },
		"SELECT count(*), MIN(p.created_at) "+agedOwn, account, s.today())
	if err != nil || due == 0 {
		return err
	}
	_, err = collect(ctx, t, func(r rows) (int, error) { return 0, r.Scan(&newer) }, `SELECT count(*)
FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.account = $1 AND a.activity_type = 'post' AND p.created_at >= $2`, account, oldest)
	if err != nil {
		return err
	}
	if due > newer/max(page, 1) && slices.Contains(s.collections, archive.Statuses) {
		return t.exec(ctx, `UPDATE walks SET down_to = $2
WHERE account = $1 AND collection = 'statuses' AND open AND pages = 0 AND NOT rewalk`, account, oldest)
	}
	return t.exec(ctx, fmt.Sprintf(askAgain, "SELECT "+idOf+" "+agedOwn), account, s.today())
}

// rereading is a walk that has read again all posts of an account down to an age.
type rereading struct {
	account string
	downTo  archive.Time
}

// unseen asks one by one for the posts that pages should have shown again, and did not.
func (c *commit) unseen(ctx context.Context) error {
	for _, r := range c.read {
		sql := strings.Replace(askAgain, "FALSE", "TRUE", 1)
		sql = fmt.Sprintf(sql, "SELECT "+idOf+" "+agedOwn+" AND p.created_at >= $3")
		if err := c.tx.exec(ctx, sql, r.account, c.now, r.downTo); err != nil {
			return err
		}
	}
	return nil
}

// reaskOf reads the tasks about posts that are stored, with the version of which the history is asked for.
const reaskOf = `
SELECT f.name, f.hops, f.alone, f.attempts, CASE WHEN f.kind = 'history' THEN (
    SELECT CAST(p.json AS text) FROM aliases a JOIN posts p ON p.post_uri = a.post_uri WHERE a.name = f.name) END
FROM frontier f WHERE f.account = $1 AND f.kind = $2 AND f.state = 'pending' AND `

const (
	dueReasks   = reaskOf + "f.not_before IS NULL ORDER BY f.hops, length(f.name) DESC, f.name DESC LIMIT 0 + $3"
	againReasks = reaskOf + "f.not_before <= $4 ORDER BY f.not_before LIMIT 0 + $3"
)

func (s *Store) pendingReasks(ctx context.Context, t tx, lane archive.Lane, limit int) ([]archive.Task, error) {
	scan := func(r rows) (archive.Task, error) {
		w, head := archive.Want{Account: lane.Owner, Kind: lane.Kind}, ""
		err := r.Scan((*string)(&w.Name), &w.Hops, &w.Alone, &w.Attempts, scanText{&head})
		w.Head = []byte(head)
		return archive.Task{Lane: lane, Wants: []archive.Want{w}}, err
	}
	all, err := collect(ctx, t, scan, againReasks, lane.Owner, string(lane.Kind), limit, s.today())
	if err != nil || len(all) >= limit {
		return all, err
	}
	due, err := collect(ctx, t, scan, dueReasks, lane.Owner, string(lane.Kind), limit-len(all))
	return append(all, due...), err
}
