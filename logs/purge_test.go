package logs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPurge(t *testing.T) {
	const newest = "LAMA-run-20260701-233005.log"
	others := []string{"LAMA-init-20200101-000000.log", "notes.txt", "lama-run-20200101-000000.log"}
	for _, c := range []struct {
		name  string
		old   []string
		limit int
		want  []string // of old
	}{
		{"no limit", []string{"LAMA-run-20240101-000000.log", "LAMA-run-20250101-000000.log"}, 0,
			[]string{"LAMA-run-20240101-000000.log", "LAMA-run-20250101-000000.log"}},
		{"below the limit", []string{"LAMA-run-20240101-000000.log"}, 2, []string{"LAMA-run-20240101-000000.log"}},
		{"the oldest go", []string{"LAMA-run-20250101-000000.log", "LAMA-run-20240101-000000.log",
			"LAMA-run-20240601-000000.log"}, 2, []string{"LAMA-run-20250101-000000.log"}},
		{"only the new one", []string{"LAMA-run-20240101-000000.log"}, 1, nil},
		{"the clock was set back", []string{"LAMA-run-20990101-000000.log", "LAMA-run-20990102-000000.log"}, 2,
			[]string{"LAMA-run-20990102-000000.log"}},
		{"of one second", []string{"LAMA-run-20240101-000000.log", "LAMA-run-20240101-000000-02.log"}, 2,
			[]string{"LAMA-run-20240101-000000-02.log"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range append(append([]string{newest}, others...), c.old...) {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(dir, "LAMA-run-20000101-000000.log"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("notes.txt", filepath.Join(dir, "LAMA-run-20000102-000000.log")); err != nil {
				t.Logf("no symbolic links here: %v", err)
			}
			if err := purge(dir, newest, c.limit); err != nil {
				t.Fatal(err)
			}
			for _, kept := range append(append([]string{newest, "LAMA-run-20000101-000000.log"}, others...), c.want...) {
				if _, err := os.Lstat(filepath.Join(dir, kept)); err != nil {
					t.Errorf("%s is gone: %v", kept, err)
				}
			}
			var got []string
			for _, name := range c.old {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					got = append(got, name)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenPurges(t *testing.T) {
	dir := t.TempDir()
	var last *Log
	for range 4 {
		last, _ = open(t, Options{Dir: dir, HistoryLimit: 2})
	}
	got, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(dir, "LAMA-run-"+now.Local().Format(stampLayout))
	if diff := cmp.Diff([]string{base + "-03.log", last.Path}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
