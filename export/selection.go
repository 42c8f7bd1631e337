// Package export takes posts out of an archive, into formats that other programs read and people may publish.
//
// Which posts leave is decided here once for all formats: by [Selection], which knows them through the store's rule alone.
// What hangs on a post that stays leaves with none: not its files, quotes and replies, nor who did what with it; of a file
// that such a post shares with another not even the name.
package export

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"lama/archive"
	"lama/disk"
	"lama/search"
	"lama/store"
)

// Visibilities are those that an export may name, the widest first. A post with another one, as some servers have, stays.
var Visibilities = []string{"public", "unlisted", "private", "direct"}

// Selection says which posts leave an archive, and what is told of them.
type Selection struct {
	Store        *store.Store
	Query        search.Query // of the posts; boosts that say nothing of their own go with what they boost
	Accounts     []string     // user@instance: only posts that are here for one of these; none: for any
	Visibilities []string     // of [Visibilities]; a boost leaves where what it boosts has one of these too
	Doings       bool         // tell also who favourited, bookmarked, voted on and was told what
}

// Post is a post that leaves.
type Post struct {
	store.Hit              // the row, without what the archive keeps for itself and what speaks of who asked
	Seen      store.Seen   // with files, what it boosts and quotes, and links, as far as these leave
	Deeds     []store.Deed // that may be told
}

// Bare says whether a post is a boost that says nothing of its own.
func (p Post) Bare() bool { return p.Reblog != "" && p.Content == "" }

// Viewer is for whose eyes an export is: what is read for it may leave.
func (s Selection) Viewer() store.Viewer {
	return store.Viewer{Own: s.Accounts, All: len(s.Accounts) == 0,
		Leave: &store.Leave{Visibilities: s.Visibilities, Doings: s.Doings}}
}

// atOnce is how many posts are held in memory, and as many more as boost these.
const atOnce = 200

// Posts reads the posts that leave, the newest first, each boost after what it boosts. It holds a few hundred of them.
func (s Selection) Posts(ctx context.Context) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		for page := (store.Page{Limit: atOnce}); ; {
			hits, err := s.Store.Search(ctx, s.Viewer(), s.Query, page)
			posts, err := s.dress(ctx, hits.Posts, err)
			if err != nil {
				yield(Post{}, err)
				return
			}
			for _, p := range posts {
				if !yield(p, nil) {
					return
				}
			}
			if page.After = hits.Next; page.After == 0 {
				return
			}
		}
	}
}

// dress adds to the posts that a search found their boosts, and to all what belongs to them.
func (s Selection) dress(ctx context.Context, hits []store.Hit, err error) ([]Post, error) {
	if err != nil || len(hits) == 0 {
		return nil, err
	}
	boosts, err := s.Store.Boosts(ctx, s.Viewer(), uris(hits))
	if err != nil {
		return nil, err
	}
	hits = beside(hits, boosts)
	seen, err := s.Store.Posts(ctx, s.Viewer(), uris(hits))
	if err != nil {
		return nil, err
	}
	deeds, err := s.Store.Deeds(ctx, s.Viewer(), uris(hits))
	if err != nil {
		return nil, err
	}
	return gather(hits, seen, deeds), nil
}

// beside puts each boost after what it boosts.
func beside(hits, boosts []store.Hit) (all []store.Hit) {
	of := map[string][]store.Hit{}
	for _, b := range boosts {
		of[b.Reblog] = append(of[b.Reblog], b)
	}
	for _, h := range hits {
		all = append(append(all, h), of[h.URI]...)
	}
	return all
}

func uris(hits []store.Hit) []string {
	all := make([]string, len(hits))
	for i, h := range hits {
		all[i] = h.URI
	}
	return all
}

// gather joins what belongs together. A post that was there a moment ago and is no longer to leave is left out.
func gather(hits []store.Hit, seen []store.Seen, deeds []store.Deed) (posts []Post) {
	sight, done := map[string]store.Seen{}, map[string][]store.Deed{}
	for _, s := range seen {
		sight[s.URI] = s
	}
	for _, d := range deeds {
		done[d.PostURI] = append(done[d.PostURI], d)
	}
	for _, h := range hits {
		if s, ok := sight[h.URI]; ok {
			posts = append(posts, Post{outward(h, s), s, done[h.URI]})
		}
	}
	return posts
}

// outward is a row as others may have it. The archive's own bookkeeping stays, a note that a person wrote beside the post,
// and the hash of bytes that had something to say of who asked.
func outward(h store.Hit, s store.Seen) store.Hit {
	h.FetchedBy, h.Verbatim, h.Hash, h.Note = "", nil, "", ""
	h.RecheckAt, h.AgainAt = archive.Time{}, archive.Time{}
	h.JSON = s.JSON
	h.Attachments = slices.Clone(h.Attachments)
	for i, a := range h.Attachments {
		if here := i >= len(s.Files) || s.Files[i].SHA256 != ""; here && !strings.HasPrefix(a[0], named(h)) {
			h.Attachments[i] = []string{"", a[1]} // another post's name: that had the same content before
		}
	}
	return h
}

// named is how the paths of a post's own files begin.
func named(h store.Hit) string {
	first := archive.Media{PostURI: h.URI, PostID: h.PostID, Author: h.Author, CreatedAt: h.CreatedAt}
	return strings.TrimSuffix(disk.MediaPath(first, ""), "00")
}

// Check says whether the selection is one that can be made.
func (s Selection) Check() error {
	if len(s.Visibilities) == 0 {
		return fmt.Errorf("no visibility is named: choose some of %s", strings.Join(Visibilities, ", "))
	}
	for _, v := range s.Visibilities {
		if !slices.Contains(Visibilities, v) {
			return fmt.Errorf("%q is no visibility: choose some of %s", v, strings.Join(Visibilities, ", "))
		}
	}
	return nil
}
