package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"lama/archive"
)

// walk is a row of walks as it is changed in a commit.
type walk struct {
	archive.Walk
	open, complete, proved bool
	doubt                  string // archive.Doubt, one or more with commas
	items                  int
	walked                 archive.Time // when its collection was last read from the top to the beginning
}

const walkColumns = `id, account, collection, rewalk, kept, open, complete, proved, COALESCE(doubt, ''), top, bottom, next,
mark, down_to, pages, items, attempts, walked_at`

func scanWalk(r rows) (w walk, err error) {
	return w, r.Scan(&w.ID, &w.Account, (*string)(&w.Collection), &w.Rewalk, &w.Kept, &w.open, &w.complete, &w.proved,
		&w.doubt, &w.Top, &w.Bottom, &w.Next, &w.Mark, scanTime{&w.DownTo}, &w.Pages, &w.items, &w.Attempts,
		scanTime{&w.walked})
}

// walks moves each walk by the page that was read, or puts its next page off.
func (c *commit) walks(ctx context.Context) error {
	walks := c.walking
	moved, gone := map[int64]archive.Outcome{}, map[int64]bool{}
	c.unread = map[string]bool{}
	for _, b := range c.all {
		if b.Walk == nil {
			continue
		}
		at := slices.IndexFunc(walks, func(w walk) bool { return w.ID == b.Walk.ID })
		if at < 0 || !walks[at].open || walks[at].Next != b.Walk.Next || walks[at].Pages != b.Walk.Pages {
			continue // the page was settled already: this is a second answer to the same request
		}
		if walks[at].Rewalk {
			c.moveRewalk(walks, at, b, moved, gone)
			continue
		}
		w, covered, err := c.moveWalk(ctx, walks[at], walks[at+1:], b)
		if err != nil {
			return fmt.Errorf("settle a page of %s of %s: %w", b.Walk.Collection, b.Walk.Account, err)
		}
		if down := walks[at].DownTo; !down.IsZero() && w.DownTo.IsZero() {
			c.read = append(c.read, rereading{w.Account, down})
		}
		walks[at], moved[w.ID] = w, b.Outcome
		for _, below := range covered {
			gone[below.ID] = true
		}
	}
	for _, w := range walks {
		if w.open && !gone[w.ID] {
			c.unread[w.Name()] = true
		}
	}
	return c.putWalks(ctx, walks, moved, gone)
}

// over says whether a page was the last of its collection.
func (c *commit) over(b archive.Batch) bool { return b.Walk != nil && !c.unread[b.Walk.Name()] }

// putWalks writes the walks that have moved, and removes those that others cover.
func (c *commit) putWalks(ctx context.Context, walks []walk, moved map[int64]archive.Outcome, gone map[int64]bool) error {
	var put, drop [][]any
	for _, w := range walks {
		if outcome, ok := moved[w.ID]; ok {
			put = append(put, c.walkRow(w, outcome))
		}
		if gone[w.ID] {
			drop = append(drop, []any{w.ID})
		}
	}
	slices.SortFunc(put, func(a, b []any) int { return cmp.Compare(a[0].(int64), b[0].(int64)) })
	if err := c.tx.put(ctx, putWalks, put); err != nil || len(drop) == 0 {
		return err
	}
	return c.tx.exec(ctx, fmt.Sprintf(
		"WITH covered(id) AS (%s) DELETE FROM walks WHERE id IN (SELECT CAST(id AS bigint) FROM covered)", c.tx.list(1, 1)), list(drop))
}

// readWalks reads the walks of the collections of which pages came, the newest of each first.
func (c *commit) readWalks(ctx context.Context) ([]walk, error) {
	var collections [][]any
	for _, b := range c.all {
		if b.Walk != nil {
			collections = append(collections, []any{b.Walk.Account, string(b.Walk.Collection)})
		}
	}
	if len(collections) == 0 {
		return nil, nil
	}
	return collect(ctx, c.tx, scanWalk, fmt.Sprintf(`WITH came(a, c) AS (%s) SELECT %s FROM walks
WHERE EXISTS (SELECT 1 FROM came WHERE came.a = walks.account AND came.c = walks.collection)
ORDER BY account, collection, id DESC`, c.tx.list(1, 2), walkColumns), list(collections))
}

