package site

import (
	"cmp"
	"path/filepath"
	"slices"
	"time"

	"lama/archive"
	"lama/export"
)

// record is a post in a list.
type record struct {
	List string
	At   int64 // when it was written, in seconds
	URI  string
}

// lists are the lists of a site while it is made: on the disk, in parts of which each is read whole. nil keeps none.
type lists struct {
	months *export.Spool[record] // each list, of the timeline and of the media wall, is a part: see [monthly]
	named  *export.Spool[record] // of authors and tags, many in a part
}

func newLists(dir string) (*lists, error) {
	months, err := export.NewSpool[record](filepath.Join(dir, "months"))
	if err != nil {
		return nil, err
	}
	named, err := export.NewSpool[record](filepath.Join(dir, "named"))
	return &lists{months, named}, err
}

// byMonth adds a post to the list of its month.
func (l *lists) byMonth(kind string, at archive.Time, uri string) error {
	if l == nil {
		return nil
	}
	name := kind + " " + monthOf(at)
	return l.months.Put(name, record{name, at.Unix(), uri})
}

// byName adds a post to the list of an author or a tag.
func (l *lists) byName(kind, name string, at archive.Time, uri string) error {
	if l == nil {
		return nil
	}
	return l.named.Put(export.PartOf(name), record{kind + " " + name, at.Unix(), uri})
}

// undated is the month of posts of which nobody knows when they were written.
const undated = "0001-01"

func monthOf(at archive.Time) string { return at.UTC().Format("2006-01") }

// list is a list, the newest first.
type list struct {
	name        string
	uris        []string
	first, last archive.Time // of when its posts were written
}

// listsOf are the lists of a part, by their names.
func listsOf(of *export.Spool[record], part string) ([]list, error) {
	records, err := of.Read(part)
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(b.At, a.At)) })
	var all []list
	for i, r := range records {
		at := archive.At(time.Unix(r.At, 0))
		if i == 0 || r.List != records[i-1].List {
			all = append(all, list{name: r.List, last: at})
		}
		l := &all[len(all)-1]
		l.uris, l.first = append(l.uris, r.URI), at
	}
	return all, err
}
