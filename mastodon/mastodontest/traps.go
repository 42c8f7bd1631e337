package mastodontest

import "fmt"

// traps gives a member what is rare and difficult. None of it is touched by anybody else, so that the member's
// server alone decides what can be archived.
func (g *generator) traps(m *Person) {
	for _, trap := range []func(*Person){
		g.deepChain, g.cycleOfLinks, g.quotes, g.deletedParent, g.privateParents, g.purged, g.muted, g.lostMentions,
		g.edits, g.brokenMedia,
	} {
		trap(m)
	}
}

// deepChain is a chain of replies with more posts than anybody follows; the member favourites its end.
func (g *generator) deepChain(m *Person) {
	var last *Post
	for n := range g.mix.Depth {
		last = pick(g, g.strangers).Post(g.tick(), Draft{Text: fmt.Sprint("Link ", n+1, " of a chain"), ReplyTo: last})
	}
	m.Favourite(g.tick(), last)
	m.Bookmark(g.tick(), last)
}

// cycleOfLinks is three posts that link to each other in a ring, and one that links to itself.
func (g *generator) cycleOfLinks(m *Person) {
	first := pick(g, g.strangers).Say(g.tick(), "the ring begins")
	second := pick(g, g.strangers).Say(g.tick(), "before me was "+first.url)
	third := pick(g, g.strangers).Say(g.tick(), "before me was "+second.uri)
	first.Edit(g.tick(), Draft{Text: "the ring begins, and ends with " + third.url})
	m.Bookmark(g.tick(), second)
	own := m.Say(g.tick(), "I mean this")
	own.Edit(g.tick(), Draft{Text: "I mean this: " + own.url + " and https://gone.example/@nobody/109288424242424242"})
}

// quotes are a ring of three quotes, a quote that was not accepted, and one of a post that was deleted, where the
// member's server tells of quotes.
func (g *generator) quotes(m *Person) {
	if m.home.software.Quotes == QuoteNone {
		return
	}
	first := pick(g, g.strangers).Say(g.tick(), "quote me")
	second := pick(g, g.strangers).Post(g.tick(), Draft{Text: "as he says", Quote: first})
	third := pick(g, g.strangers).Post(g.tick(), Draft{Text: "as she says", Quote: second})
	first.Edit(g.tick(), Draft{Text: "quote me, and I quote you", Quote: third})
	m.Favourite(g.tick(), second)
	m.Boost(g.tick(), third)
	m.Post(g.tick(), Draft{Text: "they quote in circles", Quote: third})
	if m.home.software.Quotes != QuoteState {
		return
	}
	m.Post(g.tick(), Draft{Text: "may I?", Quote: pick(g, g.pool), QuoteState: "pending"})
	doomed := pick(g, g.strangers).Say(g.tick(), "soon gone")
	m.Post(g.tick(), Draft{Text: "hear, hear", Quote: doomed})
	doomed.Delete()
}

// deletedParent is a reply to a post that was deleted, and a link to it; a boost and a favourite of it vanish.
func (g *generator) deletedParent(m *Person) {
	above := pick(g, g.strangers).Say(g.tick(), "somebody wrong on the internet")
	doomed := pick(g, g.strangers).Post(g.tick(), Draft{Text: "I shall regret this", ReplyTo: above})
	m.Post(g.tick(), Draft{Text: "You will.", ReplyTo: doomed})
	m.Say(g.tick(), "Look at that: "+doomed.url)
	m.Boost(g.tick(), doomed)
	m.Favourite(g.tick(), doomed)
	doomed.Delete()
}

// privateParents are replies to posts for followers: of one the member is a follower, of the other not.
func (g *generator) privateParents(m *Person) {
	friend, stranger := pick(g, g.strangers), pick(g, g.strangers)
	for friend == stranger {
		stranger = pick(g, g.strangers)
	}
	m.Follow(g.tick(), friend)
	for _, author := range []*Person{friend, stranger} {
		secret := author.Post(g.tick(), Draft{Text: "for friends only", Visibility: "private"})
		answer := pick(g, g.strangers).Post(g.tick(), Draft{Text: "told nobody", ReplyTo: secret})
		m.Favourite(g.tick(), answer)
	}
}

// purged is a reply of the member's to a post, and a mention, that the member's server has forgotten since.
func (g *generator) purged(m *Person) {
	if len(g.distant) == 0 {
		return
	}
	above := pick(g, g.distant).Say(g.tick(), "will it last?")
	m.Post(g.tick(), Draft{Text: "no", ReplyTo: above})
	mention := pick(g, g.distant).Say(g.tick(), "@"+m.Handle()+" remember me")
	m.home.Purge(above)
	m.home.Purge(mention)
}

// muted is a chain with a post of somebody whom the member mutes, and a mention by one whose notifications
// are filtered.
func (g *generator) muted(m *Person) {
	noisy := m.home.Person("noisy_" + m.user)
	m.Mute(noisy)
	m.Filter(noisy)
	loud := noisy.Say(g.tick(), "LISTEN")
	answer := pick(g, g.strangers).Post(g.tick(), Draft{Text: "no", ReplyTo: loud})
	m.Favourite(g.tick(), answer)
	noisy.Say(g.tick(), "@"+m.Handle()+" LISTEN")
}

// lostMentions are mentions whose posts were deleted.
func (g *generator) lostMentions(m *Person) {
	for range 2 {
		pick(g, g.strangers).Say(g.tick(), "@"+m.Handle()+" oops, wrong person").Delete()
	}
}

// edits are posts that were edited before the member saw them.
func (g *generator) edits(m *Person) {
	p := pick(g, g.strangers).Say(g.tick(), "teh cat")
	p.Edit(g.tick(), Draft{Text: "the cat", Warning: "cat"})
	p.Edit(g.tick(), Draft{Text: "the cat #cat", Warning: "cat", Media: []Media{{Alt: "a cat"}}})
	m.Favourite(g.tick(), p)
	own := m.Say(g.tick(), "I was wrong")
	own.Edit(g.tick(), Draft{Text: "I was right"})
}

// brokenMedia are files that are missing at one address or at both, that a server must fetch again, and that are
// the same twice.
func (g *generator) brokenMedia(m *Person) {
	if len(g.distant) == 0 {
		return
	}
	files := []Media{
		{Alt: "no copy", CopyGone: true}, {Alt: "nowhere", CopyGone: true, OriginalGone: true},
		{Alt: "to be fetched again", Copy: CopyProxied}, {Alt: "never fetched", Copy: CopyNone},
		{Alt: "the same", Same: "heron " + m.Handle()}, {Alt: "the same, again", Same: "heron " + m.Handle()},
		{Alt: "large", Type: "video", Size: 300_000},
	}
	if !m.home.software.NoCache {
		files = append(files, Media{Alt: "no original", OriginalGone: true})
	}
	for _, file := range files {
		m.Bookmark(g.tick(), pick(g, g.distant).Post(g.tick(), Draft{Text: file.Alt, Media: []Media{file}}))
	}
}
