package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lama/disk"
	"lama/store"
)

// ToFolder makes a folder a backup of an archive whose files are in data, or brings one up to date. It is a user_dir of
// its own.
func (j *Job) ToFolder(ctx context.Context, db *store.Store, data *disk.Folder, dir string) (Tally, error) {
	id, _, err := db.Identity(ctx)
	if err != nil {
		return Tally{}, err
	}
	if _, err := belongs(dir, id); err != nil {
		return Tally{}, err
	}
	to, release, err := claim(dir, id)
	if err != nil {
		return Tally{}, err
	}
	defer to.Close()
	defer release()
	m := mirror{Job: j, from: data, to: to}
	path := filepath.Join(dir, dataFolder, database)
	if err := m.database(ctx, db, path); err != nil {
		return m.tally, err
	}
	if err := m.derived(ctx, path, true); err != nil {
		return m.tally, err
	}
	return m.tally, writePrefs(j.Prefs, dir)
}

// WouldAdd counts what [Job.ToFolder] would copy. It writes nothing.
func (j *Job) WouldAdd(ctx context.Context, db *store.Store, dir string) (Tally, error) {
	id, _, err := db.Identity(ctx)
	if err != nil {
		return Tally{}, err
	}
	m := mirror{Job: j, rows: db, dry: true}
	if used, err := belongs(dir, id); err != nil {
		return Tally{}, err
	} else if used {
		if m.to, err = disk.View(filepath.Join(dir, dataFolder)); err != nil {
			return Tally{}, err
		}
		defer m.to.Close()
	}
	if _, m.tally.Rows, err = db.Count(ctx); err != nil {
		return Tally{}, err
	}
	return m.tally, m.media(ctx)
}

// database takes the database, adds the media that it names, and puts it in the place of the one before.
func (m *mirror) database(ctx context.Context, db *store.Store, path string) (err error) {
	temp := store.TempName(path)
	defer func() { err = errors.Join(err, store.Discard(temp)) }()
	m.show(Progress{Step: "the database"})
	if err := db.Snapshot(ctx, temp, store.CopyOptions{Schema: m.Schema, Progress: m.showCopy}); err != nil {
		return err
	}
	if m.rows, err = m.open(ctx, temp, true); err != nil {
		return err
	}
	defer m.rows.Close()
	if m.before, err = m.open(ctx, path, true); err == nil {
		defer m.before.Close()
	} else {
		m.before = nil // there is none, or a damaged or older one: then files are read
	}
	if _, m.tally.Rows, err = m.rows.Count(ctx); err != nil {
		return err
	}
	if err := m.media(ctx); err != nil {
		return err
	}
	return m.settle(temp, path)
}

func (m *mirror) showCopy(p store.Progress) {
	m.show(Progress{Step: "the database, " + p.Table, Done: p.Done, All: p.All})
}

// settle closes the databases and gives the new one the name of the old.
func (m *mirror) settle(temp, path string) error {
	m.rows.Close()
	if m.before != nil {
		m.before.Close()
	}
	if _, err := os.Stat(path + "-wal"); err == nil { // it would be taken for the new one's
		return fmt.Errorf("%s is open in another program, as lama serve: end that, then back up again", path)
	}
	m.show(Progress{Step: "the database's place"})
	return store.Settle(temp, path)
}

// derived brings the files that follow from the rows in line with them.
func (m *mirror) derived(ctx context.Context, path string, prune bool) (err error) {
	if m.rows, err = m.open(ctx, path, true); err != nil {
		return err
	}
	defer m.rows.Close()
	if err := m.json(ctx); err != nil || !prune {
		return err
	}
	return m.prune(ctx)
}

// claim makes a folder an archive's, and keeps others from doing so at the same time.
func claim(dir, id string) (to *disk.Folder, release func(), err error) {
	data := filepath.Join(dir, dataFolder)
	if to, err = disk.Open(data); err != nil {
		return nil, nil, err
	}
	release, err = store.Reserve(filepath.Join(data, database))
	if err == nil {
		if err = to.SetMark(id); err == nil {
			return to, release, nil
		}
		release()
	}
	return nil, nil, errors.Join(err, to.Close())
}

// belongs says whether a folder is in use by an archive of this id. One that is empty, or not there, is not. One that
// holds anything else is refused.
func belongs(dir, id string) (used bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, dataFolder)); err == nil {
		folder, err := disk.View(filepath.Join(dir, dataFolder))
		if err != nil {
			return false, err
		}
		defer folder.Close()
		switch mark, err := folder.Mark(); {
		case err != nil:
			return false, err
		case mark == id:
			return true, nil
		case mark != "":
			return false, fmt.Errorf("%s holds another archive: name another folder", dir)
		}
	}
	return false, empty(dir)
}

// empty refuses a folder in which there is a file. What a program left that was killed at its beginning is none.
func empty(dir string) error {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		name := ""
		if entry != nil {
			name = entry.Name()
		}
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == dir:
			return fs.SkipAll
		case err != nil || entry.IsDir() || strings.HasPrefix(name, ".lama-") || name == database+".lock":
			return err
		}
		return fmt.Errorf("%s is not empty (it holds %s): name a folder that is empty", dir, path)
	})
	return err
}
