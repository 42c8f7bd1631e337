package export

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lama/disk"
)

// sink is where the files of an export go that may be a folder or a single file.
type sink interface {
	// write adds a file of this size, in bytes.
	write(name string, size int64, content io.Reader) error
	// copy adds a file of the archive. A [*Lost] is told where it can't be had; then nothing was added.
	copy(ctx context.Context, m Media, name string, f *File) error
	// work is the path of something that is needed while the export is made.
	work(name string) string
	// Complete makes the export visible, or says that it is complete.
	Complete() error
	Close() error
}

// newSink is a file where the name is that of one, else a folder.
func newSink(to, format string, now time.Time) (sink, error) {
	if Packed(to) {
		return newPack(to, now)
	}
	f, err := OpenFolder(to, format)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Packed says whether an export of this name is one file.
func Packed(name string) bool {
	return strings.HasSuffix(name, ".zip") || strings.HasSuffix(name, ".tar.gz")
}

func (f *Folder) write(name string, _ int64, content io.Reader) error {
	if err := f.Owns(name); err != nil {
		return err
	}
	temp, err := f.Create(".")
	if err != nil {
		return err
	}
	defer temp.Discard()
	if _, err := io.Copy(temp, content); err != nil {
		return err
	}
	return temp.Restore(name)
}

func (f *Folder) copy(ctx context.Context, m Media, name string, file *File) error {
	return m.Copy(ctx, f, name, file)
}

// pack is a ZIP or a tar.gz, which has its name when it is whole. It is marked as an export: nothing else is replaced.
type pack struct {
	folder *disk.Folder // in which it is
	temp   *disk.Temp
	name   string
	dir    string
	now    time.Time
	zip    *zip.Writer // nil where it is a tar.gz
	tar    *tar.Writer
	gzip   *gzip.Writer
}

// packed is the comment by which an export in a file is known.
const packed = "an export of LAMA"

func newPack(to string, now time.Time) (*pack, error) {
	if err := replaceable(to); err != nil {
		return nil, err
	}
	folder, err := disk.Open(filepath.Dir(to))
	if err != nil {
		return nil, err
	}
	temp, err := folder.Create(".")
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	p := &pack{folder: folder, temp: temp, name: filepath.Base(to), dir: filepath.Dir(to), now: now}
	if strings.HasSuffix(to, ".zip") {
		p.zip = zip.NewWriter(temp)
		return p, p.zip.SetComment(packed)
	}
	p.gzip = gzip.NewWriter(temp)
	p.gzip.Comment = packed
	p.tar = tar.NewWriter(p.gzip)
	return p, nil
}

// replaceable says whether an export may have the name of what is there.
func replaceable(name string) error {
	switch comment, err := commentOf(name); {
	case errors.Is(err, fs.ErrNotExist) || comment == packed:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return err
	}
	return fmt.Errorf("%s is there and is no export of LAMA: name another file, or move it away", name)
}

func commentOf(name string) (string, error) {
	if strings.HasSuffix(name, ".zip") {
		z, err := zip.OpenReader(name)
		if err != nil {
			return "", err
		}
		return z.Comment, z.Close()
	}
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	g, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	return g.Comment, nil
}

func (p *pack) write(name string, size int64, content io.Reader) error {
	w, err := p.entry(name, size, zip.Deflate)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, content)
	return err
}

// entry begins a file.
func (p *pack) entry(name string, size int64, method uint16) (io.Writer, error) {
	if p.zip != nil {
		return p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: p.now})
	}
	return p.tar, p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: p.now})
}

// copy looks at the file before it begins: what has begun can't be taken back.
func (p *pack) copy(ctx context.Context, m Media, name string, f *File) error {
	if err := m.check(ctx, f); err != nil {
		return err
	}
	w, err := p.entry(name, f.Size, zip.Store)
	if err != nil {
		return err
	}
	return m.write(ctx, w, f)
}

func (p *pack) work(name string) string { return filepath.Join(p.dir, "."+p.name+hidden, name) }

func (p *pack) Complete() error {
	var err error
	if p.zip != nil {
		err = p.zip.Close()
	} else {
		err = errors.Join(p.tar.Close(), p.gzip.Close())
	}
	if err != nil {
		return err
	}
	return p.temp.Restore(p.name)
}

func (p *pack) Close() error {
	p.temp.Discard()
	return errors.Join(os.RemoveAll(p.work("")), p.folder.Close())
}
