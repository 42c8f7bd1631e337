package mastodontest

import "slices"

// view is the world as an instance shows it to one of its people, or to nobody. Its methods want the graph's
// lock to be held.
type view struct {
	inst   *Instance
	viewer *Person // nil without a token
}

// shows says whether the view has a post.
func (v view) shows(p *Post) bool { return v.viewer.sees(p) }

// lists says whether a batch or a context has a post: those of muted people are left out of these.
func (v view) lists(p *Post) bool {
	return v.shows(p) && (v.viewer == nil || !v.viewer.mutes[p.author] && !v.viewer.blocks[p.author])
}

// above is what p replies to; nil where it is no reply, or where the server does not have the parent: it was
// deleted or purged, or it never came here.
func (v view) above(p *Post) *Post {
	if p.parent == nil || p.parent.deleted || v.inst.severed[p] || !v.inst.has(p.parent) {
		return nil
	}
	return p.parent
}

// parent is in_reply_to_id.
func (v view) parent(p *Post) any {
	if above := v.above(p); above != nil {
		return v.inst.statuses.ids[above]
	}
	if ghost, _ := v.ghosts(p); ghost != nil {
		return ghostID
	}
	return nil
}

// ghostID is Akkoma's id of a post that exists, but not here; asking for it gives 404.
const ghostID = "_"

// ghosts are the parent of p and what it quotes, where the server names them without having them.
func (v view) ghosts(p *Post) (parent, quoted *Post) {
	if !v.inst.software.Ghosts {
		return nil, nil
	}
	if p.parent != nil && !p.parent.deleted && v.above(p) == nil {
		parent = p.parent
	}
	if q := p.now().draft.Quote; q != nil && !q.target().deleted && v.inst.unquoted[p] {
		quoted = q.target()
	}
	return parent, quoted
}

// has says whether a post ever came to the instance: it is public, or it is one of its own people's, or meant
// for one of them.
func (i *Instance) has(p *Post) bool {
	if p.author.home == i || (*Person)(nil).sees(p) {
		return true
	}
	for _, person := range i.people {
		if person.sees(p) {
			return true
		}
	}
	return false
}

// quoted is the post that p quotes and the state of that, where the instance tells of quotes.
func (v view) quoted(p *Post) (state string, quoted *Post) {
	draft := p.now().draft
	quoted = draft.Quote
	switch {
	case quoted == nil || v.inst.software.Quotes == QuoteNone:
		return "", nil
	case quoted.target().deleted || v.inst.unquoted[p]:
		return "deleted", nil
	case v.inst.software.Quotes == QuoteState && draft.QuoteState != "" && draft.QuoteState != "accepted":
		return draft.QuoteState, nil
	case !v.shows(quoted.target()):
		return "unauthorized", nil
	}
	return "accepted", quoted.target()
}

// ancestors are the posts above p, the root first: the chain of parents, or on some software all earlier posts
// of the conversation.
func (v view) ancestors(p *Post) []*Post {
	var chain []*Post
	seen := map[*Post]bool{p: true}
	for at := v.above(p); at != nil && !seen[at]; at = v.above(at) {
		seen[at] = true
		chain = append(chain, at)
	}
	slices.Reverse(chain)
	if v.inst.software.Conversation && len(chain) > 0 {
		chain = append(chain[:1], v.below(chain[0])...)
		chain = slices.DeleteFunc(chain, func(o *Post) bool { return o == p || !o.created.Before(p.created) })
		v.byID(chain)
	}
	return slices.DeleteFunc(chain, func(o *Post) bool { return !v.lists(o) })
}

// below are the replies to p and theirs, depth first.
func (v view) below(p *Post) []*Post {
	var all []*Post
	for _, reply := range p.replies {
		if v.above(reply) != nil && v.lists(reply) {
			all = append(append(all, reply), v.below(reply)...)
		}
	}
	return all
}

// byID sorts posts from old to new.
func (v view) byID(posts []*Post) {
	ids := v.inst.statuses.ids
	slices.SortFunc(posts, func(a, b *Post) int { return compareIDs(ids[a], ids[b]) })
}
