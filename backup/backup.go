// Package backup keeps a second copy of an archive, in a folder or in one file, and makes an archive of it again.
//
// The database is taken first, as it is at one moment, and the files after it: a run that goes on meanwhile adds files, and
// none that a row of that moment names can be missing. A JSON file may have been written anew since; so it is not copied
// but made of the rows, as runs make it, and equals them.
//
// A folder is brought up to date in an order in which each moment leaves a backup that is whole: media are added, then
// the new database takes the place of the old one, and then the JSON files, which are derived from it, follow, and what no
// row names any more goes. What is in the folder already is not copied again. Of media that is decided by content: a file
// is the same where the database of the last backup says that its path holds this SHA-256, or else where reading it shows
// that. Files are copied, never linked: a hard link would share each damage with the original, and most backups are on
// another disk anyway.
//
// A file is a tar with the database and all media, without JSON files, which restoring makes again. It is written
// whole beside the one before, and then takes its place.
//
// Tokens are in no backup. It may be kept where others can read it, and a token can be had again.
package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"lama/archive"
	"lama/config"
	"lama/disk"
	"lama/store"
)

// Names in a backup, which has the folders of a user_dir.
const (
	dataFolder = "data"
	database   = "lama.db"
	prefsFile  = "prefs.json"
)

// Job is a backup, or the restoring of one.
type Job struct {
	Schema   string               // the text of schema.sql
	Prefs    []byte               // the text of prefs.json; nil: there is none
	Found    func(archive.Damage) // is told of each file that can't be had
	Progress func(Progress)       // is told how far it is, often; may be nil
}

// Progress is how far a step is.
type Progress struct {
	Step      string
	Done, All int64 // All is 0 where it is not known
	Bytes     int64 // of media
}

// Tally is what a backup holds, or a restored archive, and what was done for it.
type Tally struct {
	Rows          int64
	Files, Bytes  int64 // of media
	New, NewBytes int64 // of these, what was not there before
	JSON, NewJSON int64 // files
	Removed       int64 // files of which no row tells any more
	Damaged       int   // media files that can't be had
}

func (j *Job) show(p Progress) {
	if j.Progress != nil {
		j.Progress(p)
	}
}

// open opens the database of a backup, which is of this version.
func (j *Job) open(ctx context.Context, path string, same bool) (*store.Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{URL: "sqlite:" + path, Schema: j.Schema, Exists: true, Same: same})
}

// writePrefs writes prefs.json into a user_dir, without what holds on the machine alone that it comes from.
func writePrefs(text []byte, dir string) error {
	if text == nil {
		return nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if text, err = config.Portable(text, dir); err != nil {
		return fmt.Errorf("write prefs.json: %w", err)
	}
	folder, err := disk.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.WriteJSON(prefsFile, text)
}
