package stages

import (
	"lama/archive"
	"lama/mastodon"
)

// stands notes what a status tells of the account's own doings with it. A boost's are those of what it boosts, which
// servers tell of in one of the two alone.
func (h *harvest) stands(json []byte) {
	s, err := mastodon.DecodeStatus(json)
	if err != nil || s.Reblog != nil || !h.view.Doings {
		return
	}
	for base, told := range map[archive.Base]mastodon.Told{
		archive.BaseFavourite: s.Favourited, archive.BaseBookmark: s.Bookmarked, archive.BaseReblog: s.Reblogged,
	} {
		if told.Known {
			h.doings = append(h.doings, archive.Doing{PostURI: s.URI, Base: base, Stands: told.Yes})
		}
	}
}

// history takes the versions of a post in. Each says text, warning, media and poll, and lacks all the rest, also the
// mentions and tags by which links are told from names: it is read as the post of now with what it says in its place,
// so that a version comes out the same whether it was seen as a post or is told afterwards.
func (h *harvest) history(head []byte, entries []archive.Raw) {
	now := h.read(head, 0)
	for i, entry := range entries {
		told, err := mastodon.DecodeVersion(entry.JSON)
		switch {
		case err != nil:
			h.malformed(entry.JSON, err)
		case now != nil:
			h.versions = append(h.versions, h.version(*now, told, entry.JSON, i == 0))
		}
	}
}

func (h *harvest) version(r reading, told mastodon.Status, json []byte, first bool) archive.Post {
	made := told.CreatedAt
	if first && archive.ParseTime(made).Equal(archive.ParseTime(r.CreatedAt).Time) {
		made = "" // as it was posted
	}
	r.EditedAt, r.Content, r.SpoilerText, r.Media, r.Poll = made, told.Content, told.SpoilerText, told.Media, told.Poll
	r.json = json
	return h.view.post(&r)
}
