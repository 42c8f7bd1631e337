package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Spool keeps records on the disk, in parts of which each fits into memory. It is for one goroutine.
type Spool[T any] struct {
	dir   string
	parts map[string]*part
}

// part is one of them, a JSON value per line.
type part struct {
	file   *os.File
	buffer *bufio.Writer
}

// parts is how many parts [PartOf] makes.
const parts = 128

// PartOf is the name of a part for a key: the same for equal ones.
func PartOf(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return strconv.Itoa(int(h.Sum32() % parts))
}

// NewSpool makes an empty spool in a folder, in place of what is there.
func NewSpool[T any](dir string) (*Spool[T], error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return nil, err
	}
	return &Spool[T]{dir, map[string]*part{}}, nil
}

// Put adds a record to a part.
func (s *Spool[T]) Put(name string, record T) error {
	p := s.parts[name]
	if p == nil {
		// #nosec G304 -- a part's name is the program's own
		file, err := os.OpenFile(filepath.Join(s.dir, name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		p = &part{file, bufio.NewWriter(file)}
		s.parts[name] = p
	}
	e := json.NewEncoder(p.buffer)
	e.SetEscapeHTML(false)
	return e.Encode(record)
}

// flush hands a part to the system: it is there whatever becomes of this process.
func (s *Spool[T]) flush(name string) error { return s.parts[name].buffer.Flush() }

// Close makes sure that all records are on the disk. What was spooled can be read afterwards, and no more put.
func (s *Spool[T]) Close() error {
	var failed error
	for _, p := range s.parts {
		failed = errors.Join(failed, p.buffer.Flush(), p.file.Close())
	}
	clear(s.parts)
	return failed
}

// Names are those of the parts, sorted.
func (s *Spool[T]) Names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	slices.Sort(names)
	return names, err
}

// Read reads a part; one that is not there has nothing. A last line that a killed process left unfinished is none.
func (s *Spool[T]) Read(name string) (records []T, err error) {
	file, err := os.Open(filepath.Join(s.dir, name)) // #nosec G304 -- as in Put
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for d := json.NewDecoder(bufio.NewReader(file)); ; {
		var record T
		switch err := d.Decode(&record); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return records, nil
		case err != nil:
			return nil, err
		}
		records = append(records, record)
	}
}
