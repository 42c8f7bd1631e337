package cli

import (
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"lama/backup"
)

func (s *session) restoreCommand() *cli.Command {
	return &cli.Command{
		Name: "restore", Usage: "make the archive of a backup anew in an empty folder", ArgsUsage: "DIR|FILE.tar",
		Description: "The folder becomes a user_dir with an SQLite database; `lama copy` brings that to Postgres. A restore\n" +
			"that is interrupted goes on when it is run again. Then `lama verify` proves it, and `lama init` authorises the\n" +
			"accounts.",
		Flags: []cli.Flag{dryRunFlag(),
			&cli.StringFlag{Name: "to", Usage: "`USER_DIR` that is made: a folder that is empty, or not there"}},
		Action: s.restore,
	}
}

func (s *session) restore(c *cli.Context) error {
	args, err := arguments(c, "DIR|FILE.tar")
	if err != nil {
		return err
	}
	if c.String("to") == "" {
		return usagef("usage: lama restore --to USER_DIR %s", args[0])
	}
	from, to := below(s.Dir, args[0]), below(s.Dir, c.String("to"))
	line := s.line()
	job := s.job(line)
	if c.Bool("dry-run") {
		files, bytes, err := job.WouldRestore(c.Context, from, to)
		if err != nil {
			return fmt.Errorf("restore %s: %w", from, err)
		}
		s.say("would restore the database and %s (%s) to %s", plural(int(files), "media file"), size(bytes), to)
		return nil
	}
	t, err := job.Restore(c.Context, from, to)
	line.Done()
	if err != nil {
		return fmt.Errorf("restore %s: %w", from, err)
	}
	s.say("restored %s to %s; %s", holdings(t), to, restored(t))
	prefs := filepath.Join(to, "prefs.json")
	s.say("`lama verify --config %s` proves it; `lama init --config %s` authorises the accounts, whose tokens are in no "+
		"backup", prefs, prefs)
	return damagedLeft(t)
}

func restored(t backup.Tally) string {
	return fmt.Sprintf("%s and %s were written", plural(int(t.New), "media file"), plural(int(t.NewJSON), "JSON file"))
}
