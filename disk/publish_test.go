package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lama/disk"
)

// What is published others can read, whatever the umask is, and no half of it is ever there.
func TestPublish(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lama.prom")
	for _, text := range []string{"a longer first version\n", "second\n"} {
		if err := disk.Publish(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("got %q, want %q (%v)", got, text, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	wantTree(t, dir, map[string]string{"lama.prom": "second\n"})
}

func TestPublishWhereNoFolderIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gone", "lama.prom")
	err := disk.Publish(path, nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestFree(t *testing.T) {
	free, err := disk.Free(t.TempDir())
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("NOT TESTED: this system does not tell how much room a disk has")
	}
	if err != nil || free == 0 {
		t.Errorf("got %d, %v", free, err)
	}
	if _, err := disk.Free(filepath.Join(t.TempDir(), "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// The room on a disk is that of the folder's own, to the byte.
func TestFreeOfASmallDisk(t *testing.T) {
	dir := smallDisk(t)
	before, err := disk.Free(dir)
	if err != nil || before == 0 || before > 1<<20 {
		t.Fatalf("%d of a disk of 1 MB are free (%v)", before, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x"), make([]byte, 1<<19), 0o600); err != nil {
		t.Fatal(err)
	}
	if after, err := disk.Free(dir); err != nil || before-after != 1<<19 {
		t.Errorf("%d bytes went, not %d (%v)", before-after, 1<<19, err)
	}
}
