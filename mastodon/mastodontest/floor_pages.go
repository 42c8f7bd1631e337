package mastodontest

import "lama/archive"

// pages is how many pages of a size so many things take.
func pages(things, size int) int { return (things + size - 1) / size }

// walked is how many requests it takes to read a collection to its end, by so many items a page as are asked for.
func (g pager) walked(items, asked int) int {
	if g.most > 0 {
		asked = min(asked, g.most)
	}
	switch {
	case g.noLink || items == 0:
		return 1
	case g.nextAlways:
		return pages(items, asked) + 1
	}
	return items/asked + 1
}

// contents are the numbers of an account's things that its server shows and an archive wants.
type contents struct{ statuses, favourites, bookmarks, notifications int }

func (p *Person) contents() contents {
	var c contents
	for _, post := range p.posts {
		if p.sees(post) {
			c.statuses++
		}
	}
	for _, n := range p.notifications {
		base := archive.Base(n.kind)
		if p.home.software.IgnoresTypes || base == archive.BaseMention || base == archive.BasePoll ||
			n.kind == "update" {
			c.notifications++
		}
	}
	c.favourites, c.bookmarks = len(p.favourites), len(p.bookmarks)
	return c
}

// read reads an account's collections to their ends. Pages are as large as is decent to ask for. Mastodon before 4.3
// may leave a row out, and with it the next link of a page that is not the last one: one more request must confirm the
// end of one's own posts (mastodon-api.md §1.1).
func (f *frugal) read(p *Person) {
	decent, s, c := 40, p.home.software, p.contents()
	if s.goToSocial() {
		decent = 100
	}
	statuses, rows := p.home.pager(), p.home.rowsPager()
	f.Pages += statuses.walked(c.statuses, decent) + rows.walked(c.favourites, decent) +
		rows.walked(c.bookmarks, decent) + p.home.notificationsPager().walked(c.notifications, 80)
	if s.mastodon() && s.API == 0 && c.statuses%decent > 0 {
		f.Pages++
	}
	f.got[p] = make(map[*Post]bool)
	for _, posts := range newTeller(f.limits, nil).bases(p) {
		for _, post := range posts {
			f.receive(p, post)
		}
	}
}

// probes are the requests that tell what the server can do: of itself, under an older name where it must, and of its
// nodeinfo.
func (i *Instance) probes() int {
	if i.software.V2 {
		return 3
	}
	return 4
}

// LAMA is how many requests LAMA 1.1 spends on the same (mastodon-api.md §7): pages of 25, one request for the parent
// of every reply, and three for every link.
func (w *World) LAMA(p *Person, limits archive.Limits) int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	t := newTeller(limits, nil)
	t.account(p)
	replies, links := make(map[*Post]bool), make(map[[2]*Post]bool)
	for r := range t.found {
		if r.chain != archive.ChainLink && r.chain != archive.ChainQuote {
			for _, to := range p.references(archive.ChainParent, r.post) {
				replies[to.from] = true
			}
		}
		if r.chain == archive.ChainNone || r.chain == archive.ChainLink {
			for _, to := range p.references(archive.ChainLink, r.post) {
				links[[2]*Post{to.from, to.to}] = true
			}
		}
	}
	c := p.contents()
	return pages(c.statuses, 25) + 1 + pages(c.favourites, 25) + 2 + pages(c.bookmarks, 25) + 2 +
		pages(c.notifications, 25) + 2 + 2 + len(replies) + 3*len(links)
}
