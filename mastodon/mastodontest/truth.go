package mastodontest

import (
	"cmp"
	"maps"
	"slices"

	"lama/archive"
)

// Truth is what an archive of a household must hold, told from the graph alone.
type Truth struct {
	Posts      map[string]TruePost // by URI
	Activities []archive.Activity  // sorted; ID only where Distance is 0, no Envelope
	Files      map[TrueFile]string // SHA-256 in hexadecimal; empty: no address has the file
	Lost       []archive.Lost      // sorted; no JSON
}

// TruePost is a post as the archive has it.
type TruePost struct {
	URI        string
	Author     string // user@host
	Visibility string
	Content    string // as text, without the fallback of a quote that a server shows; a boost has none
	Reblog     string // the URI of what a boost boosts
	EditedAt   archive.Time
	Wrapper    archive.Name // a boost: its id on its author's instance
	Synthetic  bool         // a boost whose server gives it its target's URI: URI is Wrapper instead
}

// TrueFile is an attachment of a post that is no boost.
type TrueFile struct {
	PostURI  string
	Position int // from 0
}

// Truth tells what an archive of the household must hold. keep says which bases are wanted, nil wants all; own
// posts are always kept, their boosts go with [archive.BaseReblog].
//
// From each base activity the chains follow their own kind only, at most limits hops; a derived activity stands
// for the shortest way of one hop or more, so a post in a cycle also has one of its own. A parent or a quoted
// post counts if the account's server shows it to the account. A link counts if that server finds it by search,
// or if anybody of the household archived its target as public or unlisted.
//
// The truth is of now: what was deleted before is not in it. Of a household whose servers disagree about a post
// (only one knows quotes, only one purged a parent) each account's own view counts.
func (w *World) Truth(household []*Person, limits archive.Limits, keep map[archive.Base]bool) Truth {
	w.mu.RLock()
	defer w.mu.RUnlock()
	t := newTeller(limits, keep)
	for known := -1; known < len(t.shared); { // what one finds by a link another may have archived
		known = len(t.shared)
		for _, p := range household {
			t.account(p)
		}
	}
	return t.truth(household)
}

// reason is why a post is archived.
type reason struct {
	person *Person
	post   *Post
	base   archive.Base
	chain  archive.Chain
}

// teller gathers the reasons and their distances.
type teller struct {
	limits archive.Limits
	keep   map[archive.Base]bool
	found  map[reason]int
	shared map[*Post]bool // archived as public or unlisted by anybody
	gets   func(reference) bool
}

// newTeller makes one to whom an account gets what its server, or somebody of the household, can give it.
func newTeller(limits archive.Limits, keep map[archive.Base]bool) *teller {
	t := &teller{limits: limits, keep: keep, found: make(map[reason]int), shared: make(map[*Post]bool)}
	t.gets = t.can
	return t
}

func (t *teller) kept(base archive.Base) bool { return t.keep == nil || t.keep[base] }

// account finds everything that one account leads to.
func (t *teller) account(p *Person) {
	bases := t.bases(p)
	for base, posts := range bases {
		for _, chain := range archive.Chains {
			t.follow(p, base, chain, posts)
		}
	}
}

// bases are the posts that an account did something with.
func (t *teller) bases(p *Person) map[archive.Base][]*Post {
	bases := make(map[archive.Base][]*Post)
	add := func(base archive.Base, post *Post) {
		if t.kept(base) || base == archive.BasePost {
			bases[base] = append(bases[base], post)
			t.find(reason{p, post, base, archive.ChainNone}, 0)
		}
	}
	for _, post := range p.posts {
		switch {
		case !p.sees(post) || post.boosted != nil && !t.kept(archive.BaseReblog):
			continue
		case post.boosted != nil:
			add(archive.BaseReblog, post.boosted)
		}
		add(archive.BasePost, post)
	}
	for _, r := range p.favourites {
		add(archive.BaseFavourite, r.post)
	}
	for _, r := range p.bookmarks {
		add(archive.BaseBookmark, r.post)
	}
	for _, n := range p.notifications {
		if base := archive.Base(n.kind); !n.lost && (base == archive.BaseMention || base == archive.BasePoll) {
			add(base, n.post)
		}
	}
	return bases
}

func (t *teller) find(r reason, distance int) {
	t.found[r] = distance
	if archive.Public(r.post.visibility) {
		t.shared[r.post] = true
	}
}

// follow walks one chain from posts, breadth first.
func (t *teller) follow(p *Person, base archive.Base, chain archive.Chain, posts []*Post) {
	seen := make(map[*Post]bool)
	for distance := 1; distance <= t.limits[chain] && len(posts) > 0; distance++ {
		var next []*Post
		for _, post := range posts {
			for _, r := range p.references(chain, post) {
				if !seen[r.to] && t.gets(r) {
					seen[r.to] = true
					t.find(reason{p, r.to, base, chain}, distance)
					next = append(next, r.to)
				}
			}
		}
		posts = next
	}
}

// sorted are the reasons in the order of the activities.
func (t *teller) sorted() []reason {
	return slices.SortedFunc(maps.Keys(t.found), func(a, b reason) int {
		return cmp.Or(cmp.Compare(a.person.Handle(), b.person.Handle()), cmp.Compare(a.base, b.base),
			cmp.Compare(a.chain, b.chain), cmp.Compare(a.post.seq, b.post.seq))
	})
}
