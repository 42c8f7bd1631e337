package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// grown is a large archive, and what was measured while it grew.
type grown struct {
	*household
	fediverse    *fediverse
	small, large float64 // posts per second, of those that came on top
	bytes        float64 // on disk, per post
	syncs        string  // fsyncs per post
}

// growth tells whether an archive becomes slower as it grows.
func (b *bench) growth(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		g, err := b.grow(ctx, kind)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		all = append(all,
			row{what: fmt.Sprintf("posts per second at %d and at %d stored, %s", b.sizes.small, b.sizes.large, title(kind)),
				target:   "≥ 80 % of the former",
				measured: fmt.Sprintf("%.0f and %.0f: %.0f %%", g.small, g.large, 100*g.large/g.small),
				verdict:  b.judge(g.large >= 0.8*g.small)},
			row{what: "bytes on disk per post, " + title(kind), measured: fmt.Sprintf("%.0f", g.bytes), verdict: reported},
			row{what: "fsyncs per post, " + title(kind), measured: g.syncs, verdict: reported})
	}
	return all, nil
}

// crowd is how many accounts the large archive has; one of them has nearly all posts.
const crowd = 10

// grow makes the large archive of a database, once.
func (b *bench) grow(ctx context.Context, kind string) (*grown, error) {
	if g := b.grown[kind]; g != nil {
		return g, nil
	}
	f, err := b.fediverse(ctx, World{Bulk: true, Members: crowd})
	if err != nil {
		return nil, err
	}
	for person := range crowd {
		if err := f.resize(person, 40); err != nil {
			return nil, err
		}
	}
	h, err := b.household(ctx, f, kind, bare)
	if err != nil {
		return nil, err
	}
	g := &grown{household: h, fediverse: f}
	if err := b.fill(ctx, g, kind); err != nil {
		return nil, err
	}
	b.grown[kind] = g
	return g, nil
}

// fill lets it grow and measures.
func (b *bench) fill(ctx context.Context, g *grown, kind string) (err error) {
	if _, err = b.more(ctx, g, b.sizes.small); err != nil {
		return err
	}
	before, steps := b.walSyncs(ctx, g), b.sizes.runs*b.sizes.step
	if g.small, err = b.steps(ctx, g, b.sizes.small); err != nil {
		return err
	}
	if kind == postgres {
		g.syncs = fmt.Sprintf("%.4f, of the WAL", float64(b.walSyncs(ctx, g)-before)/float64(steps))
	} else if g.syncs, err = b.countSyncs(ctx, g, b.sizes.small+steps+b.sizes.step); err != nil {
		return err
	}
	if _, err = b.more(ctx, g, b.sizes.large); err != nil {
		return err
	}
	if g.large, err = b.steps(ctx, g, b.sizes.large); err != nil {
		return err
	}
	size, err := g.size(ctx)
	posts, errPosts := g.posts(ctx)
	if err := errors.Join(err, errPosts); err != nil {
		return err
	}
	g.bytes = float64(size) / float64(posts)
	return nil
}

// steps lets the archive grow from a size some times, and says how many posts per second came in the median: an index is put in
// order now and then, and one step has more of that than another.
func (b *bench) steps(ctx context.Context, g *grown, from int) (float64, error) {
	var rates []float64
	for n := range b.sizes.runs {
		rate, err := b.more(ctx, g, from+(n+1)*b.sizes.step)
		if err != nil {
			return 0, err
		}
		rates = append(rates, rate)
	}
	return median(rates), nil
}

// more lets the archive grow to so many posts and says how many came per second.
func (b *bench) more(ctx context.Context, g *grown, posts int, wrap ...string) (rate float64, err error) {
	had, err := g.has(ctx)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(g.fediverse.resize(0, posts), b.settle(ctx, g.database)); err != nil {
		return 0, err
	}
	u, err := g.run(ctx, wrap...)
	if err != nil {
		return 0, err
	}
	has, err := g.posts(ctx)
	if err != nil {
		return 0, err
	}
	rate = float64(has-had) / u.wall.Seconds()
	b.say("growth: %s to %d posts: %d in %s, %.0f per second", filepath.Base(g.dir), posts, has-had, seconds(u.wall), rate)
	return rate, nil
}

// has is how many posts are there, also before the first run.
func (g *grown) has(ctx context.Context) (int, error) {
	if _, err := os.Stat(filepath.Join(g.dir, "data")); errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	return g.posts(ctx)
}

// size is what the database has on disk, in bytes.
func (g *grown) size(ctx context.Context) (int64, error) {
	if strings.HasPrefix(g.database, postgres) {
		return number(ctx, g.database, "SELECT pg_database_size(current_database())")
	}
	info, err := os.Stat(strings.TrimPrefix(g.database, "sqlite:"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// walSyncs is how often Postgres has synced its log. Its processes tell of what they did when they end, or after a
// second.
func (b *bench) walSyncs(ctx context.Context, g *grown) int64 {
	if !strings.HasPrefix(g.database, postgres) {
		return 0
	}
	time.Sleep(1500 * time.Millisecond)
	n, err := number(ctx, g.database, "SELECT wal_sync FROM pg_stat_wal")
	if err != nil {
		return 0 // before version 14
	}
	return n
}

// countSyncs counts the syncs of a run that brings the archive to so many posts.
func (b *bench) countSyncs(ctx context.Context, g *grown, posts int) (string, error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return "not measured: there is no strace", nil
	}
	summary := filepath.Join(g.dir, "strace")
	_, err = b.more(ctx, g, posts, strace,
		"-f", "--seccomp-bpf", "-c", "-e", "trace=fsync,fdatasync,syncfs", "-o", summary)
	if err != nil {
		return "", err
	}
	calls, err := readSummary(summary)
	return fmt.Sprintf("%.4f", float64(calls)/float64(b.sizes.step)), err
}

// readSummary adds up the calls in what strace -c writes: a line per system call, the name last, the calls fourth.
func readSummary(path string) (calls int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 || !strings.Contains(fields[len(fields)-1], "sync") {
			continue
		}
		n, err := strconv.Atoi(fields[3])
		if err != nil {
			return 0, fmt.Errorf("read what strace counted: %w", err)
		}
		calls += n
	}
	return calls, nil
}
