package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"lama/archive"
)

// version is what decides between two renderings of a post.
type version struct {
	hash     string // of the bytes
	content  string // of what people see and edit
	edited   archive.Time
	instance string
	origin   bool
	created  archive.Time
	imported string        // from what, where no server sent it
	vanished bool          // the one in the database is marked as missing, or as deleted
	post     *archive.Post // nil for the version in the database
}

func versionOf(p *archive.Post) version {
	return version{hash: digest(p.JSON), content: contentHash(p, archive.Attachment.Source), edited: p.EditedAt,
		instance: p.Instance, origin: p.Origin, created: p.CreatedAt, imported: p.Imported, post: p}
}

// versionsOf are the versions that arrive with batches.
func versionsOf(batches []archive.Batch) map[*archive.Post]version {
	all := map[*archive.Post]version{}
	for _, b := range batches {
		for i := range b.Posts {
			all[&b.Posts[i]] = versionOf(&b.Posts[i])
		}
	}
	return all
}

// contentHash covers content, warning, media, poll and links, without counters and the viewer's own fields. source
// tells the media apart.
func contentHash(p *archive.Post, source func(archive.Attachment) string) string {
	parts := []string{p.Content, p.SpoilerText}
	for _, l := range p.Links {
		parts = append(parts, "link", l.URL)
	}
	for _, m := range p.Media {
		parts = append(parts, "media", source(m), m.Alt)
	}
	for _, o := range p.PollOptions {
		parts = append(parts, "option", o)
	}
	return digest(parts...)
}

// digest is the first half of a SHA-256, in hexadecimal: enough to tell versions of one post apart. Bytes are not copied.
func digest[T string | []byte](parts ...T) string {
	h, end := sha256.New(), []byte{0}
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write(end)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// supersedes says whether b takes the place of a in posts: what a server sent does so of what was imported; else the
// later edit does; at a tie the same instance's newer answer, else the author's own server, else the instance whose
// name sorts first. What two imports have of one edit stays as it came from a server's API, or else as it came first.
func (b version) supersedes(a version) bool {
	if a.imported != "" && b.imported == "" || a.imported == "" && b.imported != "" {
		return b.imported == ""
	}
	if c := b.edited.Compare(a.edited.Time); c != 0 {
		return c > 0
	}
	if a.imported != "" {
		return a.imported == archive.FromExport && b.imported != archive.FromExport
	}
	if a.instance == b.instance {
		return a.hash != b.hash
	}
	if a.origin != b.origin {
		return b.origin
	}
	return b.instance < a.instance
}

// differs says whether the one that is not in posts must be kept as a revision: another instance's rendering of
// the same edit is none, nor is the post before its media were processed. What was imported is kept where a server has
// something else by now, and none where a server had sent the same edit before.
func (b version) differs(a version) bool {
	if a.content == b.content || a.content == contentHash(b.post, archive.Attachment.Placeholder) {
		return false
	}
	switch again := a.edited.Equal(b.edited.Time); {
	case a.imported != "" && b.imported == "":
		return true
	case a.imported == "" && b.imported != "":
		return !again
	default:
		return a.instance == b.instance || !again
	}
}

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
				c.sent = append(c.sent, archive.Want{Account: b.Account, Kind: archive.TaskAgain, Stored: uri,
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
	c.derived = derive(c.heads, c.fresh, c.replaced)
	var insert, update [][]any
	for _, uri := range c.fresh {
		insert = append(insert, append(c.postRow(c.heads[uri]), c.heads[uri].post.RecheckAt(c.now)))
	}
	for _, uri := range c.replaced {
		update = append(update, c.postRow(c.heads[uri]))
	}
	if err := c.tx.put(ctx, insertPosts, insert); err != nil {
		return err
	}
	return c.tx.put(ctx, updatePosts, update)
}

func (c *commit) postRow(v version) []any {
	p := v.post
	json, verbatim := storablePost(p)
	return []any{
		indexable(p.URI), clean(p.ID), p.Instance, optional(clean(p.URL)), indexable(p.Author), clean(p.Visibility),
		optional(clean(p.Language)), optional(clean(p.SpoilerText)), clean(p.Content), jsonColumn(p.Hashtags),
		jsonColumn(p.Mentions), jsonColumn(p.Links), pendingAttachments(p.Media), jsonColumn(p.PollOptions),
		optional(indexable(p.Reblog)), p.CreatedAt, p.EditedAt, c.orNow(p.FetchedAt), optional(p.FetchedBy), p.AgainAt(c.now),
		p.Origin, v.hash, v.content, json, verbatim, optional(v.imported),
	}
}
