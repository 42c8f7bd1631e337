package store

import (
	"context"
	"fmt"
	"strings"

	"lama/archive"
)

// visible says, of a post p, whether an account may be shown what the archive holds of it. (Why not by EXISTS: see [spread].)
const visible = `(p.visibility IN ('public', 'unlisted')
    OR (SELECT 1 FROM activities k WHERE k.account = f.account AND k.post_uri = p.post_uri LIMIT 1) IS NOT NULL)`

// wantsOf reads an account's wants. One that a stored reply leads to names that reply, "+" before its name where a user of
// the instance wrote it.
// $3 is what the instance's own names begin with.
const wantsOf = `
SELECT f.name, f.hops, f.alone, f.attempts, (
    SELECT CASE WHEN ` + local + ` THEN '+' ELSE '-' END || own.name
    FROM refs r JOIN posts p ON p.post_uri = r.post_uri JOIN aliases own ON own.post_uri = p.post_uri
    WHERE r.target = f.name AND r.target_uri IS NULL AND r.chain = 'parent'
      AND substr(own.name, 1, length($3)) = $3 AND ` + visible + `
    ORDER BY CASE WHEN ` + local + ` THEN 0 ELSE 1 END, own.name LIMIT 1)
FROM frontier f WHERE f.account = $1 AND f.kind = $2 AND f.state = 'pending' AND `

// local says, of a post p, whether a user of the instance wrote it.
const local = `p.origin AND 'id:' || p.instance || '/' = $3`

// What was never put off goes the nearest first, and of these the newest first: above a newer reply stand also the
// older posts of its thread.
const (
	dueWants   = wantsOf + "f.not_before IS NULL ORDER BY f.hops, length(f.name) DESC, f.name DESC LIMIT 0 + $4"
	againWants = wantsOf + "f.not_before <= $5 ORDER BY f.not_before LIMIT 0 + $4"
)

func (s *Store) pendingWants(ctx context.Context, t tx, lane archive.Lane, limit int) ([]archive.Task, error) {
	names := string(archive.IDName(s.instance(lane.Owner), ""))
	scan := func(r rows) (archive.Task, error) {
		w, below := archive.Want{Account: lane.Owner}, ""
		err := r.Scan((*string)(&w.Name), &w.Hops, &w.Alone, &w.Attempts, scanText{&below})
		id, found := strings.CutPrefix(strings.TrimLeft(below, "+-"), names)
		w.Below = archive.Below{ID: id, Local: found && below[0] == '+'}
		return archive.Task{Lane: lane, Wants: []archive.Want{w}}, err
	}
	all, err := collect(ctx, t, scan, againWants, lane.Owner, string(lane.Kind), names, limit, s.today())
	if err != nil || len(all) >= limit {
		return all, err
	}
	due, err := collect(ctx, t, scan, dueWants, lane.Owner, string(lane.Kind), names, limit-len(all))
	if all = append(all, due...); err != nil || len(all) > archive.Lone {
		return all, err
	}
	for _, task := range all {
		if err := s.findLocal(ctx, t, &task.Wants[0], names); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// findLocal looks further down for a post by a user of the instance, from which replies lead up to a want. SQLite keeps the
// order of CROSS JOIN; otherwise it would go through all names of all posts.
const findLocal = `
WITH RECURSIVE down(post_uri, steps) AS (
    SELECT post_uri, 1 FROM refs WHERE target = $2 AND target_uri IS NULL AND chain = 'parent'
    UNION
    SELECT r.post_uri, d.steps + 1 FROM down d JOIN refs r ON r.target_uri = d.post_uri AND r.chain = 'parent'
    WHERE d.steps < %d
)
SELECT own.name FROM down d CROSS JOIN posts p CROSS JOIN aliases own CROSS JOIN (SELECT CAST($1 AS text) AS account) f
WHERE p.post_uri = d.post_uri AND own.post_uri = p.post_uri AND ` + local + ` AND substr(own.name, 1, length($3)) = $3 AND ` + visible + `
ORDER BY d.steps, own.name LIMIT 1`

// longest bounds how far down is looked, in replies: a chain that is longer than any a server gives at once.
const longest = 4096

func (s *Store) findLocal(ctx context.Context, t tx, w *archive.Want, names string) error {
	if w.Below.Local || w.Below.ID == "" {
		return nil
	}
	found, err := collect(ctx, t, scanString, fmt.Sprintf(findLocal, longest), w.Account, string(w.Name), names)
	if err == nil && len(found) > 0 {
		w.Below = archive.Below{ID: strings.TrimPrefix(found[0], names), Local: true}
	}
	return err
}

// instance is the one that a configured account is on.
func (s *Store) instance(account string) string {
	for _, a := range s.rules.Accounts {
		if a.Name() == account {
			return a.Instance
		}
	}
	return ""
}
