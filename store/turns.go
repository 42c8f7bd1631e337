package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"lama/archive"
)

// turns are the commits that are announced or under way in this process, by the keys of their answers. Of one walk several may
// be: their posts are written side by side, and walks move in the order of their pages ([commit.inTurn]).
type turns struct {
	mu   sync.Mutex
	keys map[string]*turn
}

// turn is one commit's.
type turn struct {
	taken  bool
	once   sync.Once
	passed chan struct{} // closed when it has passed the queue, or is over
	over   chan struct{}
}

// pass says that it has passed the queue: the commits with the pages after may begin, and wait there until it is over.
func (t *turn) pass() {
	if t != nil {
		t.once.Do(func() { close(t.passed) })
	}
}

// Announce says that batches will be committed together, before they are handed to whoever calls Commit: one that has later
// pages of the same walk, and is announced after it, waits for this one, however long it takes to begin.
func (s *Store) Announce(batches []archive.Batch) {
	s.turns.mu.Lock()
	defer s.turns.mu.Unlock()
	s.turns.note(batches)
}

// note gives batches a turn. Its caller holds the lock.
func (t *turns) note(batches []archive.Batch) *turn {
	if t.keys == nil {
		t.keys = map[string]*turn{}
	}
	mine := &turn{passed: make(chan struct{}), over: make(chan struct{})}
	for _, b := range batches {
		for _, k := range b.Keys {
			t.keys[k] = mine
		}
	}
	return mine
}

// take is the turn of batches that are committed now, whether they were announced or not. end is to be called when that is over,
// however it went.
func (t *turns) take(batches []archive.Batch) (mine *turn, end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(batches) > 0 && len(batches[0].Keys) > 0 {
		mine = t.keys[batches[0].Keys[0]]
	}
	if mine == nil || mine.taken {
		mine = t.note(batches)
	}
	mine.taken = true
	return mine, func() { t.end(mine) }
}

func (t *turns) end(one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.keys, func(_ string, of *turn) bool { return of == one })
	one.pass()
	close(one.over)
}

// of is the commit, announced or under way, that has the answer of a key, nil where none has.
func (t *turns) of(key string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.keys[key]
}

// await waits, before a commit holds anything, until those with the pages before its own have passed the queue. It would come
// early, and write its posts twice.
func (t *turns) await(ctx context.Context, mine *turn, batches []archive.Batch) error {
	for _, b := range batches {
		before := t.of(b.After)
		if before == nil || before == mine {
			continue
		}
		select {
		case <-before.passed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// earlyError is a commit that came to the queue sooner than the one with the pages before its own.
type earlyError struct{ before *turn }

func (earlyError) Error() string { return "the page before is not committed yet" }

// writeInTurn is write for a commit. One that comes early all the same, since the other has to begin anew, leaves what it
// holds, which that may be waiting for, and begins anew when that is over.
func (s *Store) writeInTurn(ctx context.Context, mine *turn, batches []archive.Batch, f func(tx) error) error {
	if err := s.turns.await(ctx, mine, batches); err != nil {
		return err
	}
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

// inTurn reads the walks of which pages came, and ends a commit that comes before its turn.
func (c *commit) inTurn(ctx context.Context) (err error) {
	before := make([]*turn, len(c.all)) // asked for first: what is over by now is seen in the walks
	for i, b := range c.all {
		before[i] = c.turns.of(b.After)
	}
	if c.walking, err = c.readWalks(ctx); err != nil {
		return err
	}
	for i, b := range c.all {
		behind := func(w walk) bool { return w.ID == b.Walk.ID && w.open && w.Pages < b.Walk.Pages }
		if before[i] != nil && before[i] != c.mine && slices.ContainsFunc(c.walking, behind) {
			return earlyError{before[i]}
		}
	}
	return nil
}
