package disk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLinkGivesAFileASecondName(t *testing.T) {
	f, dir := open(t)
	elsewhere := filepath.Join(t.TempDir(), "heron.png")
	if err := os.WriteFile(elsewhere, []byte("heron"), 0o600); err != nil {
		t.Fatal(err)
	}
	temp, err := f.Link(t.Context(), elsewhere, "media")
	if err != nil {
		t.Fatal(err)
	}
	defer temp.Discard()
	if temp.SHA256() != sum("heron") || temp.Size() != 5 {
		t.Errorf("it has %d bytes, and the hash %s", temp.Size(), temp.SHA256())
	}
	if path, err := temp.Place("media/a.png"); path != "media/a.png" || err != nil {
		t.Fatal(path, err)
	}
	wantTree(t, dir, map[string]string{"media/a.png": "heron"})
	one, err := os.Stat(elsewhere)
	two, other := os.Stat(filepath.Join(dir, "media/a.png"))
	if err != nil || other != nil || !os.SameFile(one, two) {
		t.Errorf("it was copied, or is gone (%v, %v)", err, other)
	}
}

func TestALinkThatIsGivenUpLeavesTheFileElsewhere(t *testing.T) {
	f, dir := open(t)
	elsewhere := filepath.Join(t.TempDir(), "heron.png")
	if err := os.WriteFile(elsewhere, []byte("heron"), 0o600); err != nil {
		t.Fatal(err)
	}
	temp, err := f.Link(t.Context(), elsewhere, "media")
	if err != nil {
		t.Fatal(err)
	}
	temp.Discard()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Link(ended, elsewhere, "media"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantTree(t, dir, map[string]string{})
	if got, err := os.ReadFile(elsewhere); string(got) != "heron" || err != nil {
		t.Errorf("got %q (%v)", got, err)
	}
}

// Between file systems there are no second names.
func TestAFileOfAnotherFileSystemIsCopied(t *testing.T) {
	f, dir := open(t)
	other, err := os.MkdirTemp("/dev/shm", "lama")
	if err != nil {
		t.Skip(err)
	}
	defer os.RemoveAll(other)
	elsewhere := filepath.Join(other, "heron.png")
	if err := os.WriteFile(elsewhere, []byte("heron"), 0o600); err != nil {
		t.Fatal(err)
	}
	temp, err := f.Link(t.Context(), elsewhere, "media")
	if err != nil {
		t.Fatal(err)
	}
	defer temp.Discard()
	if path, err := temp.Place("media/a.png"); path != "media/a.png" || temp.SHA256() != sum("heron") || err != nil {
		t.Errorf("placed at %s with the hash %s (%v)", path, temp.SHA256(), err)
	}
	wantTree(t, dir, map[string]string{"media/a.png": "heron"})
}

func TestOnlyFilesAreLinked(t *testing.T) {
	f, dir := open(t)
	folder := t.TempDir()
	if err := os.Symlink("/etc/hostname", filepath.Join(folder, "link")); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{folder, filepath.Join(folder, "link"), filepath.Join(folder, "missing")} {
		if temp, err := f.Link(t.Context(), path, "media"); err == nil {
			temp.Discard()
			t.Errorf("%s was linked", path)
		}
	}
	wantTree(t, dir, map[string]string{})
}

func TestInside(t *testing.T) {
	f, dir := open(t)
	for path, want := range map[string]string{filepath.Join(dir, "media", "a.png"): "media/a.png", filepath.Join(dir, "..", "a"): "",
		filepath.Dir(dir): "", dir + "2/a": ""} {
		if got, ok := f.Inside(path); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t", path, got, ok)
		}
	}
}
