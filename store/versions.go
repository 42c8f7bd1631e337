package store

import (
	"context"

	"lama/archive"
)

// A version of which the archive has another rendering, by the same text or by the same edit, is not kept twice.
var putVersions = define("post_uri content_hash edited_at:time instance fetched_at:time json verbatim:bytes imported", `
INSERT INTO revisions (post_uri, content_hash, edited_at, instance, fetched_at, json, verbatim, imported)
SELECT i.post_uri, i.content_hash, i.edited_at, i.instance, i.fetched_at, i.json, i.verbatim, i.imported FROM incoming i
WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.post_uri = i.post_uri
        AND (p.content_hash = i.content_hash OR p.edited_at IS NOT DISTINCT FROM i.edited_at))
    AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.post_uri = i.post_uri
        AND r.edited_at IS NOT DISTINCT FROM i.edited_at)
ON CONFLICT (post_uri, content_hash) DO NOTHING`)

// versions keeps the older versions of stored posts that their histories told, with the media that only they had.
func (c *commit) versions(ctx context.Context) error {
	rows := map[[3]string][]any{}
	for _, b := range c.batches {
		for i := range b.Versions {
			v := versionOf(&b.Versions[i])
			uri := indexable(v.post.URI)
			if _, stored := c.heads[uri]; !stored {
				continue
			}
			rows[[3]string{uri, v.edited.String(), v.content}] = c.revisionRow(v)
			c.older = append(c.older, v.post)
		}
	}
	return c.tx.put(ctx, putVersions, sorted(rows))
}

const setRemoved = `
UPDATE activities SET removed_at = CASE WHEN i.stands THEN NULL ELSE COALESCE(activities.removed_at, i.now) END
FROM incoming i`

var (
	putDoings = define("account post_uri base stands:bool now:time", setRemoved+`
WHERE activities.account = i.account AND activities.post_uri = i.post_uri AND activities.base = i.base
    AND activities.chain = ''`)

	// The boosts themselves go with what they boost: all, or all but the newest.
	putBoosts = define("account post_uri stands:bool now:time", setRemoved+` JOIN posts w ON w.reblog = i.post_uri
WHERE activities.account = i.account AND activities.post_uri = w.post_uri AND activities.base = 'post'
    AND activities.chain = '' AND (NOT i.stands OR NOT EXISTS (SELECT 1 FROM posts n JOIN activities k ON k.account = i.account
        AND k.post_uri = n.post_uri AND k.base = 'post' AND k.chain = ''
        WHERE n.reblog = i.post_uri AND n.created_at > w.created_at))`)
)

// doings says of the accounts' activities which they took back, and which stand again.
func (c *commit) doings(ctx context.Context) error {
	all, boosts := map[[3]string][]any{}, map[[2]string][]any{}
	for _, b := range c.batches {
		for _, d := range b.Doings {
			uri := indexable(d.PostURI)
			all[[3]string{b.Account, uri, string(d.Base)}] = []any{b.Account, uri, string(d.Base), d.Stands, c.now}
			if d.Base == archive.BaseReblog {
				boosts[[2]string{b.Account, uri}] = []any{b.Account, uri, d.Stands, c.now}
			}
		}
	}
	if err := c.tx.put(ctx, putDoings, sorted(all)); err != nil {
		return err
	}
	return c.tx.put(ctx, putBoosts, sorted(boosts))
}
