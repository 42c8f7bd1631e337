package export

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// folder is an export that was unpacked. No name leads out of it, not through links either.
type folder struct {
	dir  string
	root *os.Root
	all  []string
}

func openFolder(dir string) (container, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := folder{dir: dir, root: root}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			f.all = append(f.all, name)
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

func (f folder) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range f.all {
			if !yield(name) {
				return
			}
		}
	}
}

func (f folder) open(name string) (io.ReadCloser, error) {
	if info, err := f.root.Lstat(filepath.FromSlash(name)); err == nil && !info.Mode().IsRegular() {
		return nil, linkError(name)
	}
	return f.root.Open(filepath.FromSlash(name))
}

func (f folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folder) Close() error { return f.root.Close() }
