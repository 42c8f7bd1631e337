package export_test

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/export"
)

// then is when the tests' exports are made.
var then = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// run makes an export that loses nothing.
func (f *fixture) run(ctx context.Context, s export.Selection, format, to string) (export.Tally, error) {
	s.Store = f.store
	lost := 0
	e := export.Export{Selection: s, Format: format, To: to, Data: os.DirFS(f.root), Now: then, Progress: func(export.Tally) {},
		Lost: func(error) { lost++ }}
	tally, err := e.Run(ctx)
	if lost > 0 {
		err = errors.Join(err, errors.New("files were lost"))
	}
	return tally, err
}

// exported writes a format as all that it is.
func exported(format, name string) func(*fixture, context.Context, export.Selection) (string, error) {
	return func(f *fixture, ctx context.Context, s export.Selection) (string, error) {
		dir, err := os.MkdirTemp(f.root, "export")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(dir)
		if _, err = f.run(ctx, s, format, filepath.Join(dir, name)); err != nil {
			return "", err
		}
		var b strings.Builder
		for name, content := range files(f.t, dir) {
			b.WriteString(name + "\n" + content + "\n")
		}
		return b.String(), nil
	}
}

// files are those in a folder, hidden ones too, and those in its ZIPs and tar.gzs, by their names.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".zip":
			unzip(t, path, all)
		case ".gz":
			untar(t, path, all)
		default:
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(dir, path)
			all[filepath.ToSlash(name)] = string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func unzip(t testing.TB, path string, all map[string]string) {
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = slurp(t, r)
	}
}

func untar(t testing.TB, path string, all map[string]string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(g); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = slurp(t, r)
	}
}

func slurp(t testing.TB, r io.Reader) string {
	t.Helper()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func slurpFile(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}
