package disk_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/disk"
)

func TestViewMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := disk.View(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("View = %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

func TestLook(t *testing.T) {
	f, dir := open(t)
	if err := f.WriteJSON("a/x.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("x.json", filepath.Join(dir, "a/link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for path, want := range map[string]disk.Found{
		"a/x.json": {Taken: true, File: true, Size: 2},
		"a/y.json": {},
		"b/y.json": {},
	} {
		if got, err := f.Look(path); got != want || err != nil {
			t.Errorf("Look(%q) = %+v, %v, want %+v", path, got, err, want)
		}
	}
	for _, path := range []string{"a", "a/link"} {
		if got, err := f.Look(path); !got.Taken || got.File || err != nil {
			t.Errorf("Look(%q) = %+v, %v", path, got, err)
		}
	}
	if _, err := f.Look("a/x.json/y"); err == nil {
		t.Error("a file is no folder")
	}
}

func TestSumEndsWithTheContext(t *testing.T) {
	f, _ := open(t)
	if err := f.WriteJSON("x.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Sum(t.Context(), "x.json"); got != sum("{}") || err != nil {
		t.Errorf("Sum = %s, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Sum(ctx, "x.json"); !errors.Is(err, context.Canceled) {
		t.Errorf("Sum after the end = %v", err)
	}
}

func TestEach(t *testing.T) {
	f, dir := open(t)
	var want []string
	for n := range 1200 { // more than one portion
		want = append(want, fmt.Sprintf("a/b/%d.json", n))
	}
	want = append(want, "a/x.json", "link", "y.json")
	for _, p := range append(slices.Clone(want), "a/.lama-x.tmp", ".hidden/x.json", "lost+found/x") {
		if p == "link" {
			continue
		}
		p = filepath.Join(dir, p)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o700), os.WriteFile(p, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	var got []string
	unread := func(err error) { t.Error(err) }
	err := f.Each(t.Context(), ".", func(p string) error { got = append(got, p); return nil }, unread)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	stop := errors.New("enough")
	if err := f.Each(t.Context(), ".", func(string) error { return stop }, unread); !errors.Is(err, stop) {
		t.Errorf("Each = %v", err)
	}
	told := 0
	if err := f.Each(t.Context(), "gone", nil, func(error) { told++ }); err != nil || told != 1 {
		t.Errorf("a folder that is gone: %v, told %d times", err, told)
	}
}

// Whatever an author is called, a file is found by the attachment that it was downloaded for, marked or not.
func TestMediaStem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := media(hostile().Draw(t, "author"), hostile().Draw(t, "id"), archive.Time{}, rapid.IntRange(0, 999).Draw(t, "n"))
		want, ext := disk.MediaPath(m, ""), rapid.SampledFrom([]string{".png", ".mp4", ".bin"}).Draw(t, "extension")
		for _, mark := range []string{"", "~0123abcd", "~0123456789abcdef0123456789abcdef"} {
			if got := disk.MediaStem(want + mark + ext); got != want {
				t.Errorf("MediaStem(%q) = %q", want+mark+ext, got)
			}
		}
	})
}
