package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/progress"
	"lama/store"
)

func (s *session) copyCommand() *cli.Command {
	return &cli.Command{
		Name: "copy", Usage: "copy the database into another one, as from SQLite to Postgres or back",
		Description: "Every row keeps its number. What was copied is read back and compared before it counts: a copy that is\n" +
			"interrupted leaves the target as empty as it was. The files stay where they are, and fit both. A password need not\n" +
			"stand in the address: PGPASSWORD and ~/.pgpass are heeded.",
		Flags: []cli.Flag{configFlag(), dryRunFlag(),
			&cli.StringFlag{Name: "to", Usage: "`URL` of an empty database: postgres://user@host/database or sqlite:path"}},
		Action: s.copy,
	}
}

func (s *session) copy(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	if c.String("to") == "" {
		return usagef("usage: lama copy --to postgres://user@host/database, or --to sqlite:path")
	}
	to, err := config.ParseDatabase(c.String("to"), s.Dir)
	if err != nil {
		return usagef("--to %w", err)
	}
	cfg, err := s.load(c, false)
	if err != nil {
		return err
	}
	db, err := s.openSame(c.Context, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Bool("dry-run") {
		return s.copyDryRun(c.Context, db, to)
	}
	release, err := lockNow(c.Context, db)
	if err != nil {
		return err
	}
	defer release()
	return s.copyTo(c.Context, db, to)
}

func (s *session) copyTo(ctx context.Context, db *store.Store, to config.DatabaseURL) error {
	line := s.line()
	copied, err := db.Copy(ctx, to.Secret(), store.CopyOptions{Schema: s.Schema,
		Progress: func(p store.Progress) { line.Show(copyText(p)) }})
	line.Done()
	if err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	s.say("copied %s of %s and compared them; %s", plural(int(copied.Rows), "row"), plural(copied.Tables, "table"), fitsBoth)
	if copied.Left != "" {
		s.say("these tables are no archive's, and stayed behind: %s", printable(copied.Left, maxLine))
	}
	s.say("set database_url to %s in prefs.json, or LAMA_DATABASE_URL; once a run has gone well with it, the old database can "+
		"be deleted: from then on the two are no longer the same", to)
	return nil
}

const fitsBoth = "the files in the data folder stay, and fit both"

func (s *session) copyDryRun(ctx context.Context, db *store.Store, to config.DatabaseURL) error {
	if err := store.Vacant(ctx, to.Secret(), s.Schema); err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	tables, rows, err := db.Count(ctx)
	if err != nil {
		return err
	}
	s.say("would copy %s of %s to %s, which is empty; %s", plural(int(rows), "row"), plural(tables, "table"), to, fitsBoth)
	return nil
}

// openSame opens the archive of a configuration as it is: one of an older version is not brought forward.
func (s *session) openSame(ctx context.Context, cfg config.Config) (*store.Store, error) {
	if err := exists(cfg); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{URL: cfg.Database.Secret(), Schema: s.Schema, Exists: true, Same: true,
		Patience: s.Patience})
}

// lockNow takes the archive, or fails with who has it.
func lockNow(ctx context.Context, db *store.Store) (release func(), err error) {
	release, err = db.Lock(ctx)
	if held, taken := errors.AsType[*store.InUse](err); taken {
		return nil, inUse(fmt.Errorf("%w: try again when that has ended", held))
	}
	return release, err
}

// line is a display of what is being done; nil where there is no terminal.
func (s *session) line() *progress.Line {
	if isTerminal(s.Stdout) {
		return progress.NewLine(s.Stdout)
	}
	return nil
}

// above is where lines are written while something is being done: above the display of that, where there is one.
func above(line *progress.Line, w io.Writer) io.Writer {
	if line != nil {
		return line
	}
	return w
}

func copyText(p store.Progress) string {
	switch {
	case p.Table == "" && p.Done == 0:
		return "indexing posts"
	case p.Table == "":
		return "indexing posts: " + humanize.Comma(p.Done)
	}
	return fmt.Sprintf("copying %s: %s of %s", p.Table, humanize.Comma(p.Done), humanize.Comma(p.All))
}
