package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"lama/store"
)

// figures keeps what was counted for each viewer, as long as the archive stays as it is.
type figures struct {
	mu   sync.Mutex
	kept map[string]counted
}

type counted struct {
	at store.Stamp
	store.Figures
}

// figuresOf are a viewer's. Who asks while they are being counted waits for that.
func (r *Reader) figuresOf(ctx context.Context, v store.Viewer) (store.Figures, error) {
	stamp, err := r.Store.Stamp(ctx)
	if err != nil {
		return store.Figures{}, err
	}
	r.figures.mu.Lock()
	defer r.figures.mu.Unlock()
	key := viewerKey(v)
	if c, ok := r.figures.kept[key]; ok && c.at == stamp {
		return c.Figures, nil
	}
	f, err := r.Store.Figures(ctx, v)
	if err != nil {
		return store.Figures{}, err
	}
	if r.figures.kept == nil {
		r.figures.kept = map[string]counted{}
	}
	r.figures.kept[key] = counted{stamp, f}
	return f, nil
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
