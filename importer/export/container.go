package export

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"strings"
)

// container is what an export came in. Names have slashes and are those of regular files alone.
type container interface {
	names() iter.Seq[string]
	open(name string) (io.ReadCloser, error)
	path(name string) string // of a file that lies on the disk as it is; empty where none does
	Close() error
}

// Errors of what is no export, or should be none.
var (
	errBomb    = errors.New("it would unpack to far more than it says: no export is like that, it is not unpacked")
	errNotKind = errors.New("it is neither a ZIP, a tar.gz nor a folder")
)

// openContainer opens an export by what it is, not by what it is called. A tar is unpacked to the folder scratch.
func openContainer(ctx context.Context, file string, o Options) (container, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(file)
	}
	if !info.Mode().IsRegular() {
		return nil, errNotKind
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, f.Close())
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("PK")):
		return openZIP(f, info.Size())
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), n > 262 && string(head[257:262]) == "ustar":
		defer f.Close()
		return unpack(ctx, f, o)
	}
	return nil, errors.Join(errNotKind, f.Close())
}

// check says what is wrong with the name of an entry. Mastodon has written names from the root on.
func check(name string) error {
	if strings.ContainsAny(name, "\\\x00") || strings.Contains("/"+name+"/", "/../") || len(name) > 1 && name[1] == ':' {
		return fmt.Errorf("it holds a file called %.100q, which leads out of it: no export does, it is not read", name)
	}
	return nil
}

// plain is a name without what means nothing in it.
func plain(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// linkError says that an export has a link in it.
func linkError(name string) error {
	return fmt.Errorf("it holds a link, %.100q: no export does, it is not followed", name)
}

// bomb says whether so much can't be what was packed into so little. JSON shrinks to a twentieth, media hardly.
func bomb(unpacked, packed uint64) bool { return unpacked > 64<<20 && unpacked/200 > packed }

type zipped struct {
	file  *os.File
	files map[string]*zip.File
}

func openZIP(f *os.File, size int64) (container, error) {
	z, err := readZIP(f, size)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return z, nil
}

func readZIP(f *os.File, size int64) (zipped, error) {
	r, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // of which check says more
		return zipped{}, fmt.Errorf("it is no whole ZIP, fetch it again: %w", err)
	}
	z := zipped{f, make(map[string]*zip.File, len(r.File))}
	var packed uint64
	for _, entry := range r.File {
		mode := entry.Mode()
		if err := check(entry.Name); err != nil {
			return z, err
		}
		packed += entry.CompressedSize64
		switch {
		case !mode.IsDir() && !mode.IsRegular():
			return z, linkError(entry.Name)
		case bomb(entry.UncompressedSize64, entry.CompressedSize64), packed > uint64(size): // the same bytes, many times
			return z, fmt.Errorf("%.100q: %w", entry.Name, errBomb)
		case entry.Flags&1 != 0:
			return z, fmt.Errorf("%.100q is encrypted: unpack it and import the folder", entry.Name)
		case mode.IsRegular():
			z.files[plain(entry.Name)] = entry
		}
	}
	return z, nil
}

func (z zipped) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range z.files {
			if !yield(name) {
				return
			}
		}
	}
}

// open reads no more of an entry than the ZIP says it has: package zip sees to that.
func (z zipped) open(name string) (io.ReadCloser, error) { return z.files[name].Open() }

func (z zipped) path(string) string { return "" }

func (z zipped) Close() error { return z.file.Close() }
