package web

import (
	"context"
	"sync"
	"testing"

	"lama/store"
)

// counter counts when it is let, and says when it begins.
type counter struct{ begun, let chan struct{} }

func newCounter() counter { return counter{make(chan struct{}), make(chan struct{})} }

func (c counter) count(ctx context.Context) (store.Figures, error) {
	c.begun <- struct{}{}
	select {
	case <-c.let:
		return store.Figures{Posts: 7}, nil
	case <-ctx.Done():
		return store.Figures{}, ctx.Err()
	}
}

// One whose figures take long keeps nobody else waiting.
func TestFiguresAreCountedSideBySide(t *testing.T) {
	var f figures
	slow, quick := newCounter(), newCounter()
	var anas sync.WaitGroup
	anas.Go(func() {
		if got, err := f.get(t.Context(), "ana", store.Stamp{Posts: 1}, slow.count); err != nil || got.Posts != 7 {
			t.Errorf("ana: %v, %v", got, err)
		}
	})
	<-slow.begun
	go func() { <-quick.begun; close(quick.let) }()
	if got, err := f.get(t.Context(), "bob", store.Stamp{Posts: 1}, quick.count); err != nil || got.Posts != 7 {
		t.Errorf("bob: %v, %v", got, err)
	}
	close(slow.let)
	anas.Wait()
	for _, viewer := range []string{"ana", "bob"} {
		if _, kept := f.lookUp(viewer, store.Stamp{Posts: 1}); !kept {
			t.Errorf("what was counted for %s is not kept", viewer)
		}
		if _, kept := f.lookUp(viewer, store.Stamp{Posts: 2}); kept {
			t.Errorf("what was counted for %s is kept although the archive has changed", viewer)
		}
	}
}

// Who goes away takes nobody's figures with them.
func TestFiguresAreCountedForWhoIsLeft(t *testing.T) {
	var f figures
	c := newCounter()
	first, leave := context.WithCancel(t.Context())
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := f.get(first, "ana", store.Stamp{}, c.count); err == nil {
			t.Error("who went away got an answer")
		}
	})
	<-c.begun
	both.Go(func() {
		if got, err := f.get(t.Context(), "ana", store.Stamp{}, c.count); err != nil || got.Posts != 7 {
			t.Errorf("who is left: %v, %v", got, err)
		}
	})
	leave()
	<-c.begun // for who is left
	close(c.let)
	both.Wait()
}
