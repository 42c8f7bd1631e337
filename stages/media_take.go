package stages

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"lama/archive"
	"lama/disk"
)

// Local is a file of an attachment that is on this machine already.
type Local struct {
	Path string                        // where it lies, absolute; empty: only Open has it
	Open func() (io.ReadCloser, error) // reads it; nil where there is a Path
}

// Refused says why a local file is not taken.
type Refused struct{ Reason string }

func (r *Refused) Error() string { return r.Reason }

// Take puts a local file into the data folder: one that lies there stays where it is, another gets a second name where the
// file system allows that, or is copied. It returns a [Refused] for what is no file of the attachment, the system's error
// for what can't be read, and the disk's or the database's.
func (s Media) Take(ctx context.Context, m archive.Media, from Local) (archive.File, error) {
	kind, err := from.recognise(m)
	if err != nil {
		return archive.File{}, err
	}
	if at, inside := s.Folder.Inside(from.Path); inside {
		if file, ok, err := s.adopt(ctx, at, kind); ok || err != nil {
			return file, err
		}
	}
	t, err := s.temp(ctx, from, path.Dir(disk.MediaPath(m, kind.ext)))
	if err != nil {
		return archive.File{}, err
	}
	defer t.Discard()
	if s.MaxBytes > 0 && t.Size() > s.MaxBytes {
		return archive.File{}, &Refused{tooLarge.reason}
	}
	return s.place(ctx, m, t, kind)
}

func (s Media) temp(ctx context.Context, from Local, dir string) (*disk.Temp, error) {
	if from.Path != "" {
		return s.Folder.Link(ctx, from.Path, dir)
	}
	body, err := from.Open()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	t, err := s.Folder.Create(dir)
	if err != nil {
		return nil, err
	}
	l := sizeLimit{s.MaxBytes, tooLarge}
	switch err = copyFile(t, body, l); {
	case err == nil:
		return t, nil
	case errors.Is(err, tooLarge):
		err = &Refused{tooLarge.reason}
	}
	t.Discard()
	return nil, err
}

// adopt is a file of the data folder as it lies there, unless the archive has the same content under another name.
func (s Media) adopt(ctx context.Context, at string, kind mediaKind) (file archive.File, ok bool, err error) {
	found, err := s.Folder.Look(at)
	if err != nil {
		return file, false, err
	}
	sum, err := s.Folder.Sum(ctx, at)
	if err != nil {
		return file, false, err
	}
	known, has, err := s.Known(ctx, sum)
	if err != nil {
		return file, false, fmt.Errorf("look for content %s: %w", sum, err)
	}
	return archive.File{SHA256: sum, Size: found.Size, Type: kind.mime, Path: at}, !has || known.Path == at, nil
}

// recognise tells from its first bytes what a local file is.
func (l Local) recognise(wanted archive.Media) (mediaKind, error) {
	body, err := l.open()
	if err != nil {
		return mediaKind{}, err
	}
	defer body.Close()
	head, err := bufio.NewReaderSize(body, peek).Peek(peek)
	if err != nil && err != io.EOF {
		return mediaKind{}, err
	}
	kind, failed := recognise(head, wanted)
	if failed != nil {
		return mediaKind{}, &Refused{failed.reason}
	}
	return kind, nil
}

func (l Local) open() (io.ReadCloser, error) {
	if l.Path == "" {
		return l.Open()
	}
	info, err := os.Lstat(l.Path)
	if err == nil && !info.Mode().IsRegular() { // a pipe would never come to an end
		return nil, &Refused{"it is no regular file"}
	}
	return os.Open(l.Path)
}
