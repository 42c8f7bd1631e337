package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"lama/store"
)

// Media copies files of posts out of an archive. They are copies and no links: what a person does with an export changes
// nothing in the archive. Their names are made of their content, and tell of no post.
type Media struct {
	Store  *store.Store
	Viewer store.Viewer
	Data   fs.FS // the archive's data folder
}

// Lost is a file that the archive has no more, or not as it was.
type Lost struct{ error }

func (l *Lost) Unwrap() error { return l.error }

// File is a file that leaves.
type File struct {
	Name string // below some folder, with slashes
	Type string // of its bytes
	Size int64
	sum  string
	path string // in the data folder
}

// Find is the file with a SHA-256 (hexadecimal); nil where the viewer may not have it.
func (m Media) Find(ctx context.Context, sum string) (*File, error) { return m.find(ctx, sum, "") }

// Picture is the file of a picture that a post shows, beside its own media.
func (m Media) Picture(ctx context.Context, p store.Picture) (*File, error) {
	return m.find(ctx, p.SHA256, p.Pass)
}

func (m Media) find(ctx context.Context, sum, pass string) (*File, error) {
	f, err := m.Store.File(ctx, m.Viewer, sum, pass)
	if err != nil || f == nil {
		return nil, err
	}
	return &File{path.Join(sum[:2], sum[2:]+path.Ext(f.Path)), f.Type, f.Size, sum, f.Path}, nil
}

// Copy writes a file into an export's folder, unless it is there. A [*Lost] is told where it can't be had.
func (m Media) Copy(ctx context.Context, to *Folder, name string, f *File) error {
	if err := to.Owns(name); err != nil {
		return err
	}
	if here, err := f.at(to, name); err != nil || here {
		return err
	}
	temp, err := to.Create(path.Dir(name))
	if err != nil {
		return err
	}
	defer temp.Discard()
	if err := m.write(ctx, temp, f); err != nil {
		return err
	}
	if temp.SHA256() != f.sum {
		return &Lost{fmt.Errorf("%s is not as it was", f.path)}
	}
	return temp.Restore(name)
}

// at says whether a folder has the file under a name. One that is made of the content needs no second look at that.
func (f *File) at(folder *Folder, name string) (bool, error) {
	found, err := folder.Look(name)
	if err != nil || !found.File || found.Size != f.Size {
		return false, err
	}
	if strings.HasSuffix(name, f.Name) {
		return true, nil
	}
	return folder.Holds(name, f.sum)
}

// write copies a file's bytes.
func (m Media) write(ctx context.Context, w io.Writer, f *File) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	source, err := m.Data.Open(f.path)
	if err != nil {
		return &Lost{err}
	}
	defer source.Close()
	_, err = io.Copy(w, source)
	return err
}

// check says whether a file is there and as it was.
func (m Media) check(ctx context.Context, f *File) error {
	h := sha256.New()
	if err := m.write(ctx, h, f); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != f.sum {
		return &Lost{fmt.Errorf("%s is not as it was", f.path)}
	}
	return nil
}
