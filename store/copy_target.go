package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// target is the database that a copy makes. One of SQLite's has another name until it is whole.
type target struct {
	engine
	temp, path string // of the file; empty for Postgres
}

// TempName is what a database at a path is called while it is made. Package disk takes such a name for a temporary file's.
func TempName(path string) string {
	return filepath.Join(filepath.Dir(path), ".lama-"+filepath.Base(path)+".tmp")
}

// openTarget opens a database that is to be filled.
func openTarget(ctx context.Context, url string) (*target, error) {
	path, sqlite := strings.CutPrefix(url, "sqlite:")
	if !sqlite {
		e, err := openEngine(ctx, url)
		return &target{engine: e}, err
	}
	if err := free(path); err != nil {
		return nil, err
	}
	temp := TempName(path)
	if err := Discard(temp); err != nil {
		return nil, err
	}
	e, err := makeSQLite(ctx, temp)
	return &target{engine: e, temp: temp, path: path}, err
}

// reachTarget opens a database to look at it; nil where it is a file that is not there yet.
func reachTarget(ctx context.Context, url string) (engine, error) {
	if path, sqlite := strings.CutPrefix(url, "sqlite:"); sqlite {
		return nil, free(path)
	}
	return openEngine(ctx, url)
}

// free makes sure that there is no file of a name.
func free(path string) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return &Taken{path + " is there already: name a file that is not, or remove that one first"}
}

// finish makes what was filled durable, under its own name.
func (t *target) finish() error {
	t.close()
	if t.temp == "" {
		return nil
	}
	if err := free(t.path); err != nil {
		return err
	}
	return Settle(t.temp, t.path)
}

// discard removes what was not finished.
func (t *target) discard() {
	if t.engine != nil {
		t.close()
	}
	if t.temp != "" {
		_ = Discard(t.temp) // the next copy will
	}
}

// Settle gives a database's file, which nobody has open, its own name, durably.
func Settle(temp, path string) error {
	file, err := os.OpenFile(temp, os.O_RDWR, 0) // #nosec G304 -- our own
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close(), os.Rename(temp, path)); err != nil {
		return fmt.Errorf("give the database %s its name: %w", path, err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_ = dir.Sync() // which not every system can, and none needs that can't
	return dir.Close()
}

// Discard removes an SQLite database that nobody has open, and what is kept beside it. One that is not there is no error.
func Discard(path string) (err error) {
	for _, ending := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
		if e := os.Remove(path + ending); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
