package export

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"lama/archive"
)

// Export is one execution of `lama export`.
type Export struct {
	Selection
	Format   string      // of [Formats]
	To       string      // a folder, or a file where the format has one
	Data     fs.FS       // the archive's data folder
	Now      time.Time   // of the files in a file
	Progress func(Tally) // is told how far it is, often
	Lost     func(error) // is told of each file of the archive that can't be had
}

// Tally is what leaves.
type Tally struct {
	Posts      int   // boosts not among them
	Boosts     int   // that say nothing of their own
	Deeds      int   // activities
	Favourites int   // of these, the accounts' own
	Bookmarks  int   // likewise
	Files      int   // of media, each as often as it is in a post
	Bytes      int64 // of these
}

// Formats are the names of the formats.
var Formats = []string{"jsonl", "csv", "markdown", mastodonFormat}

const mastodonFormat = "mastodon"

// Run writes the export.
func (e *Export) Run(ctx context.Context) (Tally, error) {
	if err := e.check(); err != nil {
		return Tally{}, err
	}
	w, err := e.open()
	if err != nil {
		return Tally{}, err
	}
	return e.run(ctx, w)
}

// Count is what would leave. It writes nothing.
func (e *Export) Count(ctx context.Context) (Tally, error) {
	if err := e.check(); err != nil {
		return Tally{}, err
	}
	return e.run(ctx, nowhere{})
}

// check says whether the export can be made. One as Mastodon's is an account's own: all of its doings are told.
func (e *Export) check() error {
	if e.Format == mastodonFormat {
		if len(e.Accounts) != 1 {
			return errors.New("an export as Mastodon's is of one account")
		}
		e.Doings = true
	}
	return e.Check()
}

func (e *Export) open() (writer, error) {
	if e.Format == mastodonFormat {
		to, err := newSink(e.To, e.Format, e.Now)
		if err != nil {
			return nil, err
		}
		return newMastodon(e, to)
	}
	folder, err := OpenFolder(e.To, e.Format)
	if err != nil {
		return nil, err
	}
	switch e.Format {
	case "jsonl":
		return newRows(folder, ".jsonl", lineLayout)
	case "csv":
		return newRows(folder, ".csv", csvLayout)
	}
	return newMarkdown(e, folder)
}

// writer writes a format. Nothing is to be found under its name before finish, or in a folder that says so.
type writer interface {
	// take gets the posts that leave, in the order of [Selection.Posts].
	take(ctx context.Context, p Post) error
	// finish makes complete what was written.
	finish(ctx context.Context) error
	// close ends it, whether it was finished or not.
	close() error
}

// run hands what leaves to a writer.
func (e *Export) run(ctx context.Context, w writer) (t Tally, err error) {
	defer func() { err = errors.Join(err, w.close()) }()
	for p, err := range e.Posts(ctx) {
		if err != nil {
			return t, err
		}
		if e.Format == mastodonFormat {
			p.Deeds = own(p.Deeds)
			if len(p.Deeds) == 0 {
				continue
			}
		}
		if err := w.take(ctx, p); err != nil {
			return t, err
		}
		t.add(p, e.Format != mastodonFormat || did(p.Deeds, archive.BasePost))
		e.Progress(t)
	}
	return t, w.finish(ctx)
}

// nowhere writes nothing.
type nowhere struct{}

func (nowhere) take(context.Context, Post) error { return nil }
func (nowhere) finish(context.Context) error     { return nil }
func (nowhere) close() error                     { return nil }

// add counts what was taken: with the post itself, or only that an account did something with it.
func (t *Tally) add(p Post, whole bool) {
	for _, d := range p.Deeds {
		t.Deeds++
		if d.Base == archive.BaseFavourite && d.Chain == archive.ChainNone {
			t.Favourites++
		}
		if d.Base == archive.BaseBookmark && d.Chain == archive.ChainNone {
			t.Bookmarks++
		}
	}
	if !whole {
		return
	}
	if p.Bare() {
		t.Boosts++
		return
	}
	t.Posts++
	for _, f := range p.Seen.Files {
		if f.SHA256 != "" {
			t.Files++
			t.Bytes += f.Size
		}
	}
}
