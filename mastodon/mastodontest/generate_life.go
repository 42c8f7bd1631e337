package mastodontest

import (
	"slices"
	"time"
)

// live lets each member do so many things of each kind, in any order.
func (g *generator) live(posts, favourites, bookmarks, mentions, polls int) {
	type deed struct {
		member *Person
		do     func(*Person)
	}
	var deeds []deed
	for _, m := range g.members {
		favourites, bookmarks := favourites, bookmarks
		if m.home.software.NoLink { // of these lists only the first page can be read
			favourites, bookmarks = min(favourites, 10), min(bookmarks, 10)
		}
		for _, kind := range []struct {
			times int
			do    func(*Person)
		}{{posts, g.post}, {favourites, g.favourite}, {bookmarks, g.bookmark}, {mentions, g.mention}, {polls, g.poll}} {
			deeds = append(deeds, slices.Repeat([]deed{{m, kind.do}}, kind.times)...)
		}
	}
	g.Shuffle(len(deeds), func(a, b int) { deeds[a], deeds[b] = deeds[b], deeds[a] })
	for _, d := range deeds {
		if g.chance(20) {
			g.thread(1)
		}
		d.do(d.member)
	}
}

// post is a plain post, a reply or a boost, in the model's mix.
func (g *generator) post(m *Person) {
	switch n := g.IntN(100); {
	case n < 30:
		draft := g.draft(m)
		p := m.Post(g.tick(), draft)
		if draft.Visibility == "" && p.parent == nil {
			g.plain = append(g.plain, p)
		}
	case n < 70:
		g.reply(m)
	default:
		m.Boost(g.tick(), g.liked(m))
	}
}

// reply continues one's own thread, or answers in a thread that is new or is there.
func (g *generator) reply(m *Person) {
	draft := g.draft(m)
	own := m.lastPost()
	switch {
	case g.chance(30) && own != nil:
		draft.ReplyTo = own
	case g.chance(25):
		draft.ReplyTo = pick(g, g.pool)
	default:
		draft.ReplyTo = g.thread(g.depth())
	}
	if author := draft.ReplyTo.author; author != m {
		draft.Text = "@" + author.Handle() + " " + draft.Text
	}
	m.Post(g.tick(), draft)
}

// lastPost is a person's newest post that is no boost, nor for some only; nil where there is none.
func (p *Person) lastPost() *Post {
	for _, post := range slices.Backward(p.posts) {
		if post.boosted == nil && post.visibility == "public" && len(post.now().mentions) == 0 {
			return post
		}
	}
	return nil
}

// depth is how many posts are above a reply: 2.5 on average.
func (g *generator) depth() int {
	n := 1
	for g.chance(60) {
		n++
	}
	return n
}

// thread is strangers talking, each answering the one before; its last post.
func (g *generator) thread(depth int) *Post {
	var last *Post
	for range depth {
		author := pick(g, g.strangers)
		draft := g.draft(author)
		draft.Visibility, draft.ReplyTo = "", last
		last = author.Post(g.tick(), draft)
		g.pool = append(g.pool, last)
	}
	return last
}

// liked is a post of another that somebody likes: recent, old, or of the household.
func (g *generator) liked(m *Person) *Post {
	if g.chance(10) {
		others := slices.DeleteFunc(slices.Clone(g.plain), func(p *Post) bool { return p.author == m })
		if len(others) > 0 {
			return pick(g, others)
		}
	}
	if g.chance(50) {
		return g.pool[len(g.pool)-1-g.IntN(min(len(g.pool), 20))]
	}
	return pick(g, g.pool)
}

func (g *generator) favourite(m *Person) { m.Favourite(g.tick(), g.liked(m)) }

func (g *generator) bookmark(m *Person) { m.Bookmark(g.tick(), g.liked(m)) }

// rediscover lets a member favourite a post of long ago and bookmark another. The first was edited meanwhile, where
// the member's server tells of edits; only one that the member has not favourited is shown again, with its edit.
func (g *generator) rediscover(m *Person) {
	old := g.pool[:len(g.pool)/4]
	for range old {
		if p := pick(g, old); !p.favourites[m] {
			if m.home.software.Edits {
				g.edit(p)
			}
			m.Favourite(g.tick(), p)
			break
		}
	}
	m.Bookmark(g.tick(), pick(g, old))
}

// mention is a stranger who writes to the member, in public, for followers or to nobody else.
func (g *generator) mention(m *Person) {
	author := pick(g, g.strangers)
	draft := g.draft(author)
	draft.Text = "@" + m.Handle() + " " + draft.Text
	draft.Visibility = pick(g, []string{"", "", "unlisted", "private", "direct"})
	if own := m.lastPost(); own != nil && g.chance(50) {
		draft.ReplyTo = own
	}
	author.Post(g.tick(), draft)
}

// poll is one of the member's, or of a stranger's in which the member voted; it has ended.
func (g *generator) poll(m *Person) {
	author := m
	if g.chance(50) {
		author = pick(g, g.strangers)
	}
	poll := &Poll{Options: []string{"tea", "coffee ☕", "水"}, Ends: g.now.Add(24 * time.Hour), Multiple: g.chance(30)}
	p := author.Post(g.tick(), Draft{Text: "Which one?", Language: "en", Poll: poll})
	for _, voter := range append([]*Person{m}, g.strangers[:3]...) {
		voter.Vote(p, g.IntN(3))
	}
	p.EndPoll(g.tick())
}

// edit lets a post's author change the text.
func (g *generator) edit(p *Post) {
	draft := p.now().draft
	draft.Text += " (corrected)"
	p.Edit(g.tick(), draft)
}
