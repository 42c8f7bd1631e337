package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lama/archive"
)

// Opening is an account that a run begins to read.
type Opening struct {
	Account archive.Account
	Kept    map[archive.Collection]string // which types of a collection are kept; what is not in it is not read
	Again   Reask
}

// OpenAccounts begins reading collections of accounts from their tops: a new interval above those of earlier runs, which
// closes the gap between them; where types are kept that were not before, the whole is read anew. And it makes tasks of the
// stored posts that the accounts are to ask for again. Accounts that are opened together share a transaction.
func (s *Store) OpenAccounts(ctx context.Context, all ...Opening) error {
	return s.write(ctx, func(t tx) error {
		if err := s.startWalks(ctx, t, all); err != nil {
			return fmt.Errorf("begin reading the accounts' collections: %w", err)
		}
		for _, o := range all {
			if err := s.askAgain(ctx, t, o.Account, o.Again); err != nil {
				return fmt.Errorf("find what %s asks for again: %w", o.Account.Name(), err)
			}
		}
		return nil
	})
}

func (s *Store) startWalks(ctx context.Context, t tx, all []Opening) error {
	names := make([]string, len(all))
	for i, o := range all {
		names[i] = o.Account.Name()
	}
	walks, err := collect(ctx, t, scanWalk, fmt.Sprintf("SELECT %s FROM walks WHERE account %s ORDER BY id DESC",
		walkColumns, t.among(t.list(1, 1))), listOf(names))
	if err != nil {
		return err
	}
	var start [][]any
	for _, o := range all {
		for _, c := range archive.Collections {
			if o.Kept[c] == "" {
				continue
			}
			of := slices.DeleteFunc(slices.Clone(walks), func(w walk) bool { return w.Account != o.Account.Name() || w.Collection != c })
			open, err := s.startWalk(ctx, t, o.Account.Name(), c, o.Kept[c], of)
			if err != nil {
				return err
			}
			start = append(start, open...)
		}
	}
	return t.put(ctx, insertWalks, start)
}

var insertWalks = define("account collection rewalk:bool kept opened_at:time", `
INSERT INTO walks (account, collection, rewalk, kept, open, complete, proved, top, bottom, next, mark, pages, items, attempts, opened_at)
SELECT account, collection, rewalk, kept, TRUE, FALSE, TRUE, '', '', '', '', 0, 0, 0, opened_at FROM incoming`)

// startWalk makes the walks of a collection due, and says which are to be opened. walks are those that there are, the newest
// first.
func (s *Store) startWalk(ctx context.Context, t tx, account string, c archive.Collection, kept string, walks []walk) ([][]any, error) {
	fresh := []any{account, string(c), false, kept, s.today()}
	if slices.ContainsFunc(walks, func(w walk) bool { return !w.Rewalk && !keeps(w.Kept, kept) }) {
		return [][]any{fresh}, t.exec(ctx, "DELETE FROM walks WHERE account = $1 AND collection = $2", account, string(c))
	}
	again := s.startRewalk(account, c, kept, walks)
	top := slices.IndexFunc(walks, func(w walk) bool { return !w.Rewalk })
	if top >= 0 && walks[top].open && walks[top].Pages == 0 {
		return again, t.exec(ctx, "UPDATE walks SET attempts = 0, not_before = NULL, kept = $2, opened_at = $3 WHERE id = $1",
			walks[top].ID, kept, s.today())
	}
	if slices.ContainsFunc(walks, func(w walk) bool { return w.open }) {
		err := t.exec(ctx, `UPDATE walks SET attempts = 0, not_before = NULL
WHERE account = $1 AND collection = $2 AND open`, account, string(c))
		return append([][]any{fresh}, again...), err
	}
	return append([][]any{fresh}, again...), nil
}

// pendingWalks are the newest open walks of an account's collections: an older one waits, since the newer may
// reach it and take over what is left.
const pendingWalks = `
SELECT w.id, w.account, w.collection, w.kept, w.top, w.bottom, w.next, w.mark, w.down_to, w.pages, w.attempts,
       b.id IS NOT NULL, COALESCE(b.complete, FALSE), COALESCE(b.top, ''), w.not_before
FROM walks w
LEFT JOIN walks b ON b.id = (SELECT MAX(o.id) FROM walks o
    WHERE o.account = w.account AND o.collection = w.collection AND o.id < w.id AND NOT o.rewalk)
WHERE w.account = $1 AND w.open AND NOT w.rewalk
  AND NOT EXISTS (SELECT 1 FROM walks n WHERE n.account = w.account AND n.collection = w.collection
                  AND n.id > w.id AND n.open AND NOT n.rewalk)
  AND w.collection IN (%s)
ORDER BY w.id`

// pendingWalks are those that are due, and when the next of the others is: an account has one of each collection, so that
// one statement reads both.
func (s *Store) pendingWalks(ctx context.Context, t tx, lane archive.Lane, limit int) (all []archive.Task, again time.Time, err error) {
	now := s.today()
	_, err = collect(ctx, t, func(r rows) (w archive.Walk, err error) {
		var until archive.Time
		err = r.Scan(&w.ID, &w.Account, (*string)(&w.Collection), &w.Kept, &w.Top, &w.Bottom, &w.Next, &w.Mark, scanTime{&w.DownTo},
			&w.Pages, &w.Attempts, &w.Below, &w.Complete, &w.Floor, scanTime{&until})
		switch {
		case !until.After(now.Time):
			all = append(all, archive.Task{Lane: lane, Walk: &w})
		case again.IsZero() || until.Before(again):
			again = until.Time
		}
		return w, err
	}, fmt.Sprintf(pendingWalks, t.list(2, 1)), lane.Owner, listOf(s.collections))
	return all[:min(limit, len(all))], again, err
}
