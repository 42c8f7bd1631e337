package store

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"lama/archive"
)

const (
	attachmentColumns = `post_uri source position:int media_id type alt url remote_url state host`
	insertAttachments = `
INSERT INTO attachments (post_uri, source, position, media_id, type, alt, url, remote_url, state, host, step, gone, attempts)
SELECT post_uri, source, position, media_id, type, alt, url, remote_url, state, host, 0, 0, 0 FROM incoming WHERE true
`
)

var putAttachments = define(attachmentColumns, insertAttachments+`
ON CONFLICT (post_uri, source) DO UPDATE SET position = excluded.position, type = excluded.type, alt = excluded.alt,
    url = excluded.url, remote_url = excluded.remote_url,
    state = CASE WHEN `+elsewhere+` THEN excluded.state ELSE attachments.state END,
    host = CASE WHEN `+elsewhere+` THEN excluded.host ELSE attachments.host END,
    step = CASE WHEN `+elsewhere+` THEN 0 ELSE attachments.step END,
    gone = CASE WHEN `+elsewhere+` THEN 0 ELSE attachments.gone END,
    attempts = CASE WHEN `+elsewhere+` THEN 0 ELSE attachments.attempts END,
    not_before = CASE WHEN `+elsewhere+` THEN NULL ELSE attachments.not_before END`)

// elsewhere says that a file that is not here yet has other addresses now: it is tried anew.
const elsewhere = `attachments.state IN ('pending', 'refused')
    AND (attachments.url <> excluded.url OR attachments.remote_url <> excluded.remote_url)`

// attachments stores the media of the posts whose version in the database this commit made. What an older
// version alone had keeps its row and its file, without a position.
func (c *commit) attachments(ctx context.Context) error {
	c.hosts = map[string]bool{}
	rows := map[[2]string][]any{}
	for _, b := range c.batches {
		for i := range b.Posts {
			p := &b.Posts[i]
			if c.heads[indexable(p.URI)].post != p {
				continue
			}
			for _, a := range p.Media {
				rows[[2]string{indexable(p.URI), indexable(a.Source())}] = c.attachmentRow(p, a)
			}
		}
	}
	before, err := c.heldBy(ctx, c.imports)
	if err != nil {
		return err
	}
	if err := c.withdraw(ctx); err != nil {
		return err
	}
	if err := c.tx.put(ctx, putAttachments, sorted(rows)); err != nil {
		return err
	}
	if err := c.inherit(ctx, before); err != nil {
		return err
	}
	if err := c.olderAttachments(ctx); err != nil {
		return err
	}
	returned, err := c.returned(ctx, rows)
	if err != nil {
		return err
	}
	return c.showAttachments(ctx, append(returned, c.replaced...))
}

// returned are those of the posts of attachments that have files already, as a new one has whose own row was lost.
func (c *commit) returned(ctx context.Context, rows map[[2]string][]any) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var uris []string
	for key := range rows {
		uris = append(uris, key[0])
	}
	return collect(ctx, c.tx, scanString, "SELECT DISTINCT post_uri FROM attachments WHERE sha256 IS NOT NULL AND post_uri "+
		c.tx.among(c.tx.list(1, 1)), listOf(uris))
}

// withdraw takes what the replaced versions had out of their posts. What stood for a file without an address goes, once
// that has one.
func (c *commit) withdraw(ctx context.Context) error {
	if len(c.replaced) == 0 {
		return nil
	}
	var processed [][]any
	for _, uri := range c.replaced {
		for _, a := range c.heads[uri].post.Media {
			if !a.Unprocessed() {
				processed = append(processed, []any{uri, indexable(a.Placeholder())})
			}
		}
	}
	err := c.tx.exec(ctx, fmt.Sprintf(`WITH processed(post_uri, source) AS (%s)
DELETE FROM attachments WHERE (post_uri, source) IN (SELECT post_uri, source FROM processed)`, c.tx.list(1, 2)), list(processed))
	if err != nil {
		return err
	}
	sql := fmt.Sprintf("UPDATE attachments SET position = NULL WHERE post_uri IN (%s)", c.tx.list(1, 1))
	return c.tx.exec(ctx, sql, listOf(c.replaced))
}

