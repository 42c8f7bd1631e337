package export

import (
	"context"
	"errors"
	"io/fs"
	"time"
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
	Posts  int   // boosts not among them
	Boosts int   // that say nothing of their own
	Deeds  int   // activities
	Files  int   // of media, each content once per post
	Bytes  int64 // of these
}

// Formats are the names of the formats.
var Formats = []string{"jsonl", "csv", "markdown", "mastodon"}

// Run writes the export.
func (e *Export) Run(ctx context.Context) (Tally, error) {
	w, err := e.open()
	if err != nil {
		return Tally{}, err
	}
	return e.run(ctx, w)
}

func (e *Export) open() (writer, error) {
	if e.Format == "mastodon" {
		if len(e.Accounts) != 1 {
			return nil, errors.New("an export as Mastodon's is of one account")
		}
		e.Doings = true // it is the account's own
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
		return newRows(folder, ".jsonl", lines)
	case "csv":
		return newRows(folder, ".csv", csv)
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
		if err := w.take(ctx, p); err != nil {
			return t, err
		}
		t.add(p)
		e.Progress(t)
	}
	return t, w.finish(ctx)
}

// Count is what would leave. It writes nothing.
func (e *Export) Count(ctx context.Context) (Tally, error) { return e.run(ctx, nowhere{}) }

// nowhere writes nothing.
type nowhere struct{}

func (nowhere) take(context.Context, Post) error { return nil }
func (nowhere) finish(context.Context) error     { return nil }
func (nowhere) close() error                     { return nil }

func (t *Tally) add(p Post) {
	if p.Reblog != "" && p.Content == "" {
		t.Boosts++
	} else {
		t.Posts++
	}
	t.Deeds += len(p.Deeds)
	for _, f := range p.Seen.Files {
		if f.SHA256 != "" {
			t.Files++
			t.Bytes += f.Size
		}
	}
}
