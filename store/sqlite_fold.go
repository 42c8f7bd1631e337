//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"os"
)

// foldCache is what the connection keeps of the database in memory, in KiB. It needs nothing, and all connections share what each
// may take ([sqlitePool]).
const foldCache = 64

// When SQLite's log is folded into the database, in pages. Most of them are changed again before that.
const (
	pageSize   = 4 << 10
	foldAt     = 4_000  // beside the transactions that go on writing
	foldAtOnce = 16_000 // by the one that made the log so long: it can only begin anew where nothing is left to fold
)

// sqliteFolder folds the log into the database on a connection of its own. What it can't fold, as on a full disk, stays in the
// log, as safe as before. A nil one does nothing.
type sqliteFolder struct {
	log  string // its path
	conn *sqliteConn
	due  chan struct{} // at most one waits
	stop context.CancelFunc
	over chan struct{}
}

func newSQLiteFolder(path string, db *sql.DB) *sqliteFolder {
	ctx, stop := context.WithCancel(context.Background())
	f := &sqliteFolder{log: path + "-wal", conn: &sqliteConn{db: db}, due: make(chan struct{}, 1), stop: stop, over: make(chan struct{})}
	go f.run(ctx)
	return f
}

// wrote says that a transaction has been committed.
func (f *sqliteFolder) wrote() {
	if f == nil {
		return
	}
	select {
	case f.due <- struct{}{}:
	default: // it looks soon, and sees this one too
	}
}

// close waits for what is being folded.
func (f *sqliteFolder) close() {
	if f == nil {
		return
	}
	f.stop()
	<-f.over
	f.conn.close()
}

func (f *sqliteFolder) run(ctx context.Context) {
	defer close(f.over)
	for {
		select {
		case <-f.due:
			_ = f.fold(context.WithoutCancel(ctx))
		case <-ctx.Done():
			return
		}
	}
}

// fold folds what is in the log, if that is enough. It waits for no transaction, and none waits for it. Mostly the file is too
// small, and it opens no connection; a log that has begun anew keeps its size.
func (f *sqliteFolder) fold(ctx context.Context) error {
	if file, err := os.Stat(f.log); err != nil || file.Size() < foldAt*pageSize {
		return err
	}
	if err := f.conn.open(ctx, foldCache); err != nil {
		return err
	}
	var busy, pages, folded int
	err := f.conn.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &pages, &folded) // which only counts
	if err == nil && pages-folded >= foldAt {
		_, err = f.conn.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	}
	return err
}