var putOlderAttachments = define(attachmentColumns, insertAttachments+` ON CONFLICT (post_uri, source) DO NOTHING`)

// olderAttachments stores the media that only older versions have.
func (c *commit) olderAttachments(ctx context.Context) error {
	rows := map[[2]string][]any{}
	for _, p := range c.older {
		for _, a := range p.Media {
			if !a.Unprocessed() {
				row := c.attachmentRow(p, a)
				row[2] = nil
				rows[[2]string{row[0].(string), row[1].(string)}] = row
			}
		}
	}
	return c.tx.put(ctx, putOlderAttachments, sorted(rows))
}

func (c *commit) attachmentRow(p *archive.Post, a archive.Attachment) []any {
	state, host := "refused", "" // no address: the server is still working on it, or never will have it
	if addresses := (archive.Media{Attachment: a}).Addresses(); len(addresses) > 0 {
		state, host = "pending", HostOf(addresses[0])
		c.hosts[host] = true
	}
	if a.Off {
		state = "off"
	}
	return []any{indexable(p.URI), indexable(a.Source()), a.Position, clean(a.ID), clean(a.Type), clean(a.Alt), clean(a.URL),
		clean(a.RemoteURL), state, host}
}

// HostOf is the media lane that serves an address.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "?"
	}
	return indexable(u.Host)
}

// pendingAttachments is the column posts.attachments before anything was downloaded.
func pendingAttachments(media []archive.Attachment) optional {
	shown := make([][2]string, len(media))
	for i, a := range media {
		shown[i][1] = a.Alt
	}
	return jsonColumn(shown)
}

var updateShown = define("post_uri attachments:json files:int",
	"UPDATE posts SET attachments = i.attachments, files = i.files FROM incoming i WHERE posts.post_uri = i.post_uri")

// showAttachments writes posts.attachments anew: [[path or error, alt]], in the post's order; and posts.files.
func (c *commit) showAttachments(ctx context.Context, uris []string) error {
	if len(uris) == 0 {
		return nil
	}
	uris = slices.Compact(slices.Sorted(slices.Values(uris)))
	shown, here := map[string][][2]string{}, map[string]int64{}
	_, err := collect(ctx, c.tx, func(r rows) (string, error) {
		var uri string
		var a [2]string
		var is int64
		err := r.Scan(&uri, &a[0], &a[1], &is)
		shown[uri] = append(shown[uri], a)
		here[uri] += is
		return uri, err
	}, fmt.Sprintf(`
SELECT a.post_uri, COALESCE(f.path, CASE a.state WHEN 'refused' THEN a.reason END, ''), a.alt,
    CASE WHEN f.path IS NULL THEN 0 ELSE 1 END
FROM attachments a LEFT JOIN files f ON f.sha256 = a.sha256
WHERE a.position IS NOT NULL AND a.post_uri %s ORDER BY a.post_uri, a.position`, c.tx.among(c.tx.list(1, 1))), listOf(uris))
	if err != nil {
		return err
	}
	rows := make([][]any, len(uris))
	for i, uri := range uris {
		rows[i] = []any{uri, jsonColumn(shown[uri]), here[uri]}
	}
	return c.tx.put(ctx, updateShown, rows)
}

var (
	putFiles = define("sha256 size:int type path saved_at:time", `
INSERT INTO files (sha256, size, type, path, saved_at) SELECT sha256, size, type, path, saved_at FROM incoming
WHERE true ON CONFLICT (sha256) DO NOTHING`)

	settleMedia = define("post_uri source step:int sha256 state host next:int gone:int attempts:int not_before:time reason", `
UPDATE attachments SET sha256 = COALESCE(i.sha256, attachments.sha256), state = i.state, host = i.host, step = i.next,
    gone = i.gone, attempts = i.attempts, not_before = i.not_before, reason = i.reason
FROM incoming i
WHERE attachments.post_uri = i.post_uri AND attachments.source = i.source AND attachments.step = i.step
  AND attachments.state = 'pending'`)
)

