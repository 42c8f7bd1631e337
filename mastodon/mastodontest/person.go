package mastodontest

import (
	"slices"
	"time"

	"lama/archive"
)

// Person is somebody with an account on an instance.
type Person struct {
	world   *World
	home    *Instance
	seq     uint64
	user    string
	uri     string
	url     string
	created time.Time

	posts         []*Post // by id at home, oldest first
	favourites    []row   // oldest first
	bookmarks     []row
	notifications []*notification
	follows       map[*Person]bool
	mutes         map[*Person]bool
	blocks        map[*Person]bool
	filters       map[*Person]bool
	hides         []filter
	moved         *Person
	avatar        string // its name; empty: none
}

// row is a favourite or a bookmark; its id is the hidden cursor of the collection.
type row struct {
	id   string
	post *Post
}

func (r row) cursor() string { return r.id }

// notification tells a person of something.
type notification struct {
	id   string
	kind string
	at   time.Time
	from *Person
	post *Post // nil for a follow
	lost bool  // the post was deleted, or forgotten by this server
}

// Person gives the instance's person of that name, and makes them where there is none yet. The first person of
// an instance is signed in.
func (i *Instance) Person(user string) *Person {
	w := i.world
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := i.people[user]; p != nil {
		return p
	}
	seq := uint64(len(w.people) + 1)
	p := &Person{
		world: w, home: i, seq: seq, user: user,
		created: time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seq) * time.Minute),
		follows: make(map[*Person]bool), mutes: make(map[*Person]bool), filters: make(map[*Person]bool),
		blocks: make(map[*Person]bool),
	}
	for _, host := range w.hosts {
		w.instances[host].meet(p)
	}
	p.uri, p.url = p.addresses()
	w.people = append(w.people, p)
	i.people[user] = p
	if i.first == nil {
		i.first = p
	}
	return p
}

// addresses are the person's uri and url.
func (p *Person) addresses() (uri, url string) {
	base := p.home.BaseURL()
	switch {
	case p.home.software.misskey():
		return base + "/users/" + p.home.accounts.ids[p], base + "/@" + p.user
	case p.home.software.pleroma():
		return base + "/users/" + p.user, base + "/users/" + p.user
	case p.home.numericActors:
		return base + "/ap/users/" + p.home.accounts.ids[p], base + "/@" + p.user
	}
	return base + "/users/" + p.user, base + "/@" + p.user
}

// User is the name without the host.
func (p *Person) User() string { return p.user }

// Instance is the person's server.
func (p *Person) Instance() *Instance { return p.home }

// Handle is user@host.
func (p *Person) Handle() string { return p.user + "@" + p.home.host }

// Account is the person as an account of the household.
func (p *Person) Account() archive.Account {
	return archive.Account{User: p.user, Instance: p.home.host, Scheme: p.home.scheme}
}

// acct is the handle as an instance writes it: without the host for its own people.
func (p *Person) acct(i *Instance) string {
	if p.home == i {
		return p.user
	}
	return p.Handle()
}

// Follow lets p see what other posts for followers, and tells other.
func (p *Person) Follow(at time.Time, other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.follows[other] = true
	other.notify(at, "follow", p, nil)
}

// Unfollow ends that.
func (p *Person) Unfollow(other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	delete(p.follows, other)
}

// Block hides other's posts from p as Mute does, and those of p from other altogether.
func (p *Person) Block(other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.blocks[other] = true
}

// Mute hides other's posts from p in batches and contexts; asked for alone they are shown.
func (p *Person) Mute(other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.mutes[other] = true
}

// Filter hides other's notifications from p unless include_filtered is asked for.
func (p *Person) Filter(other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.filters[other] = true
}

func (p *Person) notify(at time.Time, kind string, from *Person, post *Post) {
	if from == p && kind != "poll" {
		return
	}
	n := &notification{id: p.home.rowID(at), kind: kind, at: at, from: from, post: post}
	p.notifications = insert(p.notifications, n, func(n *notification) string { return n.id })
}

// sees says whether p's server would show p a post: one that is there, and meant for p. Nobody, p nil, sees
// what is public or unlisted.
func (p *Person) sees(post *Post) bool {
	switch {
	case post.deleted:
		return false
	case post.boosted != nil && !p.sees(post.boosted), p != nil && post.author.blocks[p]:
		return false
	case archive.Public(post.visibility):
		return true
	case p == nil:
		return false
	}
	return post.author == p || slices.Contains(post.now().mentions, p) ||
		post.visibility == "private" && p.follows[post.author]
}
