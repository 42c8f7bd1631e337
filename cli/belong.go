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
	k, err := kinshipOf(ctx, r.cfg, r.store, r.folder)
	if err != nil {
		return err
	}
	if k.mark == "" {
		if err := r.folder.SetMark(k.id); err != nil {
			return err
		}
	}
	if k.placed {
		return nil
	}
	return r.store.Place(ctx)
}

// kinship is what a database and a data folder say of each other.
type kinship struct {
	id     string // of the archive
	mark   string // of the folder; empty where it has none yet
	placed bool   // the database knows of a folder that is marked
}

// kinshipOf refuses a database and a data folder of two archives.
func kinshipOf(ctx context.Context, cfg config.Config, db *store.Store, folder *disk.Folder) (k kinship, err error) {
	if k.id, k.placed, err = db.Identity(ctx); err != nil {
		return k, err
	}
	if k.mark, err = folder.Mark(); err != nil {
		return k, err
	}
	data := dataFolder(cfg)
	switch {
	case k.mark == "" && k.placed:
		return k, fmt.Errorf("%s has its files in another folder than %s: bring that folder here, or set user_dir to where it is; "+
			"if it is lost, write %s into %s, and `lama verify --repair` fetches what can be had", cfg.Database, data, k.id,
			filepath.Join(data, disk.MarkFile))
	case k.mark != "" && k.mark != k.id:
		return k, fmt.Errorf("%s and the files in %s are of different archives: set database_url and user_dir so that both are of "+
			"one", cfg.Database, data)
	}
	return k, nil
}
