//go:build sqlite

package store

import (
	"path/filepath"
	"testing"
)

func openForTest(t *testing.T) *sqliteEngine {
	t.Helper()
	e, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "lama.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e.(*sqliteEngine)
}

// logOf is how many pages a database's log has, and how many of them are in the database, too.
func logOf(t *testing.T, e *sqliteEngine) (pages, folded int) {
	t.Helper()
	var busy int
	if err := e.db.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &pages, &folded); err != nil {
		t.Fatal(err)
	}
	return pages, folded
}

// writePages commits a row of about so many pages.
func writePages(t *testing.T, e *sqliteEngine, n int) {
	t.Helper()
	err := e.write(t.Context(), func(to tx) error {
		if err := to.exec(t.Context(), "CREATE TABLE IF NOT EXISTS large (content blob)"); err != nil {
			return err
		}
		return to.exec(t.Context(), "INSERT INTO large VALUES (zeroblob($1))", n*pageSize)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A commit has a long log folded, and needs not wait for that: the next transaction may be writing.
func TestALongLogIsFoldedBesideTheWriter(t *testing.T) {
	e := openForTest(t)
	looked := func() {
		for range 2 { // of these it has taken one, and so ended what it did before
			e.folder.due <- struct{}{}
		}
	}
	writePages(t, e, 10)
	looked()
	if pages, folded := logOf(t, e); pages < 10 || folded != 0 {
		t.Errorf("of a log of %d pages %d were folded", pages, folded)
	}
	writePages(t, e, foldAt)
	err := e.write(t.Context(), func(tx) error {
		looked()
		if pages, folded := logOf(t, e); pages < foldAt || folded < foldAt {
			t.Errorf("of a log of %d pages only %d were folded", pages, folded)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A log does not grow without bounds where commits follow each other at once: the writer folds what is left, and begins it anew.
func TestTheLogBeginsAnew(t *testing.T) {
	e := openForTest(t)
	e.folder.close() // what is left is all, then
	longest := 0
	for range 5 {
		writePages(t, e, foldAtOnce/2)
		pages, _ := logOf(t, e)
		longest = max(longest, pages)
	}
	if longest < foldAtOnce || longest > foldAtOnce+foldAtOnce/2 {
		t.Errorf("the longest log had %d pages", longest)
	}
}
