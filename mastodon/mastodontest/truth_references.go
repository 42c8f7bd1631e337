package mastodontest

import (
	"slices"
	"strings"

	"lama/archive"
)

// reference is what an account's server tells of where a post leads, by one hop of a chain.
type reference struct {
	person   *Person
	chain    archive.Chain
	from, to *Post
	address  string // how it is named; empty: by its id
}

// references are where a post leads along a chain, if the account can get it or not. A boost leads nowhere: its
// target does.
func (p *Person) references(chain archive.Chain, post *Post) []reference {
	v := view{inst: p.home, viewer: p}
	if post.boosted != nil {
		return nil
	}
	to, quoted := v.above(post), v.told(post)
	ghost, quotedGhost := v.ghosts(post)
	switch chain {
	case archive.ChainLink:
		return p.links(post, quoted)
	case archive.ChainQuote:
		to, ghost = quoted, quotedGhost
	}
	switch {
	case ghost != nil:
		return []reference{{p, chain, post, ghost, ghost.uri}}
	case to != nil:
		return []reference{{p, chain, post, to, ""}}
	}
	return nil
}

// links are the posts that a post links to, itself and what it quotes left out. Where the account's server does not
// show the quote, its fallback is a link as any other.
func (p *Person) links(post, quoted *Post) []reference {
	now := post.now()
	addresses := slices.Clone(now.links)
	if quoted == nil && now.draft.Quote != nil {
		addresses = append(addresses, now.draft.Quote.target().url)
	}
	var all []reference
	for _, address := range addresses {
		to := post.world.find(address)
		if to != nil && to != post && to != quoted && to.boosted == nil {
			all = append(all, reference{p, archive.ChainLink, post, to, address})
		}
	}
	return all
}

// can says whether an account can get what is referred to: its server shows it, or finds it by its address, or names
// its id in that; or somebody of the household archived it and it is called by one of its own two addresses.
func (t *teller) can(r reference) bool {
	v := view{inst: r.person.home, viewer: r.person}
	local := strings.HasPrefix(r.address, v.inst.BaseURL()+"/")
	return (v.inst.software.Search || local || r.address == "") && v.shows(r.to) || t.shared[r.to] && r.own()
}

// own says whether the address is one of the post's own two, and not how some server shows it.
func (r reference) own() bool { return r.address == r.to.uri || r.address == r.to.url }

// told is the post that a server says p quotes, by showing it or by its address; nil where it says none.
func (v view) told(p *Post) *Post {
	if _, ghost := v.ghosts(p); ghost != nil && v.shows(ghost) {
		return ghost
	}
	_, quoted := v.quoted(p)
	return quoted
}
