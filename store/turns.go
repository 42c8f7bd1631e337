package store

import (
	"context"
	"errors"
	"slices"
	"sync"

	"lama/archive"
)

// turns are the commits that are under way in this process, by the keys of their answers. Of one walk several may be: their posts
// are written side by side, and what must be in the order of the pages waits in [commit.queue].
type turns struct {
	mu   sync.Mutex
	keys map[string]*turn
}

// turn is one commit's.
type turn struct{ over chan struct{} }

// begin notes a commit; end is to be called when it is over, however it went.
func (t *turns) begin(batches []archive.Batch) (mine *turn, end func()) {
	mine = &turn{make(chan struct{})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keys == nil {
		t.keys = map[string]*turn{}
	}
	for _, b := range batches {
		for _, k := range b.Keys {
			t.keys[k] = mine
		}
	}
	return mine, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		for k, of := range t.keys {
			if of == mine {
				delete(t.keys, k)
			}
		}
		close(mine.over)
	}
}

// of is the commit under way that has the answer of a key, nil where none has.
func (t *turns) of(key string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.keys[key]
}

// earlyError is a commit that came to the queue sooner than the one with the pages before its own.
type earlyError struct{ before *turn }

func (earlyError) Error() string { return "the page before is not committed yet" }

// writeInTurn is write for a commit: one that comes early leaves what it holds, which the other may be waiting for, and begins
// anew when that is over.
func (s *Store) writeInTurn(ctx context.Context, f func(tx) error) error {
	for {
		err := s.write(ctx, f)
		early, ok := errors.AsType[earlyError](err)
		if !ok {
			return err
		}
		select {
		case <-early.before.over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// inTurn reads the walks of which pages came, and ends a commit that comes before its turn. Of a page whose walk is not there,
// and no commit that would bring it there is under way, only the posts are kept: it is asked for again.
func (c *commit) inTurn(ctx context.Context) (err error) {
	if c.walking, err = c.readWalks(ctx); err != nil {
		return err
	}
	for _, b := range c.all {
		before := c.turns.of(b.After)
		if before == nil || before == c.mine {
			continue
		}
		behind := func(w walk) bool { return w.ID == b.Walk.ID && w.open && w.Pages < b.Walk.Pages }
		if slices.ContainsFunc(c.walking, behind) {
			return earlyError{before}
		}
	}
	return nil
}
