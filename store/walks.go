package store

import (
	"context"
	"fmt"
	"strings"

	"lama/archive"
)

// walk is a row of walks as it is changed in a commit.
type walk struct {
	archive.Walk
	open, complete, proved bool
	items                  int
}

const walkColumns = `id, account, collection, kept, open, complete, proved, top, bottom, next, mark, pages, items, attempts`

func scanWalk(r rows) (w walk, err error) {
	return w, r.Scan(&w.ID, &w.Account, (*string)(&w.Collection), &w.Kept, &w.open, &w.complete, &w.proved, &w.Top,
		&w.Bottom, &w.Next, &w.Mark, &w.Pages, &w.items, &w.Attempts)
}

// walks moves each walk by the page that was read, or puts its next page off.
func (c *commit) walks(ctx context.Context) error {
	for _, b := range c.batches {
		if b.Walk == nil {
			continue
		}
		if err := c.walk(ctx, b); err != nil {
			return fmt.Errorf("settle a page of %s of %s: %w", b.Walk.Collection, b.Walk.Account, err)
		}
	}
	return nil
}

func (c *commit) walk(ctx context.Context, b archive.Batch) error {
	all, err := collect(ctx, c.tx, scanWalk, "SELECT "+walkColumns+
		" FROM walks WHERE account = $1 AND collection = $2 AND id <= $3 ORDER BY id DESC LIMIT 2",
		b.Walk.Account, string(b.Walk.Collection), b.Walk.ID)
	if err != nil {
		return err
	}
	if len(all) == 0 || all[0].ID != b.Walk.ID || !all[0].open || all[0].Next != b.Walk.Next {
		return nil // the page was settled already: this is a second answer to the same request
	}
	if b.Outcome.State != archive.Done {
		return c.tx.exec(ctx, "UPDATE walks SET attempts = attempts + 1, not_before = $2, reason = $3 WHERE id = $1",
			b.Walk.ID, after(b.Outcome.NotBefore), optional(clean(b.Outcome.Reason)))
	}
	w := all[0].read(b.Step)
	met := b.Step.Met
	if b.Step.Unordered && len(all) > 1 && !b.Step.End {
		if met, err = c.allKnown(ctx, b); err != nil {
			return err
		}
		w.proved = false
	}
	if (met || b.Step.End) && len(all) > 1 {
		return c.join(ctx, w, all[1], b.Step.End)
	}
	return c.putWalk(ctx, w)
}

// read is the walk after one more page.
func (w walk) read(s archive.Step) walk {
	if w.Pages == 0 {
		w.Top = clean(s.Top)
	}
	if w.Pages&(w.Pages-1) == 0 { // Brent: a link that comes back at a power of two lengths is found
		w.Mark = s.Next
	}
	if s.Bottom != "" {
		w.Bottom = clean(s.Bottom)
	}
	w.Next, w.Attempts = s.Next, 0
	w.Pages, w.items = w.Pages+1, w.items+s.Items
	w.proved = w.proved && s.Proved
	w.complete = s.End
	w.open = !s.End
	return w
}

// allKnown says whether every item of a page was archived before.
func (c *commit) allKnown(ctx context.Context, b archive.Batch) (bool, error) {
	keys := make([][]any, len(b.Activities))
	for i, a := range b.Activities {
		keys[i] = []any{a.Account, indexable(a.PostURI), a.Base}
	}
	known, err := collect(ctx, c.tx, scanInt, fmt.Sprintf(`WITH page(account, post_uri, base) AS (%s)
SELECT count(*) FROM page p JOIN activities a ON a.account = p.account AND a.post_uri = p.post_uri
    AND a.base = p.base AND a.chain = '' AND a.archived_at < $2`, c.tx.list(1, 3)), list(keys), c.now)
	return err == nil && len(keys) > 0 && int(known[0]) == len(keys), err
}

// join makes one interval of the walk and the one below, which it has reached, or passed by coming to the end of
// the collection. A server that says "end" above an interval that is still open contradicts what it said before:
// that one is read on, and nothing is proved.
func (c *commit) join(ctx context.Context, w, below walk, passed bool) error {
	if w.Top == "" {
		w.Top = below.Top
	}
	if passed && below.open {
		passed, w.proved = false, false
	}
	if !passed {
		w.Bottom, w.Next, w.Attempts = below.Bottom, below.Next, below.Attempts
		w.open, w.complete = below.open, below.complete
		w.proved = w.proved && below.proved
		w.Kept = common(w.Kept, below.Kept)
	}
	w.Pages, w.items = w.Pages+below.Pages, w.items+below.items
	scope := "id = $3"
	if passed {
		scope = "id <= $3" // the walk went to the beginning: it covers all that was below
	}
	err := c.tx.exec(ctx, "DELETE FROM walks WHERE account = $1 AND collection = $2 AND "+scope,
		w.Account, string(w.Collection), below.ID)
	if err != nil {
		return err
	}
	return c.putWalk(ctx, w)
}

