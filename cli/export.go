package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/disk"
	"lama/export"
	"lama/progress"
	"lama/search"
	"lama/store"
)

func (s *session) exportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "take posts out, in a format that others read",
		Description: "What leaves is public unless --visibility says otherwise, and nothing of any other post leaves with it. Once " +
			"more into the same place renews an export.",
		Subcommands: s.exportCommands(),
		Action: func(c *cli.Context) error {
			names := commandNames(c.Command.Subcommands)
			if c.Args().Present() {
				return unknown("format", c.Args().First(), names)
			}
			return usagef("say in what format: lama export %s", oneOf(names))
		},
	}
}

// exportCommands are the formats.
func (s *session) exportCommands() []*cli.Command {
	return []*cli.Command{
		s.exportTo("jsonl", "posts.jsonl and activities.jsonl: a JSON object per line, with the columns of the tables"),
		s.exportTo("csv", "posts.csv and activities.csv, safe for spreadsheets: a ' stands before what they would run"),
		s.exportTo("markdown", "a file per conversation with YAML front matter, and media beside them"),
		s.exportTo("mastodon", "what Mastodon itself exports of an account, as a folder, .zip or .tar.gz"),
		s.exportTo(siteFormat, "a website of files, as lama serve shows posts: it needs no server, and opens from a disk"),
	}
}

func (s *session) exportTo(format, usage string) *cli.Command {
	return &cli.Command{Name: format, Usage: usage, ArgsUsage: "[QUERY]", Flags: exportFlags(),
		Description: "QUERY is as in `lama help search`; without one every post leaves that may.",
		Action:      func(c *cli.Context) error { return s.export(c, format) }}
}

// exportFlags are those that every export has.
func exportFlags() []cli.Flag {
	return []cli.Flag{configFlag(),
		&cli.StringFlag{Name: "to", Usage: "write to `PLACE`: a new folder, an empty one, or that of an export made before"},
		&cli.StringSliceFlag{Name: "account", Usage: "only posts that are here for this account, `USER@HOST`; may be repeated"},
		&cli.StringSliceFlag{Name: "visibility", Usage: "of posts that leave, `LIST`: " + strings.Join(export.Visibilities, ","),
			Value: cli.NewStringSlice("public")},
		&cli.BoolFlag{Name: "private-activities", Usage: "tell also what was favourited, bookmarked, voted on and mentioned"},
		dryRunFlag()}
}

// exporting is one execution of `lama export`.
type exporting struct {
	*session
	cfg  config.Config
	dry  bool
	line *progress.Line // nil where there is no terminal
	lost int
}

