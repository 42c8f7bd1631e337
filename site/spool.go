package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lama/archive"
)

// record is a post in a list.
type record struct {
	List string `json:"l"`
	At   int64  `json:"t"` // when it was written, in seconds
	URI  string `json:"u"`
}

// spool keeps the records of many lists in a few files, each of which is read whole: no more of them is held at once.
type spool struct {
	prefix string // of the files' paths
	parts  map[string]*bytes.Buffer
}

func newSpool(prefix string) *spool { return &spool{prefix, map[string]*bytes.Buffer{}} }

// held is how much of a part waits in memory, in bytes.
const held = 16 << 10

// add puts a record into a part, which all of its list are in. Without a spool there is only counted.
func (s *spool) add(part string, r record) error {
	if s == nil {
		return nil
	}
	b := s.parts[part]
	if b == nil {
		b = &bytes.Buffer{}
		s.parts[part] = b
	}
	if err := json.NewEncoder(b).Encode(r); err != nil {
		return err
	}
	if b.Len() < held {
		return nil
	}
	return s.flush(part)
}

func (s *spool) flush(part string) error {
	file, err := os.OpenFile(s.path(part), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = s.parts[part].WriteTo(file)
	return errors.Join(err, file.Close())
}

func (s *spool) path(part string) string { return s.prefix + part }

// all are the parts, in their order.
func (s *spool) all() []string { return slices.Sorted(maps.Keys(s.parts)) }

// list is a list, the newest first.
type list struct {
	name        string
	uris        []string
	first, last archive.Time // of when its posts were written
}

// read reads the lists of a part, by their names.
func (s *spool) read(part string) ([]list, error) {
	if err := s.flush(part); err != nil {
		return nil, err
	}
	file, err := os.Open(s.path(part))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []record
	for d := json.NewDecoder(file); ; {
		var r record
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read %s: %w", filepath.Base(file.Name()), err)
		}
		records = append(records, r)
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(b.At, a.At)) })
	var lists []list
	for i, r := range records {
		if i == 0 || r.List != records[i-1].List {
			lists = append(lists, list{name: r.List, last: archive.At(time.Unix(r.At, 0))})
		}
		l := &lists[len(lists)-1]
		l.uris, l.first = append(l.uris, r.URI), archive.At(time.Unix(r.At, 0))
	}
	return lists, nil
}
