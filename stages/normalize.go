package stages

import (
	"cmp"
	"context"
	"fmt"

	"lama/archive"
	"lama/mastodon"
)

// View is how one account sees the fediverse, and what it wants to keep of it.
type View struct {
	Account  archive.Account
	Domain   string // of the handles of the instance's own users; empty where that is the instance itself
	Reblogs  bool   // keep boosts
	Mentions bool   // keep the posts of notifications of the type mention
	Polls    bool   // keep the posts of notifications of the type poll
	Doings   bool   // believe what a status tells of the account's own doings
}

// Normalizer turns the answers of servers into posts, and what an account did with them into activities. It is
// a pure function of the page: no request, no clock, no database.
type Normalizer struct {
	// View gives the view of an account by its name.
	View func(account string) View
	// Malformed is told of every item that is kept out because nothing could name it; the rest of its page
	// goes on. It may be nil, and is called by several workers at a time.
	Malformed func(account string, item []byte, err error)
}

// Normalize is the batch that a page makes. What a server nests (the target of a boost, a quoted post) becomes a
// post of its own, after the one around it: the first post of a search is the answer. Which rows of the frontier
// that settles is left to the recursion.
func (n Normalizer) Normalize(_ context.Context, p archive.Page) (archive.Batch, error) {
	account := p.Task.Lane.Owner
	h := newHarvest(n.View(account), len(p.Statuses), func(item []byte, err error) {
		if n.Malformed != nil {
			n.Malformed(account, item, err)
		}
	})
	switch kind := p.Task.Lane.Kind; {
	case p.Task.Walk != nil:
		for _, s := range p.Statuses {
			h.collect(p.Task.Walk.Collection, s.JSON)
		}
	case kind == archive.TaskPosts:
		for _, s := range p.Statuses {
			h.keep(s.JSON, archive.Activity{})
		}
	case kind == archive.TaskAgain:
		for _, s := range p.Statuses {
			h.keep(s.JSON, archive.Activity{})
			h.stands(s.JSON)
		}
	case kind == archive.TaskHistory:
		h.history(p.Task.Wants[0].Head, p.Statuses)
	case kind == archive.TaskSearch:
		for _, s := range p.Statuses[:min(1, len(p.Statuses))] {
			h.keep(s.JSON, archive.Activity{})
		}
	default:
		return archive.Batch{}, fmt.Errorf("normalize an answer for %s: not a task of this stage", p.Task.Lane)
	}
	return archive.Batch{
		Account:    account,
		Posts:      h.posts,
		Versions:   h.versions,
		Activities: h.activities,
		Doings:     h.doings,
		Lost:       h.lost,
		Walk:       p.Task.Walk,
		Step:       p.Step,
		Outcome:    p.Outcome,
		Profile:    profile(n.View(account), p),
		Keys:       p.Task.Keys(),
		After:      p.Task.After,
		Lane:       p.Task.Lane,
		Wants:      p.Task.Wants,
		Aliases:    aliases(p, h.posts),
	}, nil
}

// profile is what the top page of an account's own posts says of the account; nil on other pages, and where there are none.
func profile(v View, p archive.Page) *archive.Profile {
	w := p.Task.Walk
	if w == nil || w.Collection != archive.Statuses || w.Next != "" || len(p.Statuses) == 0 {
		return nil
	}
	s := mastodon.DecodeStanding(p.Statuses[0].JSON)
	return &archive.Profile{Statuses: s.Statuses, MovedTo: v.handle(s.Moved), Newest: archive.ParseTime(s.CreatedAt)}
}

// aliases says which posts names mean: the URL of a search what was found, and a boost that was asked for what it
// boosts, since nobody replies to or quotes a boost.
func aliases(p archive.Page, posts []archive.Post) map[archive.Name]string {
	if p.Task.Walk != nil || p.Task.Lane.Kind == archive.TaskHistory || len(posts) == 0 {
		return nil
	}
	aliases := map[archive.Name]string{}
	for _, post := range posts {
		if post.Reblog != "" {
			aliases[archive.IDName(post.Instance, post.ID)] = post.Reblog
		}
	}
	if p.Task.Lane.Kind == archive.TaskSearch && len(p.Statuses) > 0 {
		aliases[p.Statuses[0].Want] = cmp.Or(posts[0].Reblog, posts[0].URI)
	}
	return aliases
}

// collect takes an item of a collection in.
func (h *harvest) collect(c archive.Collection, item []byte) {
	switch c {
	case archive.Statuses:
		h.keep(item, archive.Activity{Base: archive.BasePost})
	case archive.Favourites:
		h.keep(item, archive.Activity{Base: archive.BaseFavourite})
	case archive.Bookmarks:
		h.keep(item, archive.Activity{Base: archive.BaseBookmark})
	case archive.Notifications:
		h.notify(item)
	}
}

// notify takes a notification in. Servers that filter by type differently, or not at all, are filtered here.
func (h *harvest) notify(item []byte) {
	n, err := mastodon.DecodeNotification(item)
	if err != nil {
		h.malformed(item, err)
		return
	}
	if n.Type == "update" && n.Status != nil { // of a post that is stored, for some other reason
		h.keep(n.Status, archive.Activity{})
		return
	}
	base := archive.Base(n.Type)
	if !(base == archive.BaseMention && h.view.Mentions || base == archive.BasePoll && h.view.Polls) {
		return
	}
	if n.Status == nil {
		h.lost = append(h.lost, archive.Lost{
			Account:   h.view.Account.Name(),
			ID:        n.ID,
			Base:      base,
			Author:    h.view.handle(n.Account),
			CreatedAt: archive.ParseTime(n.CreatedAt),
			JSON:      item,
		})
		return
	}
	h.keep(n.Status, archive.Activity{Base: base, ID: n.ID, Envelope: envelope(item)})
}
