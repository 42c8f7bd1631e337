package disk_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/disk"
)

func open(t *testing.T) (*disk.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "user", "data")
	f, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir
}

// temp is a temporary file with a content.
func temp(t *testing.T, f *disk.Folder, dir, content string) *disk.Temp {
	t.Helper()
	tmp, err := f.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tmp.Discard)
	if _, err := tmp.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return tmp
}

// tree is every file below a folder with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func wantTree(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func TestPlace(t *testing.T) {
	f, dir := open(t)
	want := map[string]string{
		"a/x.jpg":                           "one",
		"a/x~" + sum("two")[:8] + ".jpg":    "two",
		"a/x~" + sum("three")[:8] + ".jpg":  "damaged",
		"a/x~" + sum("three")[:32] + ".jpg": "three",
		"elsewhere/y.jpg":                   "four",
	}
	if err := os.MkdirAll(filepath.Join(dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a/x~"+sum("three")[:8]+".jpg"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ content, path, want string }{
		{"one", "a/x.jpg", "a/x.jpg"},
		{"one", "a/x.jpg", "a/x.jpg"},
		{"two", "a/x.jpg", "a/x~" + sum("two")[:8] + ".jpg"},
		{"two", "a/x.jpg", "a/x~" + sum("two")[:8] + ".jpg"},
		{"three", "a/x.jpg", "a/x~" + sum("three")[:32] + ".jpg"},
		{"four", "elsewhere/y.jpg", "elsewhere/y.jpg"},
	} {
		tmp := temp(t, f, "a", c.content)
		got, err := tmp.Place(c.path)
		tmp.Discard()
		if err != nil || got != c.want {
			t.Errorf("Place(%q) of %q = %q, %v, want %q", c.path, c.content, got, err, c.want)
		}
	}
	wantTree(t, dir, want)
}

func TestRestore(t *testing.T) {
	f, dir := open(t)
	for _, content := range []string{"damaged", "whole"} {
		if err := temp(t, f, "b", content).Restore("a/x.jpg"); err != nil {
			t.Fatal(err)
		}
	}
	wantTree(t, dir, map[string]string{"a/x.jpg": "whole"})
}

func TestHolds(t *testing.T) {
	f, dir := open(t)
	if err := f.WriteJSON("a/x.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, content string
		want          bool
	}{
		{"a/x.json", "{}", true},
		{"a/x.json", "[]", false},
		{"a/y.json", "{}", false},
		{"b/y.json", "{}", false},
		{"folder", "", false},
	} {
		if got, err := f.Holds(c.path, sum(c.content)); got != c.want || err != nil {
			t.Errorf("Holds(%q, %q) = %v, %v, want %v", c.path, c.content, got, err, c.want)
		}
	}
}

func TestRemove(t *testing.T) {
	f, dir := open(t)
	if err := f.WriteJSON("x.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove("x.json"); err != nil {
			t.Error(err)
		}
	}
	wantTree(t, dir, map[string]string{})
}

func TestDiscard(t *testing.T) {
	f, dir := open(t)
	tmp := temp(t, f, "a", "half")
	if len(tree(t, dir)) != 1 {
		t.Error("the file is not on disk while it is written")
	}
	tmp.Discard()
	tmp.Discard()
	wantTree(t, dir, map[string]string{})
}

func TestNothingEscapes(t *testing.T) {
	f, dir := open(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "media")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := f.Create("media/host"); err == nil {
		t.Error("a temporary file went through a symbolic link")
	}
	for _, p := range []string{"../x.json", "media/x.json", filepath.Join(outside, "x.json")} {
		if err := f.WriteJSON(p, nil); err == nil {
			t.Errorf("%s was written", p)
		}
		if _, err := temp(t, f, ".", "x").Place(p); err == nil {
			t.Errorf("%s was placed", p)
		}
	}
	wantTree(t, outside, map[string]string{})
}

func TestRights(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other rights")
	}
	f, dir := open(t)
	if _, err := temp(t, f, "a/b", "x").Place("a/b/x.jpg"); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteJSON("c/d/x.json", nil); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]fs.FileMode{
		".": 0o700, "a": 0o700, "a/b": 0o700, "a/b/x.jpg": 0o600, "c": 0o700, "c/d": 0o700, "c/d/x.json": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, p))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", p, info.Mode().Perm(), err, want)
		}
	}
}

// A run that is killed between writing and renaming leaves a temporary file: it never has a final name, and a later run
// removes it.
func TestClean(t *testing.T) {
	f, dir := open(t)
	now := time.Now()
	temp(t, f, "media/a/b", "killed yesterday")
	if err := f.WriteJSON("json/.lama-notes", nil); err != nil {
		t.Fatal(err)
	}
	for p := range tree(t, dir) {
		if err := os.Chtimes(filepath.Join(dir, p), now, now.Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	temp(t, f, "media/a/b", "being written")

	removed, err := f.Clean(t.Context(), now.Add(-24*time.Hour))
	if removed != 1 || err != nil {
		t.Errorf("Clean = %d, %v, want 1", removed, err)
	}
	left := slices.Collect(func(yield func(string) bool) {
		for _, content := range tree(t, dir) {
			yield(content)
		}
	})
	slices.Sort(left)
	if diff := cmp.Diff([]string{"", "being written"}, left); diff != "" {
		t.Error(diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Clean(ctx, now); !errors.Is(err, context.Canceled) {
		t.Errorf("Clean after the run was cancelled = %v", err)
	}
}

func TestMark(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"", "ABC", "XYZ"} {
		f, err := disk.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if id != "" {
			if err := f.SetMark(id); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := f.Mark(); got != id || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, id)
		}
	}
}
