package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"lama/store"
)

// figures keeps what was counted for each viewer, as long as the archive stays as it is.
type figures struct {
	counting singleflight.Group
	mu       sync.Mutex
	kept     map[string]counted // by viewerKey
}

type counted struct {
	at store.Stamp
	store.Figures
}

// figuresOf are a viewer's.
func (r *Reader) figuresOf(ctx context.Context, v store.Viewer) (store.Figures, error) {
	stamp, err := r.Store.Stamp(ctx)
	if err != nil {
		return store.Figures{}, err
	}
	return r.figures.get(ctx, viewerKey(v), stamp, func(ctx context.Context) (store.Figures, error) { return r.Store.Figures(ctx, v) })
}

// get returns what is kept, or has it counted. Who asks while that is under way for the same eyes waits for it, and nobody
// else does. Where the one goes away for whom it is counted, another of them begins anew.
func (f *figures) get(ctx context.Context, viewer string, at store.Stamp,
	count func(context.Context) (store.Figures, error)) (store.Figures, error) {
	for {
		if kept, ok := f.lookUp(viewer, at); ok {
			return kept, nil
		}
		done := f.counting.DoChan(fmt.Sprint(at, viewer), func() (any, error) {
			figures, err := count(ctx)
			if err == nil {
				f.keep(viewer, counted{at, figures})
			}
			return figures, err
		})
		select {
		case <-ctx.Done():
			return store.Figures{}, ctx.Err()
		case r := <-done:
			if !errors.Is(r.Err, context.Canceled) || ctx.Err() != nil {
				return r.Val.(store.Figures), r.Err
			}
		}
	}
}

// latest is what was counted last, however long ago.
func (f *figures) latest(viewer string) (store.Figures, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.kept[viewer]
	return c.Figures, ok
}

func (f *figures) lookUp(viewer string, at store.Stamp) (store.Figures, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.kept[viewer]
	return c.Figures, ok && c.at == at
}

func (f *figures) keep(viewer string, c counted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string]counted{}
	}
	f.kept[viewer] = c
}

// viewerKey tells viewers apart by all that decides what they see.
func viewerKey(v store.Viewer) string {
	own, others := slices.Sorted(slices.Values(v.Own)), slices.Sorted(slices.Values(v.Others))
	switch {
	case v.All:
		return "*"
	case !v.SharePublic:
		others = nil
	}
	return strings.Join(own, " ") + "|" + strings.Join(others, " ")
}
