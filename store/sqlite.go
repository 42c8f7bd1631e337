//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine has one connection that writes and some that read: SQLite lets one transaction write at a time, and its
// readers see the last commit meanwhile (WAL).
type sqliteEngine struct {
	path            string
	db              *sql.DB
	writer, readers *sqlitePool
	folder          *sqliteFolder // nil where there is no log
	closing         sync.Once
}

// readersSQLite is how many transactions read side by side.
const readersSQLite = 4

func openSQLite(ctx context.Context, path string) (engine, error) {
	e, err := openSQLiteWith(ctx, path, "busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(ON)",
		"temp_store(MEMORY)", fmt.Sprintf("wal_autocheckpoint(%d)", foldAtOnce))
	if err != nil {
		return nil, err
	}
	e.folder = newSQLiteFolder(e.path, e.db)
	return e, nil
}

func openSQLiteWith(ctx context.Context, path string, pragmas ...string) (*sqliteEngine, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := touch(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteURL(path, pragmas))
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: path, db: db, writer: newSQLitePool(db, 1, sqliteUse{"BEGIN IMMEDIATE", 16 << 10}),
		readers: newSQLitePool(db, readersSQLite, sqliteUse{"BEGIN", 1 << 10})}
	if err := db.PingContext(ctx); err != nil {
		e.close()
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	return e, nil
}

// touch makes the file with our rights before SQLite does with its own.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the database that its owner named
	if err != nil {
		return fmt.Errorf("open the SQLite database: %w", err)
	}
	return f.Close()
}

func sqliteURL(path string, pragmas []string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: url.Values{"_pragma": pragmas}.Encode()}).String()
}

func (e *sqliteEngine) dialect() string { return "sqlite" }

func (e *sqliteEngine) close() {
	e.closing.Do(func() {
		e.readers.close()
		e.writer.close()
		e.folder.close()
		_ = e.db.Close()
	})
}

func (e *sqliteEngine) write(ctx context.Context, f func(tx) error) error {
	err := e.writer.run(ctx, f)
	if err == nil {
		e.folder.wrote()
	}
	return err
}

func (e *sqliteEngine) read(ctx context.Context, f func(tx) error) error {
	return e.readers.run(ctx, f)
}

func (e *sqliteEngine) glance(ctx context.Context, f func(tx) error) error { return e.read(ctx, f) }

func (e *sqliteEngine) survey(ctx context.Context, f func(tx) error) error { return e.read(ctx, f) }

func (e *sqliteEngine) value(v any) any { return sqliteValue(v) }

func (e *sqliteEngine) trouble(err error) trouble {
	failure, ok := errors.AsType[*sqlite.Error](err)
	switch {
	case !ok:
		return lasting
	case failure.Code()&0xff == sqlite3.SQLITE_BUSY:
		return conflict
	case failure.Code()&0xff == sqlite3.SQLITE_FULL:
		return full
	case failure.Code()&0xff == sqlite3.SQLITE_CORRUPT:
		return broken
	}
	return lasting
}

// hold locks a file beside the database, and writes who holds it into that file. The lock ends with the process;
// the file stays.
func (e *sqliteEngine) hold(_ context.Context, now time.Time) (func(), error) {
	return holdSQLite(e.path, now)
}

func holdSQLite(database string, now time.Time) (func(), error) {
	path := database + ".lock"
	lock := flock.New(path, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the archive: %w", err)
	}
	if !held {
		return nil, &InUse{holderSQLite(path)}
	}
	release := func() { _ = lock.Unlock() }
	if err := os.WriteFile(path, []byte(holder(now)), 0o600); err != nil {
		release()
		return nil, fmt.Errorf("lock the archive: %w", err)
	}
	return release, nil
}

// holderSQLite reads who holds a lock from its file.
func holderSQLite(path string) string {
	who, err := os.ReadFile(path) // #nosec G304 -- beside the database that its owner named
	if err != nil || len(who) == 0 {
		who = []byte("another run")
	}
	return clean(string(who))
}
