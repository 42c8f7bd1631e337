package disk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// errNoFile says of a name that it is a folder, a link, a pipe …
var errNoFile = errors.New("it is no regular file")

// Inside says where in the folder a file of this machine lies; ok is false for one that lies elsewhere. file is an
// absolute path.
func (f *Folder) Inside(file string) (path string, ok bool) {
	rel, err := filepath.Rel(f.dir, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// Link makes a temporary file of one that lies elsewhere, an absolute path: a second name of it where the file system
// allows that, else a copy. Its content is read for the hash. Errors of the file elsewhere are the system's own.
func (f *Folder) Link(ctx context.Context, file, dir string) (*Temp, error) {
	if info, err := os.Lstat(file); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", file, errNoFile)
	}
	at, err := f.below(dir)
	if err != nil {
		return nil, err
	}
	t := &Temp{folder: f, at: at, dir: dir, name: tempName(), hash: sha256.New(), durable: true}
	if os.Link(file, filepath.Join(at.dir, t.name)) != nil {
		_ = at.Close()
		return f.copyOf(ctx, file, dir)
	}
	if t.file, err = at.root.Open(t.name); err != nil {
		err = at.fail("open", t.name, err)
		t.Discard()
		return nil, err
	}
	if t.size, err = io.Copy(t.hash, While(ctx, t.file)); err != nil {
		t.Discard()
		return nil, err
	}
	return t, nil
}

func (f *Folder) copyOf(ctx context.Context, file, dir string) (*Temp, error) {
	from, err := os.Open(file) // #nosec G304 -- what a person wants to be imported
	if err != nil {
		return nil, err
	}
	defer from.Close()
	t, err := f.Create(dir)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(t, While(ctx, from)); err != nil {
		t.Discard()
		return nil, err
	}
	return t, nil
}
