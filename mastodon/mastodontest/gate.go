package mastodontest

import (
	"context"
	"sync"
)

// Gate holds requests before they are answered, until it is released.
type Gate struct {
	match func(Request) bool
	open  chan struct{}

	mu      sync.Mutex
	held    int
	changed chan struct{} // closed when held changes
}

// Hold holds every request that comes from now on and matches; nil matches all.
func (w *World) Hold(match func(Request) bool) *Gate {
	g := &Gate{match: match, open: make(chan struct{}), changed: make(chan struct{})}
	w.observer.mu.Lock()
	defer w.observer.mu.Unlock()
	w.observer.gates = append(w.observer.gates, g)
	return g
}

// Held is how many requests wait at the gate.
func (g *Gate) Held() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

// Wait waits until at least n requests wait at the gate, or the context ends.
func (g *Gate) Wait(ctx context.Context, n int) error {
	for {
		g.mu.Lock()
		held, changed := g.held, g.changed
		g.mu.Unlock()
		if held >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Release lets all pass, from now on. It may be called once.
func (g *Gate) Release() { close(g.open) }

// pass waits until the gate is open, or the client has gone.
func (g *Gate) pass(ctx context.Context, r Request) {
	if g.match != nil && !g.match(r) {
		return
	}
	g.count(1)
	defer g.count(-1)
	select {
	case <-g.open:
	case <-ctx.Done():
	}
}

func (g *Gate) count(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held += n
	close(g.changed)
	g.changed = make(chan struct{})
}
