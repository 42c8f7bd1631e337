//go:build sqlite

package site

import (
	"path/filepath"
	"testing"
)

func init() {
	databases["sqlite"] = func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "lama.db") }
}
