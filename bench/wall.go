package main

import (
	"context"
	"fmt"
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
			r, err := b.wallOf(ctx, f, kind, files)
			if err != nil {
				return all, fmt.Errorf("%s: %w", kind, err)
			}
			all = append(all, r)
		}
	}
	return all, nil
}

func (b *bench) wallOf(ctx context.Context, f *fediverse, kind string, files bool) (row, error) {
	p := prefs{"save_json": 0, "download_own_attachments": 0, "download_others_attachments": 0, "download_pictures": 0}
	json, allowed := "off", 1.5
	if files {
		p["save_json"], json, allowed = 1, "on", 2.0
	}
	var walls, cpus, loads []time.Duration
	for n := range b.sizes.runs {
		h, u, err := b.archive(ctx, f, kind, p)
		if err != nil {
			return row{}, err
		}
		l, err := b.bulkLoad(ctx, h, kind, files)
		if err != nil {
			return row{}, err
		}
		if files && l.Files == 0 {
			return row{}, fmt.Errorf("no JSON file was written")
		}
		walls, cpus, loads = append(walls, u.wall), append(cpus, u.cpu), append(loads, l.Took)
		b.say("wall: %s, JSON %s, run %d: %s (processor %s); %d rows and %d files loaded in %s", title(kind), json, n+1,
			seconds(u.wall), seconds(u.cpu), l.Rows, l.Files, seconds(l.Took))
		if err := b.drop(ctx, h); err != nil {
			return row{}, err
		}
	}
	ratio := median(walls).Seconds() / median(loads).Seconds()
	return row{
		what:   fmt.Sprintf("wall time of %d posts, %s, JSON files %s, against a bulk load", b.sizes.wall, title(kind), json),
		target: fmt.Sprintf("≤ %.1f ×", allowed),
		measured: fmt.Sprintf("%.2f × (%s against %s; processor %s)", ratio, seconds(median(walls)), seconds(median(loads)),
			seconds(median(cpus))),
		verdict: b.judge(ratio <= allowed),
	}, nil
}
