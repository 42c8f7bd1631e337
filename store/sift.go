package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

// sift leaves aside the batches that bring nothing: posts that are in the archive as they came, and activities of which
// everything followed when they were new. Every run reads the tops of all collections again, and that is most of what an
// ordinary one does; their walks are moved, and no other writer waits for that.
func (c *commit) sift(ctx context.Context) error {
	var quiet []archive.Batch
	for _, b := range c.batches {
		if c.unchanged(b) {
			quiet = append(quiet, b)
		}
	}
	known, err := c.known(ctx, quiet, archive.Time{})
	if err != nil {
		return err
	}
	c.batches = slices.DeleteFunc(slices.Clone(c.batches), func(b archive.Batch) bool {
		return c.unchanged(b) && !slices.ContainsFunc(b.Activities, func(a archive.Activity) bool { return !known[deed(a)] })
	})
	return nil
}

// unchanged says whether a batch is a page whose posts are in the archive as they came.
func (c *commit) unchanged(b archive.Batch) bool {
	if b.Walk == nil || len(b.Settles)+len(b.Aliases)+len(b.Lost)+len(b.Fetched)+
		len(b.Versions)+len(b.Doings) > 0 {
		return false
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		if head := c.heads[indexable(p.URI)]; head.post != nil || head.hash != c.arriving[p].hash {
			return false
		}
	}
	return true
}

// deed is what an account did with a post: an activity at distance 0.
func deed(a archive.Activity) [3]string {
	return [3]string{a.Account, indexable(a.PostURI), string(a.Base)}
}

// known are the deeds of batches that the archive has as servers tell of them; those from before a time, unless that is zero.
func (c *commit) known(ctx context.Context, batches []archive.Batch, before archive.Time) (map[[3]string]bool, error) {
	known := map[[3]string]bool{}
	var asked [][]any
	for _, b := range batches {
		for _, a := range b.Activities {
			d := deed(a)
			asked = append(asked, []any{d[0], d[1], d[2]})
		}
	}
	if len(asked) == 0 {
		return known, nil
	}
	_, err := collect(ctx, c.tx, func(r rows) (d [3]string, err error) {
		err = r.Scan(&d[0], &d[1], &d[2])
		known[d] = true
		return d, err
	}, fmt.Sprintf(`WITH page(account, post_uri, base) AS (%s)
SELECT a.account, a.post_uri, a.base FROM page p JOIN activities a ON a.account = p.account AND a.post_uri = p.post_uri
    AND a.base = p.base AND a.chain = '' AND a.removed_at IS NULL
    AND a.imported IS NULL AND NOT (a.base IN ('mention', 'poll') AND a.envelope IS NULL) AND ($2 OR a.archived_at < $3)`, c.tx.list(1, 3)),
		list(asked), before.IsZero(), before)
	return known, err
}
