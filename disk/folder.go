package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Rights of what is made here: it holds private posts.
const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Folder is the data folder. No path leads out of it, not through symbolic links either. It is for one run at a
// time; within that, all its methods may be called at once.
type Folder struct {
	dir  string
	root *os.Root
	move sync.Mutex // makes "is the name free? then take it" one step
}

// Open opens the data folder and makes it where it is missing.
func Open(dir string) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, f.fail("create", "", err)
	}
	if f.root, err = os.OpenRoot(dir); err != nil {
		return nil, f.fail("open", "", err)
	}
	return f, nil
}

// Close gives the folder back to the system. Its files are untouched.
func (f *Folder) Close() error { return f.root.Close() }

// Remove removes a file; one that is not there is removed already.
func (f *Folder) Remove(path string) error {
	if err := f.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.fail("remove", path, err)
	}
	return nil
}

// Holds says whether a file is there with exactly the content of this SHA-256 (hexadecimal). It reads the file.
func (f *Folder) Holds(path, sum string) (bool, error) {
	_, same, err := f.compare(path, sum)
	return same, err
}

// compare says whether a name is taken, and if so, whether by the content of this SHA-256.
func (f *Folder) compare(path, sum string) (taken, same bool, err error) {
	// Only a regular file is opened: a pipe of that name would never come to an end.
	found, err := f.Look(path)
	if err != nil || !found.File {
		return found.Taken, false, err
	}
	got, err := f.Sum(context.Background(), path)
	return true, got == sum, err
}

// Clean removes the temporary files that killed runs left behind, if they were last written before a moment, and says
// how many. It looks into every folder, except those that it can't read.
func (f *Folder) Clean(ctx context.Context, before time.Time) (removed int, err error) {
	err = fs.WalkDir(f.root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && entry != nil && entry.IsDir():
			return fs.SkipDir
		case err != nil || !isTemp(entry):
			return nil
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			return nil
		}
		removed++
		return f.Remove(path)
	})
	return removed, err
}

func isTemp(entry fs.DirEntry) bool {
	name := entry.Name()
	return entry.Type().IsRegular() && strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}
