package stages

import (
	"bytes"
	"runtime"
	"slices"

	"lama/archive"
	"lama/mastodon"
)

// harvest gathers what one page yields.
type harvest struct {
	view       View
	malformed  func(item []byte, err error)
	posts      []archive.Post
	versions   []archive.Post
	activities []archive.Activity
	doings     []archive.Doing
	lost       []archive.Lost
	first      map[string][]byte  // JSON of posts by URI: the first of each
	seen       map[[2]string]bool // further posts by URI and JSON, activities by URI and base
}

func newHarvest(v View, items int, malformed func([]byte, error)) *harvest {
	return &harvest{view: v, malformed: malformed, posts: make([]archive.Post, 0, items),
		first: make(map[string][]byte, items), seen: make(map[[2]string]bool, items)}
}

// reading is a decoded status with what it carries inside.
type reading struct {
	mastodon.Status
	json    []byte
	boosted *reading
	quoted  *reading // only if the quote was accepted
}

// maxNesting bounds how deep quotes are unpacked: each level is scanned again. What lies deeper is still a
// reference, to be asked for.
const maxNesting = 4

// read decodes a status and what it carries. Of what is inside, a malformed part is left out alone.
func (h *harvest) read(json []byte, depth int) *reading {
	s, err := mastodon.DecodeStatus(json)
	if err != nil {
		h.malformed(json, err)
		return nil
	}
	r := &reading{Status: s, json: json}
	if s.Reblog != nil && depth == 0 {
		r.boosted = h.read(s.Reblog, depth+1)
	}
	if s.Quote.Accepted() && s.Quote.Status != nil && depth < maxNesting {
		r.quoted = h.read(s.Quote.Status, depth+1)
	}
	return r
}

// keep takes a status in, and says by a what the account did with it. The base is empty where it did nothing:
// the post is here because another refers to it.
//
// With boosts switched off, one that carries nothing of its own is left out. Where the account favourited or
// bookmarked it, the target stays in its place: that is what it meant, and what Mastodon itself notes.
func (h *harvest) keep(json []byte, a archive.Activity) {
	runtime.Gosched() // as package pipeline says
	r := h.read(json, 0)
	if r == nil {
		return
	}
	if r.boosted == nil {
		h.did(h.add(r, h.view.post(r)), a)
		return
	}
	target := h.view.post(r.boosted)
	wrapper, own := h.view.wrapper(r, target)
	switch {
	case h.view.Reblogs || a.Base == "":
		h.did(h.add(r, wrapper), a)
		if a.Base != "" {
			a = archive.Activity{Base: archive.BaseReblog}
		}
		h.did(h.add(r.boosted, target), a)
	case own:
		h.did(h.add(r, wrapper), a)
	case a.Base != archive.BasePost:
		h.did(h.add(r.boosted, target), a)
	}
}

// add takes a post in, and after it what it quotes. A wrapper that only mirrors its target quotes nothing.
func (h *harvest) add(r *reading, p archive.Post) archive.Post {
	if !h.had(p) {
		h.posts = append(h.posts, p)
	}
	quotes := func(ref archive.Reference) bool { return ref.Chain == archive.ChainQuote }
	if r.quoted != nil && slices.ContainsFunc(p.References, quotes) {
		h.add(r.quoted, h.view.post(r.quoted))
	}
	return p
}

// had says whether the page had a post, by these bytes, before; now it has. Few pages have one twice: only of what comes
// again its JSON is copied for the map.
func (h *harvest) had(p archive.Post) bool {
	first, known := h.first[p.URI]
	switch {
	case !known:
		h.first[p.URI] = p.JSON
		return false
	case bytes.Equal(first, p.JSON):
		return true
	}
	key := [2]string{p.URI, string(p.JSON)}
	had := h.seen[key]
	h.seen[key] = true
	return had
}

// did notes what the account did with a post, once each.
func (h *harvest) did(p archive.Post, a archive.Activity) {
	key := [2]string{p.URI, "activity " + string(a.Base)}
	if a.Base == "" || h.seen[key] {
		return
	}
	h.seen[key] = true
	a.Account, a.PostURI = h.view.Account.Name(), p.URI
	if a.ID == "" {
		a.ID = p.ID
	}
	h.activities = append(h.activities, a)
}
