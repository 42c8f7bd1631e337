package mastodontest

import (
	"net/url"
	"strings"
	"sync"
	"time"
)

// World is a fediverse: instances, their people, and what these posted. It is safe for use by several
// goroutines; what changes it is seen by the next request.
type World struct {
	// Now is the clock of rate limits and of the life of OAuth codes; time.Now unless it is set before the
	// first request. The times of posts are those that the test gives.
	Now func() time.Time

	mu        sync.RWMutex // guards the graph: everything below and all that hangs on it
	instances map[string]*Instance
	hosts     []string // in the order of their making
	people    []*Person
	posts     []*Post
	files     []*attachment
	names     map[string]*Post // by uri, url and every instance's own view of it
	rows      uint64
	generator *generator // nil for a world made by hand
	observer  observer
}

// New makes an empty world.
func New() *World {
	return &World{Now: time.Now, instances: make(map[string]*Instance), names: make(map[string]*Post)}
}

// Instances lists the servers in the order in which they were made.
func (w *World) Instances() []*Instance {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := make([]*Instance, len(w.hosts))
	for i, host := range w.hosts {
		all[i] = w.instances[host]
	}
	return all
}

// Find gives the post that a URI or URL means, also one that was deleted; nil for none.
func (w *World) Find(address string) *Post {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.find(address)
}

func (w *World) find(address string) *Post {
	if post := w.names[address]; post != nil {
		return post
	}
	u, err := url.Parse(address)
	if err != nil || w.instances[u.Host] == nil {
		return nil
	}
	return w.instances[u.Host].viewed(u.Path)
}

// person gives the person of a handle, user@host.
func (w *World) person(handle string) *Person {
	user, host, _ := strings.Cut(handle, "@")
	if i := w.instances[host]; i != nil {
		return i.people[user]
	}
	return nil
}

// row is the next number of a sequence that favourites, bookmarks and notifications share.
func (w *World) row() uint64 {
	w.rows++
	return w.rows
}
