package store

import (
	"crypto/sha256"
	"encoding/hex"

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
	draft    *draft        // where there is one
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
			p := &b.Posts[i]
			v, prepared := p.Prepared.(version)
			if !prepared {
				v = versionOf(p)
			}
			all[p] = v
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
