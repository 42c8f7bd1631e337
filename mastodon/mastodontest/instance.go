package mastodontest

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Instance is a server.
type Instance struct {
	world    *World
	host     string
	scheme   string
	software Software

	numericActors  bool
	refuseGranular bool
	denies         bool
	throttles      []Throttle
	mux            *http.ServeMux
	handler        http.Handler

	people   map[string]*Person
	first    *Person
	statuses index[*Post]
	accounts index[*Person]
	media    index[*attachment]
	severed  map[*Post]bool // replies whose parent this server has forgotten
	unquoted map[*Post]bool // quoting posts whose quoted post it has forgotten

	mu     sync.Mutex // guards what follows
	signed *Person
	oauth  oauth
	usage  map[string]int
	rules  []*rule
	down   bool
}

// Option changes an instance that is being made.
type Option func(*Instance)

// PlainHTTP lets the instance's addresses begin with http.
func PlainHTTP(i *Instance) { i.scheme = "http" }

// NumericActors gives people URIs such as /ap/users/1234, as Mastodon does since 4.5.
func NumericActors(i *Instance) { i.numericActors = true }

// RefuseGranular refuses apps that ask for more than read, write, follow and push.
func RefuseGranular(i *Instance) { i.refuseGranular = true }

// Denies answers every request for authorisation with access_denied.
func Denies(i *Instance) { i.denies = true }

// RateLimited turns on the rate limits that the instance's software has.
func RateLimited(i *Instance) { i.throttles = i.software.RateLimits }

// RateLimit turns on these rate limits.
func RateLimit(throttles ...Throttle) Option {
	return func(i *Instance) { i.throttles = throttles }
}

// Instance makes a server. It knows every post of the world, as if all had federated to it. A host is made
// once: to ask for one that is there panics.
func (w *World) Instance(host string, software Software, options ...Option) *Instance {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.instances[host] != nil {
		panic("mastodontest: there is an instance " + host)
	}
	i := &Instance{
		world: w, host: host, scheme: "https", software: software,
		people: make(map[string]*Person), statuses: newIndex[*Post](), accounts: newIndex[*Person](),
		media: newIndex[*attachment](), severed: make(map[*Post]bool), unquoted: make(map[*Post]bool),
		oauth: newOAuth(host), usage: make(map[string]int),
	}
	for _, option := range options {
		option(i)
	}
	i.mux = i.routes()
	i.handler = w.observed(i, i.faulty(i.polite(i.limited(i.mux))))
	w.instances[host] = i
	w.hosts = append(w.hosts, host)
	for _, p := range w.people {
		i.meet(p)
	}
	for _, p := range w.posts {
		i.learn(p)
	}
	for _, f := range w.files {
		i.media.add(f, i.software.IDs.at(f.post.created, scatter(host+" media", f.seq)))
	}
	return i
}

// Host is the instance's name, with the port where it has one.
func (i *Instance) Host() string { return i.host }

// BaseURL is the instance's address without a trailing slash.
func (i *Instance) BaseURL() string { return i.scheme + "://" + i.host }

// Software is what the instance runs.
func (i *Instance) Software() Software { return i.software }

// ID is the post's id on this instance; empty where it does not have the post.
func (i *Instance) ID(p *Post) string {
	i.world.mu.RLock()
	defer i.world.mu.RUnlock()
	return i.statuses.ids[p]
}

// View is the address under which this instance shows another one's post to people. For its own posts it is
// their URL; GoToSocial shows no others'.
func (i *Instance) View(p *Post) string {
	switch {
	case p.author.home == i || i.software.goToSocial():
		return p.url
	case i.software.pleroma():
		return i.BaseURL() + "/notice/" + i.ID(p)
	case i.software.misskey():
		return i.BaseURL() + "/notes/" + i.ID(p)
	}
	return fmt.Sprintf("%s/@%s/%s", i.BaseURL(), p.author.Handle(), i.ID(p))
}

// viewed finds the post that a path of this instance shows: its last element is the id, and a handle before that
// must be the author's.
func (i *Instance) viewed(address string) *Post {
	p := i.statuses.things[path.Base(address)]
	if p == nil {
		return nil
	}
	_, after, named := strings.Cut(address, "/@")
	handle, _, _ := strings.Cut(after, "/")
	if named && handle != p.author.acct(i) {
		return nil
	}
	return p
}

// meet gives a person an id here.
func (i *Instance) meet(p *Person) {
	i.accounts.add(p, i.software.IDs.at(p.created, scatter(i.host, p.seq)))
}

// learn gives a post an id here.
func (i *Instance) learn(p *Post) {
	i.statuses.add(p, i.software.IDs.at(p.created, scatter(i.host, p.seq)))
}

// rowID is the id of a favourite, a bookmark or a notification: a plain sequence on Mastodon.
func (i *Instance) rowID(at time.Time) string {
	n := i.world.row()
	if i.software.IDs == Snowflake {
		return fmt.Sprint(n)
	}
	return i.software.IDs.at(at, n<<1)
}
