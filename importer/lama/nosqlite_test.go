//go:build !sqlite

package lama_test

import (
	"strings"
	"testing"

	"lama/importer/lama"
)

func TestABuildWithoutSQLiteSaysWhichOneCan(t *testing.T) {
	if _, err := lama.Open(t.Context(), lama.Options{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("got %v", err)
	}
}
