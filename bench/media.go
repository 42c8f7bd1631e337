package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// media times a household's usual run, files and all.
func (b *bench) media(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		rows, err := b.mediaOf(ctx, kind)
		if all = append(all, rows...); err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
	}
	return all, nil
}

func (b *bench) mediaOf(ctx context.Context, kind string) ([]row, error) {
	f, err := b.fediverse(ctx, World{Members: 1, Posts: b.sizes.media, Batch: true})
	if err != nil {
		return nil, err
	}
	defer f.close()
	h, wall, asked, err := b.downloads(ctx, f, kind)
	if err != nil {
		return nil, err
	}
	posts, err := h.posts(ctx)
	if err != nil {
		return nil, err
	}
	files, err := number(ctx, h.database, "SELECT count(*) FROM files")
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := download(ctx, asked); err != nil {
		return nil, fmt.Errorf("bare download: %w", err)
	}
	bare := time.Since(start)
	what := fmt.Sprintf("%d posts with %d files, %s", posts, files, title(kind))
	beside := b.besideLAMA(what, posts, wall)
	beside.target, beside.verdict = "", reported // issue 3 promises it of the time without media
	return []row{
		beside,
		{what: what + ", against a bare download", verdict: reported,
			measured: fmt.Sprintf("%.1f × (%s against %s, %d requests)", wall.Seconds()/bare.Seconds(), seconds(wall),
				seconds(bare), len(asked))},
	}, b.drop(ctx, h)
}

// downloads times first archives of a household with its files. It gives the last of them, and what the first one asked for.
func (b *bench) downloads(ctx context.Context, f *fediverse, kind string) (last *household, wall time.Duration, asked []Asked, err error) {
	var walls []time.Duration
	for n := range b.sizes.runs {
		if n > 0 {
			if err := b.drop(ctx, last); err != nil {
				return nil, 0, nil, err
			}
		}
		h, u, err := b.archive(ctx, f, kind, nil)
		if err != nil {
			return nil, 0, nil, err
		}
		b.say("media: %s, run %d: %s", title(kind), n+1, seconds(u.wall))
		last, walls = h, append(walls, u.wall)
		if n > 0 {
			continue
		}
		if err := f.call("Asked", 0, &asked); err != nil {
			return nil, 0, nil, err
		}
	}
	return last, median(walls), asked, nil
}

// download gets what was asked for once more and throws it away: pages four at a time, files eight, as LAMA does.
func download(ctx context.Context, asked []Asked) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	g, ctx := errgroup.WithContext(ctx)
	for _, lane := range []struct {
		media bool
		width int
	}{{false, 4}, {true, 8}} {
		g.Go(func() error {
			workers, ctx := errgroup.WithContext(ctx)
			workers.SetLimit(lane.width)
			for _, a := range asked {
				if a.Media == lane.media {
					workers.Go(func() error { return get(ctx, client, a) })
				}
			}
			return workers.Wait()
		})
	}
	return g.Wait()
}

func get(ctx context.Context, client *http.Client, a Asked) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "bench")
	if a.Token != "" {
		req.Header.Set("Authorization", "Bearer "+a.Token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}