// moveWalk is a walk after an answer, and the intervals below it that it covers now. Those below may be of another
// collection.
func (c *commit) moveWalk(ctx context.Context, w walk, below []walk, b archive.Batch) (moved walk, covered []walk, err error) {
	if b.Outcome.State != archive.Done {
		w.Attempts++
		return w, nil, nil
	}
	below = slices.DeleteFunc(slices.Clone(below), func(o walk) bool { return !w.beside(o) || o.Rewalk })
	w = w.read(b.Step, c.now)
	met := b.Step.Met
	if b.Step.Unordered && len(below) > 0 && !b.Step.End {
		if met, err = c.allKnown(ctx, b); err != nil {
			return w, nil, err
		}
		w = w.doubted(archive.DoubtKnown)
	}
	if met || b.Step.End {
		w.DownTo = archive.Time{}
	}
	if (met || b.Step.End) && len(below) > 0 {
		w, covered = w.join(below, b.Step.End)
	}
	return w, covered, nil
}

// beside says whether another walk is of the same collection.
func (w walk) beside(o walk) bool { return o.Account == w.Account && o.Collection == w.Collection }

// read is the row after one more page.
func (w walk) read(s archive.Step, now archive.Time) walk {
	w.Walk = w.Read(s)
	w.Top, w.Bottom, w.items = clean(w.Top), clean(w.Bottom), w.items+s.Items
	if !s.Proved {
		w = w.doubted(s.Doubt)
	}
	w.complete = s.End
	w.open = !s.End
	if s.End {
		w.walked = now
	}
	return w
}

// doubted is the walk when nothing proves it any more, for a reason or for several.
func (w walk) doubted(why archive.Doubt) walk {
	w.proved = false
	for d := range strings.SplitSeq(string(why), ",") {
		if d != "" && !keeps(w.doubt, d) {
			w.doubt = strings.TrimPrefix(w.doubt+","+d, ",")
		}
	}
	return w
}

// allKnown says whether every item of a page was archived before.
func (c *commit) allKnown(ctx context.Context, b archive.Batch) (bool, error) {
	known, err := c.known(ctx, []archive.Batch{b}, c.now)
	return err == nil && len(b.Activities) > 0 && !slices.ContainsFunc(b.Activities, func(a archive.Activity) bool {
		return !known[deed(a)]
	}), err
}

// join makes one interval of the walk and the one below, which it has reached, or passed by coming to the end of
// the collection; covered are the intervals that go into it. A server that says "end" above an interval that is still
// open contradicts what it said before: that one is read on, and nothing is proved.
func (w walk) join(all []walk, passed bool) (joined walk, covered []walk) {
	below := all[0]
	if w.Top == "" {
		w.Top = below.Top
	}
	if passed && below.open {
		passed, w = false, w.doubted(archive.DoubtEarlyEnd)
	}
	w.Pages, w.items = w.Pages+below.Pages, w.items+below.items
	if passed { // the walk went to the beginning: it covers all that was below
		return w, all
	}
	w.Bottom, w.Next, w.Attempts, w.DownTo = below.Bottom, below.Next, below.Attempts, below.DownTo
	w.open, w.complete, w.walked = below.open, below.complete, below.walked
	if !below.proved {
		w = w.doubted(archive.Doubt(below.doubt))
	}
	w.Kept = common(w.Kept, below.Kept)
	return w, all[:1]
}

var putWalks = define(`id:int kept open:bool complete:bool proved:bool doubt top bottom next mark down_to:time pages:int
items:int attempts:int not_before:time reason read_at:time walked_at:time`, `
UPDATE walks SET kept = i.kept, open = i.open, complete = i.complete, proved = i.proved, doubt = i.doubt, top = i.top,
    bottom = i.bottom, next = i.next, mark = i.mark, down_to = i.down_to, pages = i.pages, items = i.items,
    attempts = i.attempts, not_before = i.not_before, reason = i.reason, read_at = COALESCE(i.read_at, walks.read_at),
    walked_at = i.walked_at
FROM incoming i WHERE walks.id = i.id`)

// walkRow is a walk as an answer leaves it: read further, or put off.
func (c *commit) walkRow(w walk, o archive.Outcome) []any {
	read := c.now
	if o.State != archive.Done {
		read = archive.Time{}
	}
	return []any{w.ID, w.Kept, w.open, w.complete, w.proved, optional(w.doubt), w.Top, w.Bottom, w.Next, w.Mark, w.DownTo,
		w.Pages, w.items, w.Attempts, after(o.NotBefore), optional(clean(o.Reason)), read, w.walked}
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
