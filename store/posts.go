package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"lama/archive"
)

// posts stores the best version of each post and keeps the others as revisions.
func (c *commit) posts(ctx context.Context) error {
	if err := c.findGone(ctx); err != nil {
		return err
	}
	heads, err := c.readHeads(ctx)
	if err != nil {
		return err
	}
	stored := map[string]bool{}
	c.dates = map[string]archive.Time{}
	for uri, head := range heads {
		stored[uri], c.dates[uri] = true, head.created
		if head.imported != "" {
			c.imports = append(c.imports, uri)
		}
	}
	var old []string      // URIs whose version in the database becomes a revision
	var revisions [][]any // versions from this commit that do
	changed := map[string]bool{}
	for _, b := range c.batches {
		for i := range b.Posts {
			next := c.arriving[&b.Posts[i]]
			uri := indexable(next.post.URI)
			head, known := heads[uri]
			loser := next
			if !known || next.supersedes(head) {
				heads[uri], changed[uri], loser = next, true, head
			}
			switch {
			case !known || !next.differs(head):
			case loser.post == nil:
				old = append(old, uri)
			default:
				revisions, c.older = append(revisions, c.revisionRow(loser)), append(c.older, loser.post)
			}
			if stored[uri] {
				c.meet(b, next, head)
			}
			if next.imported == "" && head.imported != "" {
				c.needless = append(c.needless, archive.Want{Account: b.Account, Kind: archive.TaskAgain,
					Name: archive.IDName(next.instance, next.post.ID)})
			}
		}
	}
	if err := c.keepRevisions(ctx, old, revisions); err != nil {
		return err
	}
	c.heads = heads
	if err := c.putPosts(ctx, changed, stored); err != nil {
		return err
	}
	if err := c.putNotes(ctx); err != nil {
		return err
	}
	return c.putMet(ctx)
}

// readHeads reads the versions in the database of the posts that arrive, of those that are gone, and of those that a file
// arrives for: two files of one post may come at once, and each shows both. Those that may change are locked; what most
// runs read is not.
func (c *commit) readHeads(ctx context.Context) (map[string]version, error) {
	changing := sortedKeys(c.gone)
	var uris []string
	for _, b := range c.batches {
		for _, s := range b.Settles {
			if s.Media != nil {
				changing = append(changing, indexable(s.Media.PostURI))
			}
		}
		for _, p := range b.Versions {
			changing = append(changing, indexable(p.URI))
		}
		for _, p := range b.Posts {
			if rereads(b) {
				changing = append(changing, indexable(p.URI))
			}
			uris = append(uris, indexable(p.URI))
		}
	}
	heads, err := c.headsOf(ctx, uris)
	if err != nil {
		return nil, err
	}
	for post, v := range c.arriving {
		uri := indexable(post.URI)
		if head, stored := heads[uri]; stored && (head.hash != v.hash || head.imported != v.imported || head.vanished) {
			changing = append(changing, uri)
		}
	}
	if len(changing) == 0 {
		return heads, nil
	}
	err = c.tx.lock(ctx, "SELECT 1 "+c.fromPosts(), listOf(changing))
	if err != nil {
		return nil, err
	}
	locked, err := c.headsOf(ctx, changing)
	maps.Copy(heads, locked)
	return heads, err
}

// fromPosts is the rest of a SELECT of the posts whose URIs are its only argument.
func (c *commit) fromPosts() string {
	return fmt.Sprintf("FROM posts WHERE post_uri IN (%s) ORDER BY post_uri", c.tx.list(1, 1))
}

func (c *commit) headsOf(ctx context.Context, uris []string) (map[string]version, error) {
	heads := map[string]version{}
	if len(uris) == 0 {
		return heads, nil
	}
	_, err := collect(ctx, c.tx, func(r rows) (uri string, err error) {
		var v version
		err = r.Scan(&uri, &v.hash, &v.content, scanTime{&v.edited}, &v.instance, &v.origin, scanTime{&v.created},
			scanText{&v.imported}, &v.vanished)
		heads[uri] = v
		return uri, err
	}, `SELECT post_uri, hash, content_hash, edited_at, instance, origin, created_at, imported,
COALESCE(missing_since, deleted_at) IS NOT NULL `+c.fromPosts(), listOf(uris))
	return heads, err
}

