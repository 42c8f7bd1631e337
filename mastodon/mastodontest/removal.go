package mastodontest

import "slices"

// Delete deletes a post everywhere, as its author does: its boosts, favourites and bookmarks go with it, replies
// lose their parent, and the notifications of it stay without a status.
func (p *Post) Delete() {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.delete()
}

func (p *Post) delete() {
	if p.deleted {
		return
	}
	p.deleted = true
	for _, boost := range p.boosts {
		boost.delete()
	}
	p.author.posts = slices.DeleteFunc(p.author.posts, func(other *Post) bool { return other == p })
	for _, host := range p.world.hosts {
		p.world.instances[host].forget(p)
	}
}

// Purge forgets another server's post, as Mastodon's content retention does: the favourites, bookmarks and
// boosts of the instance's own people go with it, replies lose their parent, and notifications stay without a
// status. A search for its URL fetches it again, under a new id.
func (i *Instance) Purge(p *Post) {
	i.world.mu.Lock()
	defer i.world.mu.Unlock()
	for _, boost := range p.boosts {
		if boost.author.home == i {
			boost.delete()
		}
	}
	for _, reply := range p.replies {
		i.severed[reply] = true
	}
	for _, quoter := range p.quoters {
		i.unquoted[quoter] = true
	}
	i.forget(p)
	i.statuses.add(p, i.software.IDs.at(p.created, scatter(i.host+" again", p.seq)))
}

// forget removes what the instance's people did with a post.
func (i *Instance) forget(p *Post) {
	for _, person := range i.people {
		person.unfavourite(p)
		person.unbookmark(p)
		for _, n := range person.notifications {
			if n.post == p {
				n.lost = true
			}
		}
	}
}
