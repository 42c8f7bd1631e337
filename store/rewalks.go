package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lama/archive"
)

// Rewalk says by account and collection what is read again, beside its coverage, from the top to the end: where that was
// done last before this time. What has none is read again never. One that has begun goes on in any case.
type Rewalk map[string]map[archive.Collection]time.Time

// startRewalk begins reading a collection again where the rules say so, it was read to its beginning once, and no re-walk
// of it is under way.
func (s *Store) startRewalk(account string, c archive.Collection, kept string, walks []walk) [][]any {
	before, wanted := s.rules.Rewalk[account][c]
	due := func(w walk) bool { return w.complete && !w.walked.After(archive.At(before).Time) }
	if !wanted || !slices.ContainsFunc(walks, due) || slices.ContainsFunc(walks, func(w walk) bool { return w.Rewalk }) {
		return nil
	}
	return [][]any{{account, string(c), true, kept, s.today()}}
}

// pendingRewalks are the pages that re-walks have come to.
const pendingRewalks = `
SELECT id, account, collection, kept, top, bottom, next, mark, pages, attempts FROM walks
WHERE account = $1 AND open AND rewalk AND (not_before IS NULL OR not_before <= $2) AND collection IN (%s)
ORDER BY id LIMIT 0 + $4`

func (s *Store) pendingRewalks(ctx context.Context, t tx, lane archive.Lane, limit int) ([]archive.Task, error) {
	return collect(ctx, t, func(r rows) (archive.Task, error) {
		w := archive.Walk{Rewalk: true}
		err := r.Scan(&w.ID, &w.Account, (*string)(&w.Collection), &w.Kept, &w.Top, &w.Bottom, &w.Next, &w.Mark, &w.Pages,
			&w.Attempts)
		return archive.Task{Lane: lane, Walk: &w}, err
	}, fmt.Sprintf(pendingRewalks, t.list(3, 1)), lane.Owner, s.today(), listOf(s.collections), limit)
}

// moveRewalk moves a re-walk by a page, past whatever was read before. At its end it goes, and the coverage bears its date,
// and what it could not prove.
func (c *commit) moveRewalk(walks []walk, at int, b archive.Batch, moved map[int64]archive.Outcome, gone map[int64]bool) {
	w := &walks[at]
	moved[w.ID] = b.Outcome
	if b.Outcome.State != archive.Done {
		w.Attempts++
		return
	}
	if *w = w.read(b.Step, c.now); w.open {
		return
	}
	gone[w.ID] = true
	for i := range walks {
		o := &walks[i]
		if !o.beside(*w) || o.Rewalk || !o.complete {
			continue
		}
		if o.walked = c.now; !w.proved {
			*o = o.doubted(archive.Doubt(w.doubt))
		}
		if _, read := moved[o.ID]; !read {
			moved[o.ID] = archive.Outcome{}
		}
	}
}
