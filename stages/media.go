package stages

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"time"

	"lama/archive"
	"lama/disk"
)

// Media downloads the files of posts, and the pictures that posts show.
type Media struct {
	HTTP     *http.Client // that of package outward: addresses come from strangers
	Folder   *disk.Folder
	Known    func(ctx context.Context, sha256 string) (archive.File, bool, error) // finds a file of the archive
	MaxBytes int64                                                                // of one file; 0 is no limit
	Untold   int64                                                                // the limit, then, of one that comes without its length
	Now      func() time.Time

	// Admit takes a request for an address out of its host's budget, or says that it is not now. It is asked before
	// every request of a task but the first: the pipeline has admitted that. It may be nil.
	Admit func(url string) bool

	// Observe is told of every request, when its body has come to an end: the answer's status and header, or 0 and nil
	// where the host gave none, and the error that cut it short. It may be nil.
	Observe func(url string, status int, header http.Header, err error)

	// Free is how many bytes the disk has left. It may be nil: it has enough.
	Free func() (uint64, error)

	// Silent says, of an address whose request got no answer, whether its host has given none at all: then it is not
	// the file's fault. It may be nil: it is the file's.
	Silent func(url string) bool

	picture bool // what is downloaded is one
}

// Fetch asks the address that is next for a file, and asks on at once for the rest of one whose transfer broke. What
// came is whole and durable under its final name, the folder's entry after [disk.Folder.Sync]. What is wrong with the
// file or its server is in the batch: again later, from the next address, or refused. An error is about the run: the
// context's, the disk's or the database's, or that of arrived, which is called when all of the file has come and nothing
// more is asked of its host.
//
// A part of a file never outlives its Fetch, so that no later one has to trust bytes that an earlier one left: it is
// discarded, or where the run was killed left to [disk.Folder.Clean], and the next Fetch begins with the first byte.
func (s Media) Fetch(ctx context.Context, t archive.Task, arrived func() error) (archive.Batch, error) {
	m := *t.Media
	s.picture = m.Picture()
	file, heard, err := s.next(ctx, m, arrived)
	settle := archive.Settle{Media: t.Media, Step: m.Step, Gone: m.Gone}
	batch := archive.Batch{Lane: t.Lane, Keys: t.Keys()}
	if heard && !m.Silent.IsZero() {
		batch.Host = &archive.Host{Name: t.Lane.Owner}
	}
	var failed *mediaFailure
	switch {
	case err == nil:
		settle.State = archive.Done
		batch.Fetched = []archive.Fetched{{PostURI: m.PostURI, Source: m.Source(), File: file}}
	case ctx.Err() != nil:
		return archive.Batch{}, ctx.Err()
	case errors.As(err, &failed):
		settle.Step, settle.Gone, settle.Outcome = failed.settle(m, Retry{s.Now})
		if !heard && failed.verdict == passing && s.Silent != nil && s.Silent(m.Addresses()[m.Step]) {
			batch.Host = silence(t.Lane.Owner, m, failed.reason, s.Now())
			settle.State, settle.Step, settle.Gone = archive.Pending, m.Step, m.Gone
			settle.NotBefore = yield(batch.Host, s.Now())
		}
	default:
		return archive.Batch{}, fmt.Errorf("download a file of %s: %w", excerpt(cmp.Or(m.PostURI, m.Source()), maxURL), err)
	}
	batch.Settles = []archive.Settle{settle}
	return batch, nil
}

// next asks the address that is next, and says whether its host was heard. Its error is a mediaFailure or about the run.
func (s Media) next(ctx context.Context, m archive.Media, arrived func() error) (file archive.File, heard bool, err error) {
	addresses := m.Addresses()
	if m.Step >= len(addresses) {
		return file, false, &mediaFailure{verdict: hopeless, reason: "no address"}
	}
	d := &download{media: s, ctx: ctx, address: addresses[m.Step]}
	if err := d.ask(nil); err != nil {
		return file, false, err
	}
	heard = !unreachable(d.resp.StatusCode)
	t, kind, err := s.receive(m, d)
	for errors.Is(err, startOver) {
		t, kind, err = s.receive(m, d)
	}
	d.end(err)
	if err != nil {
		return file, heard, err
	}
	defer t.Discard()
	if err := arrived(); err != nil {
		return file, heard, err
	}
	file, err = s.place(ctx, m, t, kind)
	return file, heard, err
}

// observe tells of a request, unless it was the run that ended it.
func (s Media) observe(ctx context.Context, address string, status int, header http.Header, err error) {
	if s.Observe == nil || ctx.Err() != nil {
		return
	}
	var failed *mediaFailure
	if errors.As(err, &failed) {
		s.Observe(address, status, header, failed.cause)
		return
	}
	s.Observe(address, status, header, nil)
}

// peek is how much of a file tells its type.
const peek = 4096

// receive writes the file that begins with the answer at hand. Nothing is written before it is known to be a file. The caller
// discards it in the end, where there is no error.
func (s Media) receive(m archive.Media, d *download) (*disk.Temp, mediaKind, error) {
	if failed := d.begin(); failed != nil {
		return nil, mediaKind{}, failed
	}
	body := bufio.NewReaderSize(d, 32<<10)
	head, err := body.Peek(peek)
	if err != nil && err != io.EOF {
		return nil, mediaKind{}, err
	}
	kind, failed := recognise(head, m)
	if failed != nil {
		return nil, mediaKind{}, failed
	}
	t, err := s.Folder.Create(path.Dir(disk.MediaPath(m, kind.ext)))
	if err != nil {
		return nil, mediaKind{}, err
	}
	if err := copyFile(t, body, s.limit(d.total)); err != nil {
		t.Discard()
		return nil, mediaKind{}, err
	}
	return t, kind, nil
}

// copyFile writes a body to a file, as long as it is no larger than a limit allows.
func copyFile(t *disk.Temp, body io.Reader, l sizeLimit) error {
	if l.bytes > 0 {
		body = io.LimitReader(body, l.bytes+1)
	}
	if _, err := io.Copy(t, body); err != nil {
		return err
	}
	if l.bytes > 0 && t.Size() > l.bytes {
		return l.beyond
	}
	return nil
}

// place gives a file its name, or finds the name under which the archive has the same content already.
func (s Media) place(ctx context.Context, m archive.Media, t *disk.Temp, kind mediaKind) (archive.File, error) {
	file := archive.File{SHA256: t.SHA256(), Size: t.Size(), Type: kind.mime}
	known, found, err := s.Known(ctx, file.SHA256)
	if err != nil {
		return archive.File{}, fmt.Errorf("look for content %s: %w", file.SHA256, err)
	}
	if !found {
		file.Path, err = t.Place(disk.MediaPath(m, kind.ext))
		return file, err
	}
	held, err := s.Folder.Holds(known.Path, known.SHA256)
	switch {
	case err != nil:
		return known, err
	case !held:
		return known, t.Restore(known.Path)
	}
	return known, s.clear(disk.MediaPath(m, kind.ext), known)
}

// clear removes what a run that was stopped has left under a file's own name, where the archive has the content elsewhere
// since: no row names it any more.
func (s Media) clear(own string, known archive.File) error {
	if own == known.Path {
		return nil
	}
	left, err := s.Folder.Holds(own, known.SHA256)
	if err != nil || !left {
		return err
	}
	return s.Folder.Remove(own)
}
