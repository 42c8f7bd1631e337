package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lama/archive"
)

// The parts of an export that hold its posts and what the account did; the first has to be there.
const (
	outbox    = "outbox.json"
	actorFile = "actor.json"
	likes     = "likes.json"
	bookmarks = "bookmarks.json"
)

var parts = []string{outbox, actorFile, likes, bookmarks}

// Options say how an export is opened.
type Options struct {
	// Scratch is the folder to which a tar is unpacked. It is made, emptied before and removed after, and is best on the
	// file system of the archive: media then are moved there, not copied.
	Scratch string
	// Look opens it for a look: of a tar, no media are unpacked, and none can be read.
	Look bool
	// Account is whose export it is; its user may be empty: the export says it.
	Account archive.Account
}

// Export is an account's export, open for reading.
type Export struct {
	Account archive.Account // whose export it is
	// Served is that the account's server can be asked with its token. Posts of that server are then called by their ids.
	Served bool

	file  string
	box   container
	root  string            // of the names: a folder in it, where it was packed again
	media map[string]string // names of files by what an attachment calls them
	actor actor
}

// Open opens an export. An error says what is wrong with it, and what to do.
func Open(ctx context.Context, file string, o Options) (*Export, error) {
	box, err := openContainer(ctx, file, o)
	if err != nil {
		return nil, fmt.Errorf("open the export %s: %w", file, err)
	}
	e := &Export{file: file, box: box}
	if err := e.look(o.Account); err != nil {
		return nil, errors.Join(fmt.Errorf("open the export %s: %w", file, err), box.Close())
	}
	return e, nil
}

// Close closes the export. What was unpacked for it is removed.
func (e *Export) Close() error { return e.box.Close() }

// look learns where things are in an export, and whose it is.
func (e *Export) look(account archive.Account) error {
	var roots []string
	for name := range e.box.names() {
		if path.Base(name) == outbox && !hidden(name) {
			roots = append(roots, strings.TrimSuffix(name, outbox))
		}
	}
	depth := func(root string) int { return strings.Count(root, "/") }
	slices.SortFunc(roots, func(a, b string) int { return cmp.Or(depth(a)-depth(b), strings.Compare(a, b)) })
	switch {
	case len(roots) == 0:
		return fmt.Errorf("it holds no %s: it is no export of Mastodon", outbox)
	case len(roots) > 1 && depth(roots[0]) == depth(roots[1]):
		return fmt.Errorf("it holds several exports, %q and %q: unpack it and import one folder after the other", roots[0], roots[1])
	}
	e.root = roots[0]
	e.media = map[string]string{}
	for name := range e.box.names() {
		if base := strings.TrimPrefix(name, e.root); !hidden(name) && !slices.Contains(parts, base) {
			e.media[mediaKey(base)] = name
		}
	}
	return e.identify(account)
}

// hidden says whether a file is one that macOS adds to what it packs.
func hidden(name string) bool {
	return strings.HasPrefix(path.Base(name), "._") || strings.Contains("/"+name, "/__MACOSX/")
}

// mediaKey is what the name of a media file and the address of its attachment have in common. Depending on the year and
// on where a server keeps its media, both may begin with its folder, its bucket or its name.
func mediaKey(name string) string {
	if _, after, ok := strings.Cut("/"+name, "/media_attachments/"); ok {
		return "media_attachments/" + after
	}
	return plain(name)
}

// open opens one of the parts; one that is not there is empty.
func (e *Export) open(part string) (io.ReadCloser, error) {
	name := e.root + part
	for have := range e.box.names() {
		if have == name {
			return e.box.open(name)
		}
	}
	return nil, fmt.Errorf("%s: %w", part, fs.ErrNotExist)
}
