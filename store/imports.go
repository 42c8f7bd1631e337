package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// storablePost is what stands in the columns json and verbatim of a post. What was received in another form than that of
// the API stands beside what was made of it.
func storablePost(p *archive.Post) (text string, verbatim any) {
	text, verbatim = storable(p.JSON)
	if p.Received != nil {
		verbatim = p.Received
	}
	return text, verbatim
}

// orNow is a time that an import tells, or this commit's.
func (c *commit) orNow(t archive.Time) archive.Time { return orElse(t, c.now) }

func orElse(t, other archive.Time) archive.Time {
	if t.IsZero() {
		return other
	}
	return t
}

var putNotes = define("post_uri note",
	"UPDATE posts SET note = i.note FROM incoming i WHERE posts.post_uri = i.post_uri AND COALESCE(posts.note, '') = ''")

// putNotes takes over what people wrote beside their posts, where they have written nothing here.
func (c *commit) putNotes(ctx context.Context) error {
	rows := map[[2]string][]any{}
	for p := range c.arriving {
		if uri := indexable(p.URI); p.Note != "" {
			rows[[2]string{uri}] = []any{uri, clean(p.Note)}
		}
	}
	return c.tx.put(ctx, putNotes, sorted(rows))
}

var putEnvelopes = define("account post_uri base activity_id envelope imported unwritten:bool", `
UPDATE activities SET activity_id = i.activity_id, envelope = i.envelope, imported = i.imported, unwritten = i.unwritten
FROM incoming i
WHERE activities.account = i.account AND activities.post_uri = i.post_uri AND activities.base = i.base AND activities.chain = ''
    AND (activities.envelope IS NULL OR activities.imported IS NOT NULL AND i.imported IS NULL)`)

// completes says whether the notification of a takes the place of what the same activity b has: as of [putEnvelopes].
func completes(a, b archive.Activity) bool {
	return len(a.Envelope) > 0 && (len(b.Envelope) == 0 || b.Imported != "" && a.Imported == "")
}

// envelopes completes activities that an import knew without their notifications, and replaces notifications that it had by
// those that a server sends. The activities of new posts came with theirs.
func (c *commit) envelopes(ctx context.Context) error {
	rows := map[[3]string][]any{}
	for _, b := range c.batches {
		for _, a := range b.Activities {
			if uri := indexable(a.PostURI); len(a.Envelope) > 0 && !c.isNew(uri) {
				envelope, _ := storable(a.Envelope)
				rows[[3]string{a.Account, uri, string(a.Base)}] = []any{a.Account, uri, string(a.Base), clean(a.ID), envelope,
					optional(a.Imported), c.rules.JSON}
			}
		}
	}
	return c.tx.put(ctx, putEnvelopes, sorted(rows))
}

var putPlaced = define("post_uri source sha256", `
UPDATE attachments SET sha256 = i.sha256, state = 'done', attempts = 0, not_before = NULL, reason = NULL
FROM incoming i
WHERE attachments.post_uri = i.post_uri AND attachments.source = i.source AND attachments.state <> 'done'`)

// placed gives the files that an import has put into the data folder to their attachments, under whatever address a server
// has given these meanwhile. Where the archive has another version of the post, which has other files, they are kept as an
// older version's are.
func (c *commit) placed(ctx context.Context) error {
	files, came := map[[2]string][]any{}, []archive.File{}
	older, placed := map[[2]string][]any{}, map[[2]string][]any{}
	uris := c.placedFor()
	if len(uris) == 0 {
		return nil
	}
	now, err := c.heldBy(ctx, uris)
	if err != nil {
		return err
	}
	for _, b := range c.batches {
		for _, f := range b.Placed {
			uri := indexable(f.PostURI)
			key := [2]string{uri, retarget(indexable(f.Source), now[uri])}
			placed[key] = []any{key[0], key[1], f.File.SHA256}
			files[[2]string{f.File.SHA256}], came = c.fileRow(f.File), append(came, f.File)
			if row := c.olderRow(b, f); row != nil && row[1] == key[1] {
				older[key] = row
			}
		}
	}
	if err := c.tx.put(ctx, putOlderAttachments, sorted(older)); err != nil {
		return err
	}
	if err := c.keepFiles(ctx, files, came); err != nil {
		return err
	}
	if err := c.tx.put(ctx, putPlaced, sorted(placed)); err != nil {
		return err
	}
	return c.showAttachments(ctx, uris)
}

// placedFor are the posts of files that an import has brought.
func (c *commit) placedFor() (uris []string) {
	for _, b := range c.batches {
		for _, f := range b.Placed {
			uris = append(uris, indexable(f.PostURI))
		}
	}
	return uris
}

// olderRow is the row of a placed file's attachment, as one that only an older version has.
func (c *commit) olderRow(b archive.Batch, f archive.Fetched) []any {
	for i := range b.Posts {
		p := &b.Posts[i]
		for _, a := range p.Media {
			if p.URI == f.PostURI && a.Source() == f.Source {
				row := c.attachmentRow(p, a)
				row[2] = nil
				return row
			}
		}
	}
	return nil
}

// Compare says what committing posts would change, and changes nothing.
func (s *Store) Compare(ctx context.Context, posts []archive.Post) (r archive.Result, err error) {
	arriving := versionsOf([]archive.Batch{{Posts: posts}})
	var uris []string
	for p := range arriving {
		uris = append(uris, indexable(p.URI))
	}
	var heads map[string]version
	err = s.read(ctx, func(t tx) (err error) {
		heads, err = (&commit{Store: s, tx: t}).headsOf(ctx, uris)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("compare with the archive: %w", err)
	}
	for p, next := range arriving {
		uri := indexable(p.URI)
		switch head, known := heads[uri]; {
		case !known:
			r.New++
		case head.post == nil && next.supersedes(head):
			r.Better++
		default:
			continue
		}
		heads[uri] = next // another version of it counts no more
	}
	return r, nil
}

// Settled says which of these attachments have their files.
func (s *Store) Settled(ctx context.Context, attachments []archive.Fetched) (map[archive.Fetched]bool, error) {
	settled := map[archive.Fetched]bool{}
	var asked [][]any
	for _, a := range attachments {
		asked = append(asked, []any{indexable(a.PostURI), indexable(a.Source)})
	}
	err := s.read(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (f archive.Fetched, err error) {
			err = r.Scan(&f.PostURI, &f.Source)
			settled[f] = true
			return f, err
		}, fmt.Sprintf(`WITH asked(post_uri, source) AS (%s)
SELECT a.post_uri, a.source FROM asked q JOIN attachments a ON a.post_uri = q.post_uri AND a.source = q.source
WHERE a.state = 'done'`, t.list(1, 2)), list(asked))
		return err
	})
	return settled, err
}
