package logs

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// prefix begins the names of log files, LAMA's and ours. Nothing else in the folder is ever removed.
const prefix = "LAMA-run"

// purge removes the oldest log files until limit remain, with the newest, which is being written and stays.
// The time of a file is that in its name: copying an archive changes the others.
func purge(dir, newest string, limit int) error {
	if limit <= 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var old []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasPrefix(e.Name(), prefix) && e.Name() != newest {
			old = append(old, e.Name())
		}
	}
	// Without the extension, a run sorts before another one of the same second.
	slices.SortFunc(old, func(a, b string) int {
		return cmp.Compare(strings.TrimSuffix(a, ".log"), strings.TrimSuffix(b, ".log"))
	})
	var errs []error
	for _, name := range old[:max(0, len(old)-(limit-1))] {
		errs = append(errs, os.Remove(filepath.Join(dir, name)))
	}
	return errors.Join(errs...)
}
