//go:build sqlite

package store

import (
	"path/filepath"
	"testing"
)

// Connections share what their caches may take, and the first keeps it: reads that follow each other use that one. Those at
// once have one each.
func TestReadsUseTheConnectionThatWasUsedLast(t *testing.T) {
	e, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "lama.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	used := map[*sqliteConn]bool{}
	var nested func(deep int) error
	nested = func(deep int) error {
		return e.read(t.Context(), func(tx tx) error {
			used[tx.(sqliteTx).sqliteConn] = true
			if deep == 1 {
				return nil
			}
			return nested(deep - 1)
		})
	}
	for range 5 {
		if err := nested(1); err != nil {
			t.Fatal(err)
		}
	}
	if len(used) != 1 {
		t.Errorf("reads that follow each other used %d connections", len(used))
	}
	if err := nested(readersSQLite); err != nil || len(used) != readersSQLite {
		t.Errorf("reads at once used %d connections (%v)", len(used), err)
	}
}
