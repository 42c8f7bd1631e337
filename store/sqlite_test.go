//go:build sqlite

package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lama/archive"
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

// What is closed is whole in one file: whoever copies an archive copies that.
func TestAClosedArchiveLeavesNoLogBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lama.db")
	f := open(t, "sqlite:"+path)
	f.commit(did(ana, archive.BasePost, post("home.example", "1")))
	f.Close()
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its log is still there (%v)", err)
	}
}
