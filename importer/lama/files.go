package lama

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/importer"
)

// folders are LAMA's folders of JSON files, and in which collection an account was shown what they hold.
var folders = map[string]archive.Collection{
	"posts": archive.Statuses, "favourites": archive.Favourites, "bookmarks": archive.Bookmarks,
	"mentions": archive.Notifications, "polls": archive.Notifications, "parents": "", "links": "",
}

// maxFile bounds a JSON file: no status is so large.
const maxFile = 8 << 20

// files yields the JSON files that LAMA wrote: <account>/<kind>s/<year>/<month>/<author>_<id>.json.
func (s *Source) files(ctx context.Context, each func(importer.Item) bool) error {
	root := s.json()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist) && path == root: // LAMA was told to write none
			return nil
		case err != nil:
			return refuse(each, path, err)
		case !d.Type().IsRegular() || filepath.Ext(path) != ".json":
			return nil
		}
		item, ours, err := s.file(ctx, path)
		switch {
		case err != nil:
			return refuse(each, path, err)
		case !ours && !each(item):
			return fs.SkipAll
		}
		return nil
	})
	return err
}

func refuse(each func(importer.Item) bool, path string, err error) error {
	if !each(importer.Item{Where: path, Refused: []string{err.Error()}}) {
		return fs.SkipAll
	}
	return nil
}

// file reads a JSON file; ours says that it is not of LAMA 1.x.
func (s *Source) file(ctx context.Context, path string) (item importer.Item, ours bool, err error) {
	text, written, err := readFile(path)
	if err != nil || !pythonic(text) {
		return item, err == nil, err
	}
	account, collection, err := s.place(path)
	if err != nil {
		return item, false, err
	}
	b, err := s.read(ctx, account, collection, text)
	if err != nil {
		return item, false, err
	}
	item = importer.Item{Where: path, Batch: b}
	for i := range item.Posts {
		item.Posts[i].FetchedAt = written
	}
	for i := range item.Activities { // of those that the database has, it knows better
		item.Activities[i].ArchivedAt = written
	}
	if collection == "" { // the database alone knows from which activity it was reached
		item.Keep = []string{item.Posts[0].URI}
	}
	return item, false, nil
}

// place says what the folders mean in which a file lies.
func (s *Source) place(path string) (account string, c archive.Collection, err error) {
	rel, err := filepath.Rel(s.json(), path)
	if err != nil {
		return "", "", err
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	if len(parts) < 3 {
		return "", "", errors.New("nothing says whose it is")
	}
	account, known := s.named(parts[0])
	c, ok := folders[parts[1]]
	switch {
	case !known:
		return "", "", errors.New("it is of no account that LAMA has archived anything for")
	case !ok:
		return "", "", errors.New("nothing says what the account did with it")
	}
	return account, c, nil
}

// named is the account of a folder's name.
func (s *Source) named(safe string) (account string, ok bool) {
	for name := range s.views {
		if strings.EqualFold(archive.Named(name).Safe(), safe) {
			return name, true
		}
	}
	return "", false
}

func readFile(path string) (text []byte, written archive.Time, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, written, err
	}
	if info.Size() > maxFile {
		return nil, written, errors.New("it is too large for a status")
	}
	indented, err := os.ReadFile(path) // #nosec G304 -- what a person wants to be imported
	if err != nil {
		return nil, written, err
	}
	text, err = compact(indented)
	return text, archive.At(info.ModTime()), err
}

// pythonic says whether a status or a notification is in Python's words, as LAMA's are: it writes dates with a space, and
// servers write a T.
func pythonic(text []byte) bool {
	const date = len("2006-01-02")
	created := gjson.GetBytes(text, "created_at").Str
	return len(created) > date && created[date] == ' '
}
