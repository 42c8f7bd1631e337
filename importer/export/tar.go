package export

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// unpacked is a tar in a folder of its own, which goes when it is closed.
type unpacked struct {
	folder
	left []string // names of files that were not unpacked
}

// unpack writes a tar to the folder of its own that the options name. A tar has no directory: whoever wants a file of it
// reads all that is before, and Mastodon wrote the posts after their media. So all of it is unpacked once; the media then
// go into the archive without another copy.
func unpack(ctx context.Context, f *os.File, o Options) (container, error) {
	if o.Scratch == "" {
		return nil, errors.New("a tar can't be read where nothing may be written: unpack it and import the folder")
	}
	if err := os.RemoveAll(o.Scratch); err != nil { // what a killed import has left
		return nil, err
	}
	if err := os.MkdirAll(o.Scratch, 0o700); err != nil {
		return nil, err
	}
	left, err := unpackTo(ctx, o, f)
	if err == nil {
		var c container
		if c, err = openFolder(o.Scratch); err == nil {
			return unpacked{c.(folder), left}, nil
		}
	}
	return nil, errors.Join(err, os.RemoveAll(o.Scratch))
}

func unpackTo(ctx context.Context, o Options, f *os.File) (left []string, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(o.Scratch)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	packed := &counter{r: f}
	plainTar, err := unzipped(bufio.NewReaderSize(packed, 64<<10))
	if err != nil {
		return nil, err
	}
	u := &unpacker{ctx: ctx, root: root, jsonOnly: o.Look, packed: packed}
	err = u.run(tar.NewReader(plainTar))
	return u.left, err
}

// unzipped is a tar without the gzip around it, if there is one.
func unzipped(r *bufio.Reader) (io.Reader, error) {
	if head, err := r.Peek(2); err != nil || string(head) != "\x1f\x8b" {
		return r, err
	}
	return gzip.NewReader(r)
}

// unpacker writes the entries of a tar.
type unpacker struct {
	ctx      context.Context
	root     *os.Root
	jsonOnly bool // media are only named
	packed   *counter
	written  uint64 // or would have been
	left     []string
}

func (u *unpacker) run(r *tar.Reader) error {
	for {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return notWhole(err)
		}
		if err := u.entry(h, r); err != nil {
			return err
		}
	}
}

func notWhole(err error) error { return fmt.Errorf("it is no whole tar, fetch it again: %w", err) }

func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	if err := check(h.Name); err != nil {
		return err
	}
	name := plain(h.Name)
	switch {
	case h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader:
		return nil
	case h.Typeflag != tar.TypeReg:
		return linkError(h.Name)
	case u.jsonOnly && !slices.Contains(parts, path.Base(name)):
		u.left = append(u.left, name)
		return u.copy(io.Discard, name, r)
	}
	return u.write(filepath.FromSlash(name), r)
}

func (u *unpacker) write(name string, r io.Reader) error {
	if err := u.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = u.copy(f, name, r)
	if err == nil { // it becomes a file of the archive, which relies on this
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// copy counts what comes out and not what goes in: of a sparse file a tar holds next to nothing.
func (u *unpacker) copy(to io.Writer, name string, r io.Reader) error {
	for {
		n, err := io.CopyN(to, r, 1<<20)
		u.written += uint64(n)
		switch {
		case u.ctx.Err() != nil:
			return u.ctx.Err()
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return notWhole(err)
		case err != nil:
			return fmt.Errorf("unpack %.100q: %w", name, err)
		case bomb(u.written, u.packed.n):
			return fmt.Errorf("%.100q: %w", name, errBomb)
		}
	}
}

func (u unpacked) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range u.folder.names() {
			if !yield(name) {
				return
			}
		}
		for _, name := range u.left {
			if !yield(name) {
				return
			}
		}
	}
}

func (u unpacked) Close() error { return errors.Join(u.folder.Close(), os.RemoveAll(u.dir)) }

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n uint64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	return n, err
}
