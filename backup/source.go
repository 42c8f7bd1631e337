package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"lama/disk"
)

// source is a backup as it is read.
type source interface {
	id() string
	// database opens the database's file.
	database() (io.ReadCloser, error)
	// prefs are the text of prefs.json; nil where there is none. It is called after database, and before media.
	prefs() []byte
	// media adds the media files to a mirror's folder.
	media(ctx context.Context, m *mirror) error
	// sizes tells the size of each media file. It is called instead of the others.
	sizes(add func(int64) error) error
	io.Closer
}

func openSource(from string) (source, error) {
	if !IsFile(from) {
		return openFolder(from)
	}
	f, err := os.Open(from) // #nosec G304 -- the backup that is asked for
	if err != nil {
		return nil, err
	}
	t := &tarSource{file: f, tar: tar.NewReader(f)}
	if t.mark, err = firstEntry(t.tar); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", from, err), f.Close())
	}
	return t, nil
}

// folderSource is a backup that is a folder.
type folderSource struct {
	dir  string
	mark string
	data *disk.Folder
}

func openFolder(dir string) (source, error) {
	data, err := disk.View(filepath.Join(dir, dataFolder))
	if err != nil {
		return nil, fmt.Errorf("%s is no backup: %w", dir, err)
	}
	mark, err := data.Mark()
	if err == nil && mark == "" {
		err = fmt.Errorf("%s is no backup: it has no %s", dir, filepath.Join(dataFolder, disk.MarkFile))
	}
	if err != nil {
		return nil, errors.Join(err, data.Close())
	}
	return &folderSource{dir, mark, data}, nil
}

func (s *folderSource) id() string   { return s.mark }
func (s *folderSource) Close() error { return s.data.Close() }

func (s *folderSource) database() (io.ReadCloser, error) {
	if found, err := s.data.Look(database + "-wal"); err != nil || found.Size > 0 {
		return nil, errors.Join(fmt.Errorf("the database in %s is in use, or a program that used it was killed: end that, or run "+
			"`lama --config %s status` once", s.dir, filepath.Join(s.dir, prefsFile)), err)
	}
	return s.data.Read(database)
}

func (s *folderSource) prefs() []byte {
	text, err := os.ReadFile(filepath.Join(s.dir, prefsFile))
	if err != nil {
		return nil
	}
	return text
}

func (s *folderSource) media(ctx context.Context, m *mirror) error {
	m.from = s.data
	return m.media(ctx)
}

// tarSource is a backup that is a file: what is in it comes in one order.
type tarSource struct {
	file *os.File
	tar  *tar.Reader
	mark string
	text []byte
}

func (s *tarSource) id() string    { return s.mark }
func (s *tarSource) prefs() []byte { return s.text }
func (s *tarSource) Close() error  { return s.file.Close() }

// maxPrefs bounds a prefs.json, in bytes.
const maxPrefs = 1 << 20

func (s *tarSource) database() (io.ReadCloser, error) {
	for {
		h, err := s.tar.Next()
		if err != nil {
			return nil, fmt.Errorf("it holds no database: %w", err)
		}
		switch h.Name {
		case dataFolder + "/" + database:
			return io.NopCloser(s.tar), nil
		case prefsFile:
			if s.text, err = io.ReadAll(io.LimitReader(s.tar, maxPrefs)); err != nil {
				return nil, err
			}
		}
	}
}

// media takes each file of which a row tells, and nothing else. What did not come is told in the end.
func (s *tarSource) media(ctx context.Context, m *mirror) error {
	for {
		h, err := s.tar.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the backup: %w: it is cut, or damaged", err)
		}
		name, ok := strings.CutPrefix(h.Name, dataFolder+"/media/")
		if !ok || h.Typeflag != tar.TypeReg {
			continue
		}
		if err := s.one(ctx, m, "media/"+name); err != nil {
			return err
		}
	}
	m.from, m.before = m.to, m.rows // what is there by now is whole, and what is not can be had nowhere
	return m.media(ctx)
}

func (s *tarSource) one(ctx context.Context, m *mirror, path string) error {
	f, known, err := m.rows.FileAt(ctx, path)
	if err != nil || !known {
		return err
	}
	m.show(Progress{Step: "media", Done: m.tally.New, Bytes: m.tally.NewBytes})
	there, err := m.has(ctx, f)
	if err != nil || there {
		return err
	}
	flaw, err := place(ctx, m.to, f, s.tar)
	if err == nil && flaw == "" {
		m.tally.New, m.tally.NewBytes = m.tally.New+1, m.tally.NewBytes+f.Size
		err = m.to.Sync(path)
	}
	return err // what is damaged is told as missing
}

// sizes are those of the media files.
func (s *folderSource) sizes(add func(int64) error) error {
	return s.data.Each(context.Background(), "media", func(path string) error {
		found, err := s.data.Look(path)
		return errors.Join(err, add(found.Size))
	}, func(error) {}) // there may be none
}

func (s *tarSource) sizes(add func(int64) error) error {
	for {
		h, err := s.tar.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && strings.HasPrefix(h.Name, dataFolder+"/media/") {
			err = add(h.Size)
		}
		if err != nil {
			return err
		}
	}
}
