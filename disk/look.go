package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// View opens a data folder that is only looked at: where it is missing it is not made.
func View(dir string) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir}
	if f.root, err = os.OpenRoot(dir); err != nil {
		return nil, f.fail("open", "", err)
	}
	return f, nil
}

// Found is what has a name in the folder.
type Found struct {
	Taken bool  // something has the name
	File  bool  // and that is a regular file
	Size  int64 // of the file, in bytes
}

// Look says what has a name, without opening it.
func (f *Folder) Look(path string) (Found, error) {
	info, err := f.root.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Found{}, nil
	case err != nil:
		return Found{}, f.fail("look at", path, err)
	}
	return Found{Taken: true, File: info.Mode().IsRegular(), Size: info.Size()}, nil
}

// Sum is the SHA-256 of a file, hexadecimal. Reading ends with the context.
func (f *Folder) Sum(ctx context.Context, path string) (string, error) {
	file, err := f.root.Open(path)
	if err != nil {
		return "", f.fail("open", path, err)
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, While(ctx, file)); err != nil {
		return "", f.fail("read", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// While reads from r as long as the context lasts: its error then.
func While(ctx context.Context, r io.Reader) io.Reader { return while{ctx, r} }

type while struct {
	ctx context.Context
	io.Reader
}

func (w while) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Reader.Read(p)
}

// portion is how many entries of a folder are read at once.
const portion = 1000

// Each visits the path of everything that is no folder below a folder, in no order, until visit fails. What is hidden
// is left out: temporary files are, and the notes that systems leave. No file of an archive is. A folder that can't
// be read is told, and left out as well.
func (f *Folder) Each(ctx context.Context, dir string, visit func(path string) error, unread func(error)) error {
	folder, err := f.root.Open(dir)
	if err != nil {
		unread(f.fail("open", dir, err))
		return nil
	}
	defer folder.Close()
	for {
		entries, err := folder.ReadDir(portion)
		for _, e := range entries {
			if err := f.eachOf(ctx, dir, e, visit, unread); err != nil {
				return err
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				unread(f.fail("read", dir, err))
			}
			return nil
		}
	}
}

func (f *Folder) eachOf(ctx context.Context, dir string, e fs.DirEntry, visit func(string) error, unread func(error)) error {
	p := path.Join(dir, e.Name())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case strings.HasPrefix(e.Name(), "."), e.Name() == "lost+found":
		return nil
	case e.IsDir():
		return f.Each(ctx, p, visit, unread)
	}
	return visit(p)
}
