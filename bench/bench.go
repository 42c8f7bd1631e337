package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"lama/store/pgtest"
)

// The databases.
const (
	sqlite   = "sqlite"
	postgres = "postgres"
)

// sizes are how many posts the measures take.
type sizes struct {
	requests, wall, media int
	small, large, step    int // growth
	lean, fat             int // memory
	runs                  int // of which the median counts
}

func sizesOf(scale float64) sizes {
	n := func(full int) int { return max(40, int(float64(full)*scale)) }
	s := sizes{requests: n(10_000), wall: n(20_000), media: n(2000), small: n(100_000), large: n(1_000_000),
		step: n(20_000), lean: n(10_000), fat: n(300_000), runs: 3}
	if scale < 1 {
		s.runs = 1
	}
	return s
}

// bench is one execution of this program.
type bench struct {
	options  options
	sizes    sizes
	root     string // of the sources
	dir      string // of all that is written
	program  string // lama
	schema   string
	log      io.Writer // for several goroutines
	postgres func() (*pgtest.Server, error)
	grown    map[string]*grown // by database

	mu    sync.Mutex
	ready []func() // to undo, the last first
}

// newBench builds the program.
func newBench(ctx context.Context, o options, log io.Writer) (*bench, error) {
	b := &bench{options: o, sizes: sizesOf(o.scale), log: log, grown: map[string]*grown{}}
	b.postgres = sync.OnceValues(b.launch)
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("find the sources (run it in their folder): %w", err)
	}
	b.root = strings.TrimSpace(string(root))
	schema, err := os.ReadFile(filepath.Join(b.root, "schema.sql"))
	if err != nil {
		return nil, err
	}
	b.schema = string(schema)
	if b.dir, err = os.MkdirTemp(o.dir, "lama-bench-"); err != nil {
		return nil, err
	}
	b.undo(func() { _ = os.RemoveAll(b.dir) })
	b.program = filepath.Join(b.dir, "lama")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "sqlite", "-ldflags", "-s -w", "-o", b.program, ".")
	build.Dir, build.Stderr = b.root, log
	if err := build.Run(); err != nil {
		b.close()
		return nil, fmt.Errorf("build lama: %w", err)
	}
	return b, nil
}

// undo keeps what is to be done at the end.
func (b *bench) undo(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = append(b.ready, f)
}

func (b *bench) close() {
	for n := len(b.ready) - 1; n >= 0; n-- {
		b.ready[n]()
	}
}

// launch starts the Postgres that all measures share, with fsync on.
func (b *bench) launch() (*pgtest.Server, error) {
	s, err := pgtest.Launch(pgtest.Options{Durable: true})
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	b.undo(s.Remove)
	return s, nil
}

// database makes an empty one and gives its database_url.
func (b *bench) database(ctx context.Context, kind, dir string) (string, error) {
	if kind == sqlite {
		return "sqlite:" + filepath.Join(dir, "data", "lama.db"), nil
	}
	s, err := b.postgres()
	if err != nil {
		return "", err
	}
	return s.Create(ctx)
}

// settle writes to disk what earlier work has left to be written: what is timed next does not pay for it.
func (b *bench) settle(ctx context.Context, database string) error {
	if b.options.scale <= quickScale {
		return nil
	}
	syncAll()
	if !strings.HasPrefix(database, postgres) {
		return nil
	}
	return execute(ctx, database, "CHECKPOINT")
}

// drop removes the database of an archive that is measured no more. Its other files stay until the bench ends: ext4 without
// a journal does not use the inodes of removed files again for some minutes, and whoever makes a file meanwhile waits until it
// has looked at each of them (recently_deleted in fs/ext4/ialloc.c; measured: 20,000 files in 0.6 to 15 s).
func (b *bench) drop(ctx context.Context, h *household) error {
	if path, ok := strings.CutPrefix(h.database, sqlite+":"); ok {
		return os.Truncate(path, 0)
	}
	return dropDatabase(ctx, h.database)
}
