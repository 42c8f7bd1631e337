package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/importer"
	"lama/importer/lama"
	"lama/stages"
)

func (s *session) importLAMACommand() *cli.Command {
	return &cli.Command{
		Name: "lama", Usage: "the folder of LAMA 1.x: its database, JSON files and media", ArgsUsage: "USER_DIR",
		Description: "USER_DIR is what LAMA calls user_dir, and may be the folder of this archive too. Preferences and authorisations\n" +
			"are taken over where there are none yet. Nothing of LAMA's is changed, but for --move.",
		Flags:  append(importFlags(), &cli.BoolFlag{Name: "move", Usage: "remove LAMA's media files once they are in the archive"}),
		Action: s.importLAMA,
	}
}

func (s *session) importLAMA(c *cli.Context) error {
	args, err := arguments(c, "USER_DIR")
	if err != nil {
		return err
	}
	dir, err := lama.Find(below(s.Dir, args[0]))
	if err != nil {
		return err
	}
	if err := s.takePrefs(c, dir); err != nil {
		return err
	}
	i, err := s.newImport(c, dir)
	if err != nil {
		return err
	}
	i.move = boolFlag(c, "move")
	if err := i.takeCredentials(dir); err != nil {
		return err
	}
	return i.from(c.Context, func(ctx context.Context) (importer.Source, error) { return i.openLAMA(ctx, dir) })
}

// openLAMA opens LAMA's folder, and keeps the states of its database: nothing is done by them.
func (i *importing) openLAMA(ctx context.Context, dir string) (importer.Source, error) {
	source, err := lama.Open(ctx, lama.Options{Dir: dir, Accounts: i.cfg.Accounts,
		View: func(a archive.Account) (stages.View, error) { return i.view(ctx, a) }})
	if err != nil || i.dry {
		return source, err
	}
	states, err := source.States(ctx)
	for _, state := range states {
		if err == nil {
			err = i.store.SetState(ctx, state.Account, "lama 1.x "+state.Name, state.Value)
		}
	}
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	return source, nil
}

// takePrefs writes LAMA's preferences to where ours are looked for, where there are none. A dry run reads them where they are.
func (s *session) takePrefs(c *cli.Context, dir string) error {
	if _, err := s.load(c, false); !errors.Is(err, config.ErrNoFile) {
		return err
	}
	for _, from := range []string{filepath.Join(dir, "prefs.json"), filepath.Join(filepath.Dir(dir), "prefs.json")} {
		text, err := os.ReadFile(from) // #nosec G304 -- where LAMA has its preferences
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case boolFlag(c, "dry-run"):
			s.say("prefs.json would be taken over from %s", from)
			return c.Set("config", from)
		}
		path, err := config.Adopt(s.Dir, text)
		if err != nil {
			return fmt.Errorf("take %s over: %w", from, err)
		}
		s.say("%s: taken over from %s", path, from)
		return nil
	}
	return nil // to load it says what to do
}

// takeCredentials takes LAMA's authorisations over, those of accounts that have none.
func (i *importing) takeCredentials(dir string) error {
	from, to := creds.In(dir), creds.In(i.cfg.UserDir)
	for _, a := range i.cfg.Accounts {
		if _, err := i.credentials(i.cfg).User(a); !errors.Is(err, fs.ErrNotExist) {
			continue // what is wrong with it, a run tells
		}
		user, err := from.User(a)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			i.tell(err.Error())
			continue
		case i.dry:
			i.say("%s: its authorisation would be taken over from %s", a.Name(), from.UserPath(a))
			continue
		}
		if client, err := from.Client(a); err == nil {
			if err := to.SaveClient(a, client); err != nil {
				return err
			}
		}
		if err := to.SaveUser(a, user); err != nil {
			return err
		}
		i.say("%s: its authorisation was taken over from %s", a.Name(), from.UserPath(a))
	}
	return nil
}
