package main

import (
	"context"
	"fmt"
)

// mostMemory is what a run may have in use.
const mostMemory = 128 << 20

// memory compares the memory of a small first archive with that of a large one.
func (b *bench) memory(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		lean, err := b.peakOf(ctx, kind, b.sizes.lean)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		fat, err := b.peakOf(ctx, kind, b.sizes.fat)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		apart := float64(max(lean, fat))/float64(min(lean, fat)) - 1
		all = append(all, row{
			what:     fmt.Sprintf("peak memory at %d and at %d posts, %s", b.sizes.lean, b.sizes.fat, title(kind)),
			target:   fmt.Sprintf("≤ %s, within 25 %%", mebibytes(mostMemory)),
			measured: fmt.Sprintf("%s and %s, %.0f %% apart", mebibytes(lean), mebibytes(fat), 100*apart),
			verdict:  b.judge(max(lean, fat) <= mostMemory && apart <= 0.25),
		})
	}
	return all, nil
}

// peakOf is the memory of a first archive of so many posts.
func (b *bench) peakOf(ctx context.Context, kind string, posts int) (int64, error) {
	f, err := b.fediverse(ctx, World{Bulk: true, Members: 1})
	if err != nil {
		return 0, err
	}
	defer f.close()
	if err := f.resize(0, posts); err != nil {
		return 0, err
	}
	h, u, err := b.archive(ctx, f, kind, bare)
	if err != nil {
		return 0, err
	}
	b.say("memory: %s, %d posts: %s in %s", title(kind), posts, mebibytes(u.peak), seconds(u.wall))
	return u.peak, b.drop(ctx, h)
}
