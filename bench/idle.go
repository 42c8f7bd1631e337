package main

import (
	"context"
	"fmt"
	"time"
)

// idle times runs that find nothing new in the large archive.
func (b *bench) idle(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		g, err := b.grow(ctx, kind)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		r, err := b.idleOf(ctx, g, kind)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		all = append(all, r)
	}
	return all, nil
}

const idleRuns = 5

func (b *bench) idleOf(ctx context.Context, g *grown, kind string) (row, error) {
	if _, err := g.fediverse.requests(); err != nil {
		return row{}, err
	}
	var walls []time.Duration
	for range idleRuns {
		if err := b.settle(ctx, g.database); err != nil {
			return row{}, err
		}
		u, err := g.run(ctx)
		if err != nil {
			return row{}, err
		}
		walls = append(walls, u.wall)
	}
	asked, err := g.fediverse.requests()
	if err != nil {
		return row{}, err
	}
	wall := median(walls)
	return row{
		what:     fmt.Sprintf("a run with nothing new, %d accounts, %d posts stored, %s", crowd, b.sizes.large, title(kind)),
		target:   "≤ 150 ms",
		measured: fmt.Sprintf("%s, with %d requests on loopback", seconds(wall), asked/idleRuns),
		verdict:  b.judge(wall <= 150*time.Millisecond),
	}, nil
}
