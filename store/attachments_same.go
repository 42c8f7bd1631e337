package store

import (
	"context"
	"strings"

	"lama/archive"
)

// held is an attachment of a post as it is in the database.
type held struct{ source, id, sha256 string }

// heldBy reads the attachments of posts.
func (c *commit) heldBy(ctx context.Context, uris []string) (map[string][]held, error) {
	all := map[string][]held{}
	if len(uris) == 0 {
		return all, nil
	}
	_, err := collect(ctx, c.tx, func(r rows) (uri string, err error) {
		var h held
		err = r.Scan(&uri, &h.source, &h.id, scanText{&h.sha256})
		all[uri] = append(all[uri], h)
		return uri, err
	}, "SELECT post_uri, source, media_id, sha256 FROM attachments WHERE post_uri "+c.tx.among(c.tx.list(1, 1)), listOf(uris))
	return all, err
}

// inherit gives attachments whose version has taken an import's place the files that the import had for them: an export
// does not say where a file lay, and its server may have moved since.
func (c *commit) inherit(ctx context.Context, before map[string][]held) error {
	rows := map[[2]string][]any{}
	for _, uri := range c.replaced {
		for _, a := range c.heads[uri].post.Media {
			for _, h := range before[uri] {
				if h.sha256 != "" && h.source != a.Source() && same(h.source, a.Source(), a.ID) {
					rows[[2]string{uri, indexable(a.Source())}] = []any{uri, indexable(a.Source()), h.sha256}
				}
			}
		}
	}
	return c.tx.put(ctx, putPlaced, sorted(rows))
}

// retarget is the attachment, among those that a post has by now, that an import's file is for; the import's own where
// there is none.
func retarget(source string, now []held) string {
	for _, h := range now {
		if h.source == source {
			return source
		}
	}
	for _, h := range now {
		if same(source, h.source, h.id) {
			return h.source
		}
	}
	return source
}

// same says whether what an import calls a file is one that a server gives this address and this id: they have the id in
// common, which stands in Mastodon's addresses, or instead of one.
func same(imported, address, id string) bool {
	own, unnamed := strings.CutPrefix(imported, archive.Attachment{}.Placeholder())
	if !unnamed {
		own = fileID(imported)
	}
	return own != "" && (own == fileID(address) || unnamed && own == id)
}

// fileID is the id in the address of a file of Mastodon: /media_attachments/files/109/365/046/original/…
func fileID(address string) string {
	_, rest, ok := strings.Cut(address, "/media_attachments/files/")
	id, _, named := strings.Cut(rest, "/original/")
	if !ok || !named {
		return ""
	}
	return strings.ReplaceAll(id, "/", "")
}
