//go:build sqlite

package store

import (
	"context"
	"fmt"
)

// makeSQLite makes a database that is thrown away unless it is finished: nothing is kept to take a transaction back, and what
// SQLite notes meanwhile, which grows with the rows of that one transaction, does not lie in memory.
func makeSQLite(ctx context.Context, path string) (engine, error) {
	e, err := openSQLiteWith(ctx, path, "journal_mode(OFF)", "synchronous(OFF)", "temp_store(FILE)")
	if err != nil {
		return nil, err
	}
	return e, nil
}

// snapshot copies the database as it is at this moment, while others go on writing.
func (e *sqliteEngine) snapshot(ctx context.Context, path string) error {
	if err := touch(path); err != nil {
		return err
	}
	if _, err := e.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy the database %s: %w", e.path, err)
	}
	return nil
}
