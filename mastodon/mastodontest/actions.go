package mastodontest

import (
	"cmp"
	"slices"
	"time"
)

// Post posts a draft and tells those whom it mentions.
func (p *Person) Post(at time.Time, draft Draft) *Post {
	w := p.world
	w.mu.Lock()
	defer w.mu.Unlock()
	post := w.add(&Post{
		author: p, created: at, visibility: cmp.Or(draft.Visibility, "public"), parent: draft.ReplyTo,
		favourites: make(map[*Person]bool), bookmarks: make(map[*Person]bool), votes: make(map[*Person][]int),
	})
	if post.parent != nil {
		post.parent = post.parent.target()
		post.parent.replies = append(post.parent.replies, post)
	}
	post.revise(at, draft)
	return post
}

// Say posts a public text.
func (p *Person) Say(at time.Time, text string) *Post { return p.Post(at, Draft{Text: text}) }

// Boost boosts a post; a boost of a boost boosts what that does.
func (p *Person) Boost(at time.Time, post *Post) *Post {
	w := p.world
	w.mu.Lock()
	defer w.mu.Unlock()
	post = post.target()
	boost := w.add(&Post{author: p, created: at, visibility: post.visibility, boosted: post})
	post.boosts = append(post.boosts, boost)
	post.author.notify(at, "reblog", p, post)
	return boost
}

// add gives a new post its ids and addresses and its place among its author's.
func (w *World) add(post *Post) *Post {
	post.world, post.seq = w, uint64(len(w.posts)+1)
	w.posts = append(w.posts, post)
	for _, host := range w.hosts {
		w.instances[host].learn(post)
	}
	post.uri, post.url = post.addresses()
	w.names[post.uri], w.names[post.url] = post, post
	ids := post.author.home.statuses.ids
	post.author.posts = insert(post.author.posts, post, func(p *Post) string { return ids[p] })
	return post
}

// revise makes a draft the post's newest version and tells those whom it mentions for the first time. A file that
// stays as it was stays the same file.
func (p *Post) revise(at time.Time, draft Draft) {
	before := p.now()
	v := version{at: at, draft: draft, body: p.world.write(draft, p.author.home)}
	for position, m := range draft.Media {
		if position < len(before.files) && before.files[position].drafted == m {
			v.files = append(v.files, before.files[position])
			continue
		}
		v.files = append(v.files, p.attach(position, m))
	}
	p.versions = append(p.versions, v)
	if q := draft.Quote; q != nil {
		q.quoters = append(q.quoters, p)
	}
	for _, person := range v.mentions {
		if !slices.Contains(before.mentions, person) {
			person.notify(at, "mention", p.author, p)
		}
	}
}

// Edit replaces what the post says, quotes, asks and shows; whom it answers and who sees it stay. Who boosted it is told,
// where the server tells of edits.
func (p *Post) Edit(at time.Time, draft Draft) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.revise(at, draft)
	for _, boost := range p.boosts {
		if fan := boost.author; !boost.deleted && fan.home.software.updates() {
			fan.notify(at, "update", p.author, p)
		}
	}
}

// Process ends the processing of a post's files.
func (p *Post) Process() {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	for _, f := range p.now().files {
		f.Processing = false
	}
}

// Favourite favourites a post; that of a boost is stored on what it boosts.
func (p *Person) Favourite(at time.Time, post *Post) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	if post = post.target(); !post.favourites[p] {
		post.favourites[p] = true
		p.favourites = insert(p.favourites, p.row(at, post), row.cursor)
		post.author.notify(at, "favourite", p, post)
	}
}

// row is a favourite or a bookmark of p's.
func (p *Person) row(at time.Time, post *Post) row {
	if p.home.software.PostCursors {
		return row{p.home.statuses.ids[post], post}
	}
	return row{p.home.rowID(at), post}
}

// Bookmark bookmarks a post; that of a boost is stored on what it boosts.
func (p *Person) Bookmark(at time.Time, post *Post) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	if post = post.target(); !post.bookmarks[p] {
		post.bookmarks[p] = true
		p.bookmarks = insert(p.bookmarks, p.row(at, post), row.cursor)
	}
}

// Unboost takes all boosts of a post back.
func (p *Person) Unboost(post *Post) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	for _, boost := range post.target().boosts {
		if boost.author == p {
			boost.delete()
		}
	}
}

// Unfavourite takes a favourite back.
func (p *Person) Unfavourite(post *Post) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.unfavourite(post.target())
}

func (p *Person) unfavourite(post *Post) {
	delete(post.favourites, p)
	p.favourites = slices.DeleteFunc(p.favourites, func(r row) bool { return r.post == post })
}

// Unbookmark takes a bookmark back.
func (p *Person) Unbookmark(post *Post) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.unbookmark(post.target())
}

func (p *Person) unbookmark(post *Post) {
	delete(post.bookmarks, p)
	p.bookmarks = slices.DeleteFunc(p.bookmarks, func(r row) bool { return r.post == post })
}

// Vote votes in a post's poll.
func (p *Person) Vote(post *Post, choices ...int) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	post.votes[p] = choices
}

// EndPoll ends a post's poll and tells its author and all who voted.
func (p *Post) EndPoll(at time.Time) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.ended = true
	for _, person := range p.world.people {
		if _, voted := p.votes[person]; voted || person == p.author {
			person.notify(at, "poll", p.author, p)
		}
	}
}
