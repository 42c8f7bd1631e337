package store

import (
	"cmp"
	"context"
	"time"

	"lama/archive"
)

// wantKind is the request that a name needs.
func wantKind(n archive.Name) archive.Kind {
	if n.Instance() != "" {
		return archive.TaskPosts
	}
	return archive.TaskSearch
}

func kindOf(w archive.Want) archive.Kind { return cmp.Or(w.Kind, wantKind(w.Name)) }

var (
	// A settled row is compared with what was read of it: where a shorter way was found meanwhile, it stays.
	settleWants = define("account kind name hops:int state alone:bool attempts:int not_before:time reason", `
UPDATE frontier SET state = i.state, alone = i.alone, attempts = i.attempts, not_before = i.not_before, reason = i.reason
FROM incoming i
WHERE frontier.account = i.account AND frontier.kind = i.kind AND frontier.name = i.name AND frontier.hops >= i.hops
  AND frontier.state = 'pending'`)

	// A shorter way to a row that exists lowers its hops and opens it again; a "no" stays one. What is asked for once
	// more after it was, as the history of a post that is edited twice in a run, has no hops.
	putWants = define("account kind name hops:int", `
INSERT INTO frontier (account, kind, name, hops, state, alone, attempts)
SELECT account, kind, name, hops, 'pending', FALSE, 0 FROM incoming WHERE true ORDER BY account, kind, name
ON CONFLICT (account, kind, name) DO UPDATE SET hops = excluded.hops,
    state = CASE frontier.state WHEN 'done' THEN 'pending' ELSE frontier.state END
WHERE excluded.hops < frontier.hops OR frontier.kind = 'history' AND frontier.state = 'done'`)
)

// frontier settles the wants that were answered and inserts the new ones.
func (c *commit) frontier(ctx context.Context) error {
	settles, wants := map[[3]string][]any{}, map[[3]string][]any{}
	for _, b := range c.batches {
		for _, s := range b.Settles {
			if s.Media != nil {
				continue
			}
			key := [3]string{s.Want.Account, string(kindOf(s.Want)), indexable(string(s.Want.Name))}
			settles[key] = []any{key[0], key[1], key[2], s.Want.Hops, string(s.State), s.Alone, attemptsAfter(s),
				after(s.NotBefore), optional(clean(s.Reason))}
		}
	}
	for _, w := range c.needless {
		key := [3]string{w.Account, string(kindOf(w)), indexable(string(w.Name))}
		settles[key] = []any{key[0], key[1], key[2], 0, string(archive.Done), false, 0, archive.Time{}, optional("")}
	}
	for _, w := range c.wants {
		key := [3]string{w.Account, string(kindOf(w)), string(w.Name)}
		wants[key] = []any{key[0], key[1], key[2], w.Hops}
	}
	if err := c.tx.put(ctx, settleWants, sorted(settles)); err != nil {
		return err
	}
	return c.tx.put(ctx, putWants, sorted(wants))
}

func attemptsAfter(s archive.Settle) int {
	if s.State != archive.Pending || s.Alone && !s.Want.Alone {
		return 0
	}
	if s.Media != nil {
		return s.Media.Attempts + 1
	}
	return s.Want.Attempts + 1
}

func after(t time.Time) archive.Time { return archive.At(t) }
