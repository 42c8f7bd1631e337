package mastodontest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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
	t := &teller{limits: limits, keep: keep, found: make(map[reason]int), shared: make(map[*Post]bool)}
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
			for _, target := range t.steps(p, chain, post) {
				if !seen[target] {
					seen[target] = true
					t.find(reason{p, target, base, chain}, distance)
					next = append(next, target)
				}
			}
		}
		posts = next
	}
}

// steps are the posts that a post leads an account to by one hop. A boost leads nowhere: its target does.
func (t *teller) steps(p *Person, chain archive.Chain, post *Post) []*Post {
	v := view{inst: p.home, viewer: p}
	if post.boosted != nil {
		return nil
	}
	switch chain {
	case archive.ChainParent:
		above := v.above(post)
		if ghost, _ := v.ghosts(post); ghost != nil {
			above = ghost // found by its address
		}
		if above != nil && v.shows(above) {
			return []*Post{above}
		}
	case archive.ChainQuote:
		if quoted := v.told(post); quoted != nil {
			return []*Post{quoted}
		}
	case archive.ChainLink:
		return t.linked(v, post)
	}
	return nil
}

// linked are the posts that a post links to and the account can get, itself and what it quotes left out. Where the
// account's server does not show the quote, its fallback is a link as any other.
func (t *teller) linked(v view, post *Post) []*Post {
	now := post.now()
	links, known := slices.Clone(now.links), []*Post{post}
	if quoted := v.told(post); quoted != nil {
		known = append(known, quoted)
	} else if now.draft.Quote != nil {
		links = append(links, now.draft.Quote.target().url)
	}
	var targets []*Post
	for _, link := range links {
		target := post.world.find(link)
		if target != nil && target.boosted == nil && !slices.Contains(known, target) && t.gets(v, link, target) {
			targets, known = append(targets, target), append(known, target)
		}
	}
	return targets
}

// gets says whether an account can get the target of a link: its server finds it, or shows it under that address
// and so names its id, or somebody of the household archived it and the link is one of its own two addresses.
func (t *teller) gets(v view, link string, target *Post) bool {
	local := strings.HasPrefix(link, v.inst.BaseURL()+"/")
	return (v.inst.software.Search || local) && v.shows(target) ||
		t.shared[target] && (link == target.uri || link == target.url)
}

// told is the post that a server says p quotes, by showing it or by its address; nil where it says none.
func (v view) told(p *Post) *Post {
	if _, ghost := v.ghosts(p); ghost != nil && v.shows(ghost) {
		return ghost
	}
	_, quoted := v.quoted(p)
	return quoted
}

// sorted are the reasons in the order of the activities.
func (t *teller) sorted() []reason {
	return slices.SortedFunc(maps.Keys(t.found), func(a, b reason) int {
		return cmp.Or(cmp.Compare(a.person.Handle(), b.person.Handle()), cmp.Compare(a.base, b.base),
			cmp.Compare(a.chain, b.chain), cmp.Compare(a.post.seq, b.post.seq))
	})
}
