// Package mastodonarchive reads the files of kensanata's mastodon-archive: one JSON file for an account, with what its
// server's API sent for each collection, and a folder of media beside it.
//
// The statuses are what Mastodon.py made of the API's: dates are written in another way, and fields of its own added.
package mastodonarchive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lama/archive"
	"lama/importer/stream"
	"lama/mastodon"
)

// Archive is such a file, open for reading.
type Archive struct {
	Account archive.Account // whose it is

	file  string
	media *os.Root // nil where there is no folder
}

// Open opens a file. Its media are in the folder; without one, in that beside the file, if there is one. The account is
// what the file says where none is given.
func Open(file, folder string, given archive.Account) (*Archive, error) {
	a := &Archive{file: file}
	if err := a.identify(given); err != nil {
		return nil, fmt.Errorf("open the archive %s: %w", file, err)
	}
	optional := folder == ""
	if optional {
		folder = beside(file)
	}
	root, err := os.OpenRoot(folder)
	switch {
	case err == nil:
		a.media = root
	case !optional || !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open the media of %s: %w", file, err)
	}
	return a, nil
}

// Close closes the archive.
func (a *Archive) Close() error {
	if a.media == nil {
		return nil
	}
	return a.media.Close()
}

// named is how mastodon-archive calls its files: <host>.user.<user>.json, and those that it has split off with a number
// before the end.
var named = regexp.MustCompile(`^(.+)\.user\.(.+?)(?:\.\d+)?\.json~?$`)

// beside is the folder in which mastodon-archive puts the media of a file.
func beside(file string) string {
	if parts := named.FindStringSubmatch(filepath.Base(file)); parts != nil {
		return filepath.Join(filepath.Dir(file), parts[1]+".user."+parts[2])
	}
	return strings.TrimSuffix(file, ".json")
}

// identify learns whose archive it is: from the name of the file, which has the server as its owner called it, else from
// the account in it.
func (a *Archive) identify(given archive.Account) error {
	said, err := a.owner()
	if err != nil {
		return err
	}
	a.Account = given
	if given.User != "" {
		if said.Username != "" && !strings.EqualFold(said.Username, given.User) {
			return fmt.Errorf("it is of %s, not of %s: name that account", said.Username, given.Name())
		}
		return nil
	}
	if parts := named.FindStringSubmatch(filepath.Base(a.file)); parts != nil {
		a.Account = archive.Account{User: parts[2], Instance: strings.ToLower(parts[1]), Scheme: "https"}
		return nil
	}
	scheme, rest, ok := strings.Cut(said.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	if !ok || host == "" || said.Username == "" {
		return errors.New("it does not say whose it is: name the account with --account USER@HOST")
	}
	a.Account = archive.Account{User: said.Username, Instance: strings.ToLower(host), Scheme: scheme}
	return nil
}

// owner is the account that the file says it is of.
func (a *Archive) owner() (who mastodon.Account, err error) {
	file, err := os.Open(a.file)
	if err != nil {
		return who, err
	}
	defer file.Close()
	kind := func(member string) stream.Kind {
		if member == "account" {
			return stream.Whole
		}
		return stream.Skip
	}
	found := false
	err = stream.Each(file, kind, func(_ string, _ int, item json.RawMessage) bool {
		found = who.UnmarshalJSON(item) == nil
		return !found
	})
	if err == nil && !found {
		err = errors.New("it has no account: it is no file of mastodon-archive")
	}
	return who, err
}