func (s *session) export(c *cli.Context, format string) error {
	x, err := s.newExport(c, format)
	if err != nil {
		return err
	}
	selection, err := s.selection(c, x.cfg, format)
	if err != nil {
		return err
	}
	to, err := place(x.cfg, s.Dir, c.String("to"), format)
	if err != nil {
		return err
	}
	db, err := s.openIndexed(c.Context, x.cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := x.known(c.Context, db, selection.Accounts); err != nil {
		return err
	}
	selection.Store = db
	if format == siteFormat {
		return x.site(c.Context, selection, to)
	}
	return x.run(c.Context, &export.Export{Selection: selection, Format: format, To: to, Now: time.Now(), Progress: x.progress, Lost: x.gone})
}

func (s *session) newExport(c *cli.Context, format string) (*exporting, error) {
	cfg, err := s.load(c, false)
	if err != nil {
		return nil, err
	}
	return &exporting{session: s, cfg: cfg, dry: c.Bool("dry-run"), line: s.line()}, nil
}

// selection is what the flags and the query ask for.
func (s *session) selection(c *cli.Context, cfg config.Config, format string) (export.Selection, error) {
	text := strings.Join(c.Args().Slice(), " ")
	if strings.HasPrefix(text, "--") || strings.Contains(text, " --") {
		return export.Selection{}, usagef("flags stand before the query: lama export %s --to … QUERY", format)
	}
	query, err := search.Parse(text)
	if err != nil {
		return export.Selection{}, usagef("%w", err)
	}
	one := export.Selection{Query: query, Accounts: listFlag(c, "account"), Visibilities: c.StringSlice("visibility"),
		Doings: c.Bool("private-activities")}
	if err := one.Check(); err != nil {
		return one, usagef("--visibility: %w", err)
	}
	if format != "mastodon" || len(one.Accounts) == 1 {
		return one, nil
	}
	if len(cfg.Accounts) > 1 || len(one.Accounts) > 1 {
		return one, usagef("Mastodon's format is of one account: --account %s", oneOf(names(cfg.Accounts)))
	}
	one.Accounts = names(cfg.Accounts)
	return one, nil
}

// place is where an export goes: not among the archive's own files.
func place(cfg config.Config, dir, to, format string) (string, error) {
	if to == "" {
		return "", usagef("say where to: lama export %s --to PLACE", format)
	}
	to = below(dir, to)
	if export.Packed(to) && format != "mastodon" {
		return "", usagef("--to %s: %s is written into a folder", to, format)
	}
	data := dataFolder(cfg)
	if in, err := filepath.Rel(data, to); err == nil && filepath.IsLocal(in) {
		return "", usagef("--to %s: that is where the archive's own files are; choose a place outside of %s", to, data)
	}
	return to, nil
}

// known refuses accounts of which there is nothing.
func (x *exporting) known(ctx context.Context, db *store.Store, accounts []string) error {
	configured := names(x.cfg.Accounts)
	for _, a := range accounts {
		known, err := db.Knows(ctx, a)
		if err != nil {
			return err
		}
		if !known && !slices.Contains(configured, a) {
			return usagef("--account %s: the archive has nothing of it; the nearest is %s", a, config.Nearest(a, configured))
		}
	}
	return nil
}

// openData opens the folder in which the archive's files are.
func (x *exporting) openData(ctx context.Context, db *store.Store) (*os.Root, error) {
	folder, err := disk.View(dataFolder(x.cfg))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if _, err := kinshipOf(ctx, x.cfg, db, folder); err != nil {
		return nil, err
	}
	return os.OpenRoot(dataFolder(x.cfg))
}

func (x *exporting) run(ctx context.Context, e *export.Export) error {
	data, err := x.openData(ctx, e.Store)
	if err != nil {
		return err
	}
	defer data.Close()
	e.Data = data.FS()
	write := e.Run
	if x.dry {
		write = e.Count
	}
	tally, err := write(ctx)
	x.line.Done()
	if err != nil {
		return unfinished(ctx, err, e.To)
	}
	x.summary(e, tally)
	return x.whole()
}

// whole fails where files were lost.
func (x *exporting) whole() error {
	if x.lost > 0 {
		return incompletef("%s of the archive could not be exported: `lama verify` says more", plural(x.lost, "media file"))
	}
	return nil
}

// unfinished says of an export that was interrupted what is to be done.
func unfinished(ctx context.Context, err error, to string) error {
	if errors.Is(err, context.Canceled) || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("export to %s: %w", to, err)
}

func (x *exporting) progress(t export.Tally) {
	x.line.Show("exporting: " + humanize.Comma(int64(t.Posts+t.Boosts)) + " posts")
}

// gone tells of a file that the archive has no more.
func (x *exporting) gone(err error) {
	x.lost++
	_, _ = fmt.Fprintln(above(x.line, x.Stderr), "lama: "+oneLine(err))
}

// summary says what has left, or would.
func (x *exporting) summary(e *export.Export, t export.Tally) {
	n := func(n int) string { return humanize.Comma(int64(n)) }
	x.headline(e.Selection, e.Format, e.To)
	x.say("posts       %s, and %s", n(t.Posts), plural(t.Boosts, "boost"))
	if e.Doings {
		x.say("activities  %s, %s and %s among them", n(t.Deeds), plural(t.Favourites, "favourite"), plural(t.Bookmarks, "bookmark"))
	} else {
		x.say("activities  %s: what everybody could see", n(t.Deeds))
	}
	if e.Format == "markdown" || e.Format == "mastodon" {
		x.say("media       %s (%s)", n(t.Files), size(t.Bytes))
	}
}

// headline says what was done, or would be.
func (x *exporting) headline(of export.Selection, format, to string) {
	verb := "exported"
	if x.dry {
		verb = "would export"
	}
	x.say("%s as %s to %s: what is %s", verb, format, to, strings.Join(of.Visibilities, " or "))
}
