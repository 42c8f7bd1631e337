package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// place puts a file beside the pages, and says whether it is there: the store decides whether it leaves, and its content is
// linked to, or copied where the site is on another disk.
func (b *builder) place(ctx context.Context, name, sum string) (here bool, err error) {
	to, err := b.out.path(name)
	if err != nil {
		return false, err
	}
	if _, err := os.Lstat(to); err == nil {
		return true, nil
	}
	file, err := b.Selection.Store.File(ctx, b.viewer(), sum)
	if err != nil || file == nil {
		return false, err
	}
	return b.link(file.Path, file.Size, to)
}

// link makes a file another name. One that is missing, or is not what it was, is left out and counted.
func (b *builder) link(path string, size int64, to string) (here bool, err error) {
	from := filepath.Join(b.Data, filepath.FromSlash(path))
	info, err := os.Lstat(from)
	if !filepath.IsLocal(filepath.FromSlash(path)) || err != nil || !info.Mode().IsRegular() || info.Size() != size {
		b.missing.Add(1)
		return false, nil
	}
	if err = os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
		if err = copied(from, to); err == nil {
			b.copied.Add(1)
		}
	}
	if errors.Is(err, fs.ErrExist) { // another page was faster
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("put %s into the site: %w", path, err)
	}
	b.files.Add(1)
	return true, nil
}

// copied copies a file, under its name as soon as it is whole.
func copied(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	temp, err := os.CreateTemp(filepath.Dir(to), ".lama-*.tmp")
	if err != nil {
		return err
	}
	_, err = io.Copy(temp, in)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Link(temp.Name(), to)
	}
	return errors.Join(err, os.Remove(temp.Name()))
}