// files stores what was downloaded, each content once, and settles the attachments' tasks.
func (c *commit) files(ctx context.Context) error {
	files, settles, fetched := map[[2]string][]any{}, map[[2]string][]any{}, map[[2]string]archive.File{}
	var uris []string
	var came []archive.File
	for _, b := range c.batches {
		for _, f := range b.Fetched {
			fetched[[2]string{f.PostURI, f.Source}] = f.File
			files[[2]string{f.File.SHA256}], came = c.fileRow(f.File), append(came, f.File)
		}
		for _, s := range b.Settles {
			if s.Media == nil {
				continue
			}
			key := [2]string{s.Media.PostURI, s.Media.Source()}
			settles[key] = c.mediaRow(s, fetched[key].SHA256)
			uris = append(uris, indexable(s.Media.PostURI))
		}
	}
	if len(settles) == 0 {
		return nil
	}
	if err := c.keepFiles(ctx, files, came); err != nil {
		return err
	}
	if err := c.tx.put(ctx, settleMedia, sorted(settles)); err != nil {
		return err
	}
	return c.showAttachments(ctx, uris)
}

func (c *commit) fileRow(f archive.File) []any { return []any{f.SHA256, f.Size, f.Type, f.Path, c.now} }

// keepFiles stores the rows, by their content, of the files that came for attachments: for one, two may have.
func (c *commit) keepFiles(ctx context.Context, files map[[2]string][]any, came []archive.File) error {
	if err := c.forgetLost(ctx, sorted(files)); err != nil {
		return err
	}
	if err := c.tx.put(ctx, putFiles, sorted(files)); err != nil {
		return err
	}
	return c.findSpare(ctx, came)
}

// forgetLost removes the rows of files whose paths hold other content by now: they were lost, and what came in their place
// has the name.
func (c *commit) forgetLost(ctx context.Context, files [][]any) error {
	return c.tx.put(ctx, define("sha256 size:int type path saved_at:time", `DELETE FROM files
WHERE path `+c.tx.among("SELECT path FROM incoming")+` AND sha256 <> (SELECT i.sha256 FROM incoming i WHERE i.path = files.path)`), files)
}

func (c *commit) mediaRow(s archive.Settle, sha256 string) []any {
	m, step, gone, host := s.Media, s.Step, s.Gone, ""
	if s.State == archive.Refused {
		step, gone = 0, 0 // when it is asked for again, all of it is
	}
	if addresses := m.Addresses(); step < len(addresses) {
		host = HostOf(addresses[step])
		c.hosts[host] = true
	}
	attempts := attemptsAfter(s)
	if s.Gone != m.Gone { // the other address has its own
		attempts = 0
	}
	return []any{indexable(m.PostURI), indexable(m.Source()), m.Step, optional(sha256), string(s.State), host, step, gone, attempts,
		after(s.NotBefore), optional(clean(s.Reason))}
}

// findSpare learns which of these files the archive already had elsewhere: two tasks met the same bytes.
func (c *commit) findSpare(ctx context.Context, came []archive.File) error {
	if len(came) == 0 {
		return nil
	}
	var hashes []string
	placed := map[string][]string{}
	for _, f := range came {
		hashes = append(hashes, f.SHA256)
		placed[f.SHA256] = append(placed[f.SHA256], f.Path)
	}
	_, err := collect(ctx, c.tx, func(r rows) (string, error) {
		var hash, path string
		err := r.Scan(&hash, &path)
		for _, p := range placed[hash] {
			if p != path {
				c.spare = append(c.spare, p)
			}
		}
		return hash, err
	}, fmt.Sprintf("SELECT sha256, path FROM files WHERE sha256 IN (%s)", c.tx.list(1, 1)), listOf(hashes))
	return err
}

// KnownFile finds a file by its content.
func (s *Store) KnownFile(ctx context.Context, sha256 string) (archive.File, bool, error) {
	var files []archive.File
	err := s.read(ctx, func(t tx) (err error) {
		files, err = collect(ctx, t, func(r rows) (f archive.File, err error) {
			return f, r.Scan(&f.SHA256, &f.Size, &f.Type, &f.Path)
		}, "SELECT sha256, size, type, path FROM files WHERE sha256 = $1", sha256)
		return err
	})
	if err != nil || len(files) == 0 {
		return archive.File{}, false, err
	}
	return files[0], true, nil
}
