//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// holder asks for a shared lock, which a run keeps from being given, and gives it back at once.
func (e *sqliteEngine) holder(context.Context) (string, error) {
	path := e.path + ".lock"
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil // there was no run yet
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	free, err := lock.TryRLock()
	if err != nil {
		return "", fmt.Errorf("look at the archive's lock: %w", err)
	}
	if free {
		return "", lock.Unlock()
	}
	return holderSQLite(path), nil
}

// scratch makes its tables in memory.
func (e *sqliteEngine) scratch(ctx context.Context, f func(tx) error) error {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	pool := newSQLitePool(db, 1, sqliteUse{"BEGIN", 1 << 10})
	defer pool.close()
	return pool.run(ctx, f)
}

func (e *sqliteEngine) integrity(ctx context.Context, quick bool) (problems []string, err error) {
	pragma := "PRAGMA integrity_check"
	if quick {
		pragma = "PRAGMA quick_check"
	}
	err = e.read(ctx, func(t tx) (err error) {
		problems, err = collect(ctx, t, scanString, pragma)
		return err
	})
	if failure, ok := errors.AsType[*sqlite.Error](err); ok && failure.Code()&0xff == sqlite3.SQLITE_CORRUPT {
		return append(problems, failure.Error()), nil
	}
	if len(problems) == 1 && problems[0] == "ok" {
		return nil, err
	}
	return problems, err
}
