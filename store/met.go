package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// meeting is a stored post that has come again.
type meeting struct {
	post     *archive.Post
	asked    bool // for what has become of it
	vanished bool // it was marked so
}

// rereads says whether a batch answers the question what has become of posts.
func rereads(b archive.Batch) bool {
	return b.Lane.Kind == archive.TaskAgain || b.Walk != nil && !b.Walk.DownTo.IsZero()
}

// meet notes that a stored post came again, and wants its history where it was edited: between the version that was
// stored and this one there may be others. Of a post that is new the older versions are not asked for: that would be a
// request for each.
//
// What is imported says nothing of what is there today.
func (c *commit) meet(b archive.Batch, next, head version) {
	if next.imported != "" {
		return
	}
	uri, m := indexable(next.post.URI), meeting{next.post, rereads(b), head.vanished}
	if m.asked {
		c.again.Read++
		if next.content != head.content && next.supersedes(head) {
			c.again.Changed++
		}
	}
	if c.met == nil {
		c.met = map[string]meeting{}
	}
	if before := c.met[uri]; before.post != nil {
		m.asked, m.vanished = m.asked || before.asked, m.vanished || before.vanished
	}
	c.met[uri] = m
	if next.edited.After(head.edited.Time) && next.post.Reblog == "" && b.Account != "" {
		c.wants = append(c.wants, archive.Want{Account: b.Account, Kind: archive.TaskHistory,
			Name: archive.Name(indexable(string(archive.IDName(next.instance, next.post.ID))))})
	}
}

// A post that is shown is there; whether it was deleted only its author's own server knows.
var putMet = define("post_uri asked:bool recheck_at:time again_at:time origin:bool", `
UPDATE posts SET missing_since = NULL, deleted_at = CASE WHEN i.origin THEN NULL ELSE posts.deleted_at END,
    recheck_at = CASE WHEN i.asked THEN i.recheck_at ELSE posts.recheck_at END,
    again_at = CASE WHEN i.asked THEN i.again_at ELSE posts.again_at END
FROM incoming i WHERE posts.post_uri = i.post_uri`)

// putMet moves the dates of posts that were asked for, also where they are as they were, and takes marks back.
func (c *commit) putMet(ctx context.Context) error {
	var rows [][]any
	for _, uri := range sortedKeys(c.met) {
		delete(c.gone, uri) // another account is shown it
		if m := c.met[uri]; m.vanished || m.asked {
			rows = append(rows, []any{uri, m.asked, m.post.RecheckAt(c.now), m.post.AgainAt(c.now), m.post.Origin})
		}
	}
	if err := c.tx.put(ctx, putMet, rows); err != nil {
		return err
	}
	return c.putGone(ctx)
}

// goneRow is a stored post that its server no longer gives to the account that had fetched it.
type goneRow struct {
	post    archive.Post // when it was posted
	deleted bool
	known   bool // that it is missing
}

// findGone reads the posts about which a request of their own was told that they are not there. Only the account that
// fetched the version in the archive can say so: others may not have been allowed to see it. Its author's own server
// says that a post was deleted where the account must be shown it: a public one, or its own. (One whose author blocks
// the account looks the same on their common server.)
func (c *commit) findGone(ctx context.Context) error {
	c.gone = map[string]goneRow{}
	var names [][]any
	for _, b := range c.batches {
		for _, s := range b.Settles {
			if s.Missing && s.Want.Kind == archive.TaskAgain {
				names = append(names, []any{s.Want.Account, indexable(string(s.Want.Name))})
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	_, err := collect(ctx, c.tx, func(r rows) (uri string, err error) {
		var g goneRow
		err = r.Scan(&uri, scanTime{&g.post.CreatedAt}, &g.deleted, &g.known)
		c.gone[uri] = g
		return uri, err
	}, fmt.Sprintf(`WITH gone(account, name) AS (%s)
SELECT p.post_uri, p.created_at, p.origin AND (p.visibility IN ('public', 'unlisted') OR (
        SELECT 1 FROM activities k WHERE k.account = g.account AND k.post_uri = p.post_uri AND k.base = 'post' AND k.chain = ''
        LIMIT 1) IS NOT NULL),
    p.missing_since IS NOT NULL
FROM gone g JOIN aliases a ON a.name = g.name JOIN posts p ON p.post_uri = a.post_uri
WHERE p.fetched_by = g.account`, c.tx.list(1, 2)), list(names))
	return err
}

// What is missing has no news, but may come back until it is too old to be asked for.
var putGone = define("post_uri deleted:bool recheck_at:time now:time", `
UPDATE posts SET missing_since = COALESCE(posts.missing_since, i.now), recheck_at = i.recheck_at, again_at = NULL,
    deleted_at = CASE WHEN i.deleted THEN COALESCE(posts.deleted_at, i.now) ELSE posts.deleted_at END
FROM incoming i WHERE posts.post_uri = i.post_uri`)

func (c *commit) putGone(ctx context.Context) error {
	var rows [][]any
	for _, uri := range sortedKeys(c.gone) {
		g := c.gone[uri]
		rows = append(rows, []any{uri, g.deleted, g.post.RecheckAt(c.now), c.now})
		if !g.known {
			c.again.Missing++
		}
	}
	return c.tx.put(ctx, putGone, rows)
}
