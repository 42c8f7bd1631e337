package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"lama/config"
	"lama/disk"
	"lama/store"
)

// dataFolder is where the archive's files are, below user_dir.
func dataFolder(cfg config.Config) string { return filepath.Join(cfg.UserDir, "data") }

// openStore opens the archive's database. Where the data folder has had one before, it makes no new one.
func (r *run) openStore(ctx context.Context) (err error) {
	mark, err := r.folder.Mark()
	if err != nil {
		return err
	}
	if mark != "" && exists(r.cfg) != nil {
		return r.noDatabase()
	}
	r.store, err = store.Open(ctx, store.Options{URL: r.cfg.Database.Secret(), Schema: r.Schema, Exists: mark != "",
		Patience: r.Patience})
	if errors.Is(err, store.ErrNoArchive) {
		return r.noDatabase()
	}
	return err
}

func (r *run) noDatabase() error {
	return fmt.Errorf("the files in %s belong to an archive that is not in %s: bring its database back, or name it in "+
		"database_url; to begin anew, choose another user_dir", dataFolder(r.cfg), r.cfg.Database)
}

// belong makes sure that the database and the data folder are of one archive, and makes them so in the first run. The
// folder is marked before the database knows of it: a run that is killed in between leaves both to the next one.
func (r *run) belong(ctx context.Context) error {
	id, placed, err := r.store.Identity(ctx)
	if err != nil {
		return err
	}
	mark, err := r.folder.Mark()
	switch {
	case err != nil:
		return err
	case mark == "" && placed:
		return fmt.Errorf("%s has its files in another folder than %s: bring that folder here, or set user_dir to where it is; "+
			"if it is lost, write %s into %s, and `lama verify --repair` fetches what can be had", r.cfg.Database, dataFolder(r.cfg), id,
			filepath.Join(dataFolder(r.cfg), disk.MarkFile))
	case mark == "":
		err = r.folder.SetMark(id)
	case mark != id:
		return fmt.Errorf("%s and the files in %s are of different archives: set database_url and user_dir so that both are of "+
			"one", r.cfg.Database, dataFolder(r.cfg))
	}
	if err != nil || placed {
		return err
	}
	return r.store.Place(ctx)
}
