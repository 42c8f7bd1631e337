package disk_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lama/disk"
)

func TestWriteAll(t *testing.T) {
	f, dir := open(t)
	first, second := map[string][]byte{}, map[string][]byte{}
	want := map[string]string{}
	for i := range 50 {
		p := fmt.Sprintf("json/a/posts/2022/%02d/x_%d.json", i%12, i)
		first[p], second[p], want[p] = []byte("a longer first version"), []byte("second"), "second"
	}
	for _, files := range []map[string][]byte{first, nil, second} {
		if err := f.WriteAll(maps.All(files)); err != nil {
			t.Fatal(err)
		}
	}
	wantTree(t, dir, want)
}

func TestSync(t *testing.T) {
	f, _ := open(t)
	if err := f.WriteJSON("a/b/c.json", nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync("a/b/c.json", "a/d.json", "e.json"); err != nil {
		t.Error(err)
	}
	if err := f.Sync("gone/c.json"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Sync of a folder that is gone = %v", err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOSPC: "write /data/x: no space left on device; make room, then run again",
		syscall.EROFS:  "write /data/x: read-only file system; mount it for writing, then run again",
		syscall.EACCES: "write /data/x: permission denied; let the user who runs lama write there, then run again",
		syscall.EIO:    "write /data/x: input/output error",
	} {
		if got := (&disk.Error{Op: "write", Path: "/data/x", Err: err}).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestOpenWhereAFileIs(t *testing.T) {
	p := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(p, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var failure *disk.Error
	if _, err := disk.Open(p); !errors.As(err, &failure) || failure.Path != p {
		t.Errorf("Open = %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	f, err := disk.Open(smallDisk(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tmp := temp(t, f, "media", "")
	_, err = tmp.Write(make([]byte, 2<<20))
	var failure *disk.Error
	if !errors.As(err, &failure) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
		t.Errorf("Write = %v", err)
	}
	tmp.Discard()
	if err := f.WriteJSON("json/x.json", make([]byte, 2<<20)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("WriteJSON = %v", err)
	}
	wantTree(t, failure.Path[:strings.Index(failure.Path, "/media/")], map[string]string{})
}

// smallDisk mounts a file system of 1 MB.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput()
	if err != nil {
		t.Skipf("a full disk needs root and tmpfs: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return dir
}
