package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
)

// wall times first archives of bulk posts against bulk loads of what they yielded.
func (b *bench) wall(ctx context.Context) ([]row, error) {
	f, err := b.fediverse(ctx, World{Bulk: true, Members: 1})
	if err != nil {
		return nil, err
	}
	defer f.close()
	if err := f.resize(0, b.sizes.wall); err != nil {
		return nil, err
	}
	var all []row
	for _, kind := range b.options.databases {
		for _, files := range []bool{false, true} {
			rows, err := b.wallOf(ctx, f, kind, files)
			if err != nil {
				return all, fmt.Errorf("%s: %w", kind, err)
			}
			all = append(all, rows...)
		}
	}
	return all, nil
}

func (b *bench) wallOf(ctx context.Context, f *fediverse, kind string, files bool) ([]row, error) {
	json, allowed := "off", 1.5
	if files {
		json, allowed = "on", 2.0
	}
	var ratios []float64
	var walls, cpus, loads []time.Duration
	for n := range b.sizes.runs {
		u, l, err := b.besideLoad(ctx, f, kind, files)
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, u.wall.Seconds()/l.Took.Seconds())
		walls, cpus, loads = append(walls, u.wall), append(cpus, u.cpu), append(loads, l.Took)
		b.say("wall: %s, JSON %s, run %d: %s (processor %s); %d rows and %d files loaded in %s", title(kind), json, n+1,
			seconds(u.wall), seconds(u.cpu), l.Rows, l.Files, seconds(l.Took))
	}
	ratio, what := median(ratios), fmt.Sprintf("wall time of %d posts, %s, JSON files %s", b.sizes.wall, title(kind), json)
	return []row{
		{what: what + ", against a bulk load", target: fmt.Sprintf("≤ %.1f ×", allowed),
			measured: fmt.Sprintf("%.2f × (%s against %s; processor %s)", ratio, seconds(median(walls)), seconds(median(loads)),
				seconds(median(cpus))),
			verdict: b.judge(ratio <= allowed)},
		b.besideLAMA(what, b.sizes.wall, median(walls)),
	}, nil
}

// besideLoad times a first archive, and at once a bulk load of what it yielded: the machine's pace changes within minutes.
func (b *bench) besideLoad(ctx context.Context, f *fediverse, kind string, files bool) (usage, Loaded, error) {
	p := maps.Clone(bare)
	if files {
		p["save_json"] = 1
	}
	h, u, err := b.archive(ctx, f, kind, p)
	if err != nil {
		return u, Loaded{}, err
	}
	l, err := b.bulkLoad(ctx, h, kind, files)
	if err == nil && files && l.Files == 0 {
		err = errors.New("no JSON file was written")
	}
	return u, l, errors.Join(err, b.drop(ctx, h))
}