var putRevisions = define("post_uri content_hash edited_at:time instance fetched_at:time json verbatim:bytes imported", `
INSERT INTO revisions (post_uri, content_hash, edited_at, instance, fetched_at, json, verbatim, imported)
SELECT post_uri, content_hash, edited_at, instance, fetched_at, json, verbatim, imported FROM incoming WHERE true
ON CONFLICT (post_uri, content_hash) DO NOTHING`)

func (c *commit) revisionRow(v version) []any {
	json, verbatim := storablePost(v.post)
	return []any{indexable(v.post.URI), v.content, v.edited, v.instance, c.orNow(v.post.FetchedAt), json, verbatim,
		optional(v.imported)}
}

func (c *commit) keepRevisions(ctx context.Context, old []string, new [][]any) error {
	if len(old) > 0 {
		err := c.tx.exec(ctx, fmt.Sprintf(`
INSERT INTO revisions (post_uri, content_hash, edited_at, instance, fetched_at, json, verbatim, imported)
SELECT post_uri, content_hash, edited_at, instance, fetched_at, CAST(json AS text), verbatim, imported FROM posts
WHERE post_uri IN (%s) ORDER BY post_uri ON CONFLICT (post_uri, content_hash) DO NOTHING`, c.tx.list(1, 1)), listOf(old))
		if err != nil {
			return err
		}
	}
	slices.SortFunc(new, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)))
	})
	new = slices.CompactFunc(new, func(a, b []any) bool { return a[0] == b[0] && a[1] == b[1] })
	return c.tx.put(ctx, putRevisions, new)
}

const postColumns = `post_uri post_id instance url author visibility language spoiler_text content hashtags:json
mentions:json links:json attachments:json poll_options:json reblog created_at:time edited_at:time fetched_at:time
fetched_by again_at:time origin:bool hash content_hash json:json verbatim:bytes imported`

const postNames = `post_uri, post_id, instance, url, author, visibility, language, spoiler_text, content, hashtags,
mentions, links, attachments, poll_options, reblog, created_at, edited_at, fetched_at, fetched_by,
again_at, origin, hash, content_hash, json, verbatim, imported`

var (
	// Its age makes a post due, however often pages bring it: only that it was asked for moves the date.
	insertPosts = define(postColumns+" recheck_at:time",
		`INSERT INTO posts (`+postNames+`, recheck_at) SELECT `+postNames+`, recheck_at FROM incoming`)
	updatePosts = define(postColumns, `UPDATE posts SET (`+postNames+`) = (i.`+
		joinNames(postColumns, ", i.")+`) FROM incoming i WHERE posts.post_uri = i.post_uri`)
)

func (c *commit) putPosts(ctx context.Context, changed, stored map[string]bool) error {
	for _, uri := range sortedKeys(changed) {
		if stored[uri] {
			c.replaced = append(c.replaced, uri)
		} else {
			c.fresh = append(c.fresh, uri)
		}
	}
	insert, update := c.rowsOf(c.fresh), c.rowsOf(c.replaced)
	c.deriving = c.deriveAll(c.heads, c.fresh, c.replaced)
	if err := c.tx.put(ctx, insertPosts, insert); err != nil {
		return err
	}
	return c.tx.put(ctx, updatePosts, update)
}

// rowsOf are the rows of posts' versions that stand in posts from now on. Each has a draft then.
func (c *commit) rowsOf(uris []string) [][]any {
	rows := make([][]any, len(uris))
	for i, uri := range uris {
		v := c.heads[uri]
		if v.draft == nil {
			v.draft = c.draft(v, c.now)
			c.heads[uri] = v
		}
		rows[i] = v.draft.row
	}
	return rows
}
