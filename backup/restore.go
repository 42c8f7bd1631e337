package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lama/disk"
	"lama/store"
)

// Restore makes the archive of a backup, a folder or a file, anew in an empty folder, which becomes its user_dir. The
// database gets its name last: until then no program takes the folder for an archive. One that was interrupted goes on.
func (j *Job) Restore(ctx context.Context, from, dir string) (tally Tally, err error) {
	src, err := openSource(from)
	if err != nil {
		return tally, err
	}
	defer src.Close()
	path := filepath.Join(dir, dataFolder, database)
	if err := j.vacant(src, dir); err != nil {
		return tally, err
	}
	to, release, err := claim(dir, src.id())
	if err != nil {
		return tally, err
	}
	defer to.Close()
	defer release()
	temp := store.TempName(path)
	if err := j.receive(ctx, src, temp); err != nil {
		return tally, err
	}
	m := mirror{Job: j, to: to}
	if err := m.fill(ctx, src, temp, dir); err != nil {
		return m.tally, err
	}
	return m.tally, store.Settle(temp, path)
}

// WouldRestore counts the media files of a backup that [Job.Restore] would make. It writes nothing.
func (j *Job) WouldRestore(ctx context.Context, from, dir string) (files, bytes int64, err error) {
	src, err := openSource(from)
	if err != nil {
		return 0, 0, err
	}
	defer src.Close()
	if err := j.vacant(src, dir); err != nil {
		return 0, 0, err
	}
	err = src.sizes(func(size int64) error {
		files, bytes = files+1, bytes+size
		return ctx.Err()
	})
	return files, bytes, err
}

// vacant refuses a folder that holds anything but what an interrupted restore of this backup left.
func (j *Job) vacant(src source, dir string) error {
	used, err := belongs(dir, src.id())
	if err != nil || !used {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, dataFolder, database)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds this archive already: name a folder that is empty", dir)
	}
	return nil
}

// receive copies the database. One of an older version is brought forward when it is opened.
func (j *Job) receive(ctx context.Context, src source, temp string) error {
	j.show(Progress{Step: "the database"})
	if err := store.Discard(temp); err != nil {
		return err
	}
	in, err := src.database()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- in the folder that is asked for
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, disk.While(ctx, in))
	if err = errors.Join(err, out.Close(), in.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// fill makes the files of a database that was received, and makes sure that none is missing.
func (m *mirror) fill(ctx context.Context, src source, temp, dir string) (err error) {
	if m.rows, err = m.open(ctx, temp, false); err != nil {
		return err
	}
	defer m.rows.Close()
	if id, _, err := m.rows.Identity(ctx); err != nil || id != src.id() {
		return errors.Join(errors.New("its database is of another archive: it is no backup that lama made"), err)
	}
	if _, m.tally.Rows, err = m.rows.Count(ctx); err != nil {
		return err
	}
	if err := src.media(ctx, m); err != nil {
		return err
	}
	if err := m.json(ctx); err != nil {
		return err
	}
	return writePrefs(src.prefs(), dir)
}