func (c *commit) putWalk(ctx context.Context, w walk) error {
	return c.tx.exec(ctx, `UPDATE walks SET kept = $2, open = $3, complete = $4, proved = $5, top = $6, bottom = $7,
next = $8, mark = $9, pages = $10, items = $11, attempts = $12, not_before = NULL, reason = NULL, read_at = $13
WHERE id = $1`, w.ID, w.Kept, w.open, w.complete, w.proved, w.Top, w.Bottom, w.Next, w.Mark, w.Pages, w.items, w.Attempts, c.now)
}

// common is what two lists of types share: an interval keeps what all of it keeps.
func common(a, b string) string {
	var both []string
	for _, t := range strings.Split(a, ",") {
		if keeps(b, t) {
			both = append(both, t)
		}
	}
	return strings.Join(both, ",")
}

func keeps(kept, wanted string) bool {
	for _, t := range strings.Split(wanted, ",") {
		found := false
		for _, k := range strings.Split(kept, ",") {
			found = found || k == t
		}
		if !found {
			return false
		}
	}
	return true
}

// StartWalk begins reading a collection from its top: a new interval above those of earlier runs, which closes
// the gap between them. Types that are kept now and were not before mean that the whole is read anew.
func (s *Store) StartWalk(ctx context.Context, account string, collection archive.Collection, kept string) error {
	return s.write(ctx, func(t tx) error {
		newest, err := collect(ctx, t, scanWalk, "SELECT "+walkColumns+
			" FROM walks WHERE account = $1 AND collection = $2 ORDER BY id DESC", account, string(collection))
		if err != nil {
			return err
		}
		for _, w := range newest {
			if !keeps(w.Kept, kept) {
				err := t.exec(ctx, "DELETE FROM walks WHERE account = $1 AND collection = $2", account, string(collection))
				if err != nil {
					return err
				}
				newest = nil
				break
			}
		}
		if len(newest) > 0 && newest[0].open && newest[0].Pages == 0 {
			return t.exec(ctx, "UPDATE walks SET attempts = 0, not_before = NULL, kept = $2 WHERE id = $1", newest[0].ID, kept)
		}
		err = t.exec(ctx, `UPDATE walks SET attempts = 0, not_before = NULL
WHERE account = $1 AND collection = $2 AND open`, account, string(collection))
		if err != nil {
			return err
		}
		return t.exec(ctx, `INSERT INTO walks (account, collection, kept, open, complete, proved, top, bottom, next, mark,
pages, items, attempts, opened_at) VALUES ($1, $2, $3, TRUE, FALSE, TRUE, '', '', '', '', 0, 0, 0, $4)`,
			account, string(collection), kept, s.today())
	})
}

// pendingWalks are the newest open walks of an account's collections: an older one waits, since the newer may
// reach it and take over what is left.
const pendingWalks = `
SELECT w.id, w.account, w.collection, w.kept, w.top, w.bottom, w.next, w.mark, w.pages, w.attempts,
       b.id IS NOT NULL, COALESCE(b.complete, FALSE), COALESCE(b.top, '')
FROM walks w
LEFT JOIN walks b ON b.id = (SELECT MAX(o.id) FROM walks o
    WHERE o.account = w.account AND o.collection = w.collection AND o.id < w.id)
WHERE w.account = $1 AND w.open AND (w.not_before IS NULL OR w.not_before <= $2)
  AND NOT EXISTS (SELECT 1 FROM walks n WHERE n.account = w.account AND n.collection = w.collection
                  AND n.id > w.id AND n.open)
  AND w.collection IN (%s)
ORDER BY w.id LIMIT $4`

func (s *Store) pendingWalks(ctx context.Context, t tx, lane archive.Lane, limit int) ([]archive.Task, error) {
	return collect(ctx, t, func(r rows) (archive.Task, error) {
		var w archive.Walk
		err := r.Scan(&w.ID, &w.Account, (*string)(&w.Collection), &w.Kept, &w.Top, &w.Bottom, &w.Next, &w.Mark, &w.Pages,
			&w.Attempts, &w.Below, &w.Complete, &w.Floor)
		return archive.Task{Lane: lane, Walk: &w}, err
	}, fmt.Sprintf(pendingWalks, t.list(3, 1)), lane.Owner, s.today(), listOf(s.collections), limit)
}
