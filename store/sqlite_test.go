//go:build sqlite

package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
)

func init() {
	databases["sqlite"] = func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "lama.db") }
}

// Before 3.51.3 a write-ahead log could be reset while it was read, which damaged databases.
func TestTheSQLiteInsideIsSound(t *testing.T) {
	f := open(t, databases["sqlite"](t))
	var major, minor, patch int
	if _, err := fmt.Sscanf(f.column("SELECT sqlite_version()")[0], "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if version := major*1000000 + minor*1000 + patch; version < 3051003 {
		t.Errorf("SQLite %d.%d.%d", major, minor, patch)
	}
}
