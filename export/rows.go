package export

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"lama/archive"
	"lama/disk"
	"lama/store"
)

// rows writes posts and activities as tables, a JSON object per row or a line of CSV.
type rows struct {
	folder *Folder
	tables [2]*table // posts, activities
}

// table is a file that becomes visible when it is whole.
type table struct {
	name   string
	temp   *disk.Temp
	buffer *bufio.Writer
	layout layout
}

// newRows writes the tables posts and activities into files with an ending.
func newRows(folder *Folder, ending string, l layout) (writer, error) {
	r := &rows{folder: folder}
	for i, t := range []struct {
		name    string
		example any
	}{{"posts", store.Hit{}}, {"activities", activity{}}} {
		var err error
		if r.tables[i], err = folder.newTable(t.name+ending, l, t.example); err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	return r, nil
}

func (f *Folder) newTable(name string, l layout, example any) (*table, error) {
	if err := f.Owns(name); err != nil {
		return nil, err
	}
	temp, err := f.Create(".")
	if err != nil {
		return nil, err
	}
	t := &table{name, temp, bufio.NewWriter(temp), l}
	return t, t.write(l.head, example)
}

func (r *rows) take(_ context.Context, p Post) error {
	if err := r.tables[0].add(p.Hit); err != nil {
		return err
	}
	for _, d := range p.Deeds {
		if err := r.tables[1].add(row(d)); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) add(row any) error { return t.write(t.layout.row, row) }

func (t *table) write(put func(io.Writer, []byte) error, row any) error {
	object, err := inLine(row)
	if err != nil {
		return err
	}
	return put(t.buffer, append(object, '\n'))
}

func (r *rows) finish(context.Context) error {
	for _, t := range r.tables {
		if err := t.buffer.Flush(); err != nil {
			return err
		}
		if err := t.temp.Restore(t.name); err != nil {
			return err
		}
	}
	return r.folder.Complete()
}

func (r *rows) close() error {
	for _, t := range r.tables {
		if t != nil {
			t.temp.Discard()
		}
	}
	return r.folder.Close()
}

// activity is a row of the table activities. The archive's bookkeeping and the notification, which speaks of who got it,
// are columns without a value.
type activity struct {
	ID           int64         `json:"id"`
	Account      string        `json:"account"`
	PostURI      string        `json:"post_uri"`
	Base         archive.Base  `json:"base"`
	Chain        archive.Chain `json:"chain"`
	Distance     int           `json:"distance"`
	ActivityType string        `json:"activity_type"`
	ActivityID   string        `json:"activity_id"`
	ArchivedAt   *time.Time    `json:"archived_at"`
	RemovedAt    *time.Time    `json:"removed_at"`
	Envelope     *string       `json:"envelope"`
	Unwritten    *bool         `json:"unwritten"`
}

func row(d store.Deed) activity {
	return activity{ID: d.ID, Account: d.Account, PostURI: d.PostURI, Base: d.Base, Chain: d.Chain, Distance: d.Distance,
		ActivityType: d.Type(), ActivityID: d.Activity.ID, ArchivedAt: moment(d.ArchivedAt), RemovedAt: moment(d.RemovedAt)}
}

// moment is a time for JSON; nil where it is not known.
func moment(t archive.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}
