package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/disk"
	"lama/importer"
	"lama/logs"
	"lama/progress"
	"lama/stages"
	"lama/store"
)

func (s *session) importCommand() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "take over what others have archived",
		Description: "What a server has sent stays in front of what is imported. It may be interrupted and made again.",
		Subcommands: s.importCommands(),
		Action: func(c *cli.Context) error {
			names := commandNames(c.Command.Subcommands)
			if c.Args().Present() {
				return unknown("kind of import", c.Args().First(), names)
			}
			return usagef("say what to import: lama import %s", oneOf(names))
		},
	}
}

// importCommands are what can be imported, each in a file of its own.
func (s *session) importCommands() []*cli.Command {
	return []*cli.Command{s.importLAMACommand(), s.importExportCommand(), s.importMastodonArchiveCommand()}
}

// oneOf is a choice as a usage shows it.
func oneOf(names []string) (text string) {
	for i, name := range names {
		if i > 0 {
			text += "|"
		}
		text += name
	}
	return text
}

// importFlags are those that every import has.
func importFlags() []cli.Flag {
	return []cli.Flag{configFlag(), dryRunFlag(), waitFlag()}
}

// importing is one execution of `lama import`.
type importing struct {
	*run
	dry, move bool
	where     string         // what is imported, for people
	line      *progress.Line // nil where there is no terminal
	errors    io.Writer      // for what can't be read
	closers   []func()       // of what was opened
}

// newImport is what the flags and the preferences ask for.
func (s *session) newImport(c *cli.Context, where string) (*importing, error) {
	dry := boolFlag(c, "dry-run")
	cfg, err := s.load(c, !dry)
	if err != nil {
		return nil, err
	}
	line := s.line()
	return &importing{run: &run{session: s, cfg: cfg, wait: boolFlag(c, "wait")}, dry: dry, where: where, line: line,
		errors: above(line, s.Stderr)}, nil
}

// from imports what a source has, which is opened once the archive is.
func (i *importing) from(ctx context.Context, open func(context.Context) (importer.Source, error)) error {
	defer i.close()
	if err := i.prepare(ctx); err != nil {
		return err
	}
	source, err := open(ctx)
	if err != nil {
		return err
	}
	if closer, ok := source.(io.Closer); ok {
		defer closer.Close()
	}
	im, err := i.importer(ctx)
	if err != nil {
		return err
	}
	tally, err := im.Run(ctx, source)
	i.line.Done()
	i.summary(tally)
	if err == nil && tally.Claims > 0 && i.store != nil {
		err = i.gone(ctx)
	}
	if err == nil && tally.Refused > 0 {
		return incompletef("%s of %s could not be read", plural(tally.Refused, "thing"), i.where)
	}
	return err
}

// importer is wired to the archive; in a dry run, to the one that is there, if any.
func (i *importing) importer(ctx context.Context) (importer.Importer, error) {
	im := importer.Importer{Folder: i.folder, MaxBytes: i.cfg.MediaMaxBytes, Move: i.move,
		Dry: i.dry, Refused: i.refused, Progress: i.progress}
	own := map[string]bool{}
	if i.store != nil {
		im.Archive = i.store
		rules, err := i.rules(ctx)
		if err != nil {
			return im, err
		}
		for _, handle := range rules.Handles {
			own[handle] = true
		}
	}
	im.Recurse = stages.Recurse{Own: func(author string) bool { return own[author] }, DownloadOwn: i.cfg.DownloadOwn,
		DownloadOthers: i.cfg.DownloadOthers, Now: time.Now}
	return im, nil
}

// prepare opens the archive as a run does, and locks it. A dry run only looks at one that is there.
func (i *importing) prepare(ctx context.Context) (err error) {
	if i.dry {
		return i.look(ctx)
	}
	i.log, err = logs.Open(logs.Options{Dir: filepath.Join(i.cfg.UserDir, "logs"), Level: i.cfg.LogLevel,
		HistoryLimit: i.cfg.LogHistoryLimit, Format: "text", Out: io.Discard, Now: time.Now})
	if err != nil {
		return err
	}
	i.closers = append(i.closers, func() { _ = i.log.Close() })
	if i.folder, err = disk.Open(dataFolder(i.cfg)); err != nil {
		return err
	}
	i.closers = append(i.closers, func() { _ = i.folder.Close() })
	if err = i.openStore(ctx); err != nil {
		return err
	}
	i.closers = append(i.closers, i.store.Close)
	unlock, err := takeLock(ctx, i.store, i.wait, func(holder string) { i.tell("waiting for another run: " + holder) })
	if err != nil {
		return err
	}
	i.closers = append(i.closers, unlock)
	return i.begin(ctx)
}

// close gives back what prepare has opened, the last first.
func (i *importing) close() {
	for _, one := range slices.Backward(i.closers) {
		one()
	}
}

func (i *importing) begin(ctx context.Context) error {
	if err := i.belong(ctx); err != nil {
		return err
	}
	rules, err := i.rules(ctx)
	if err != nil {
		return err
	}
	return i.store.Begin(ctx, rules, archive.Collections)
}

func (i *importing) look(ctx context.Context) error {
	if exists(i.cfg) != nil {
		return nil
	}
	db, err := store.Open(ctx, store.Options{URL: i.cfg.Database.Secret(), Schema: i.Schema, Same: true})
	switch {
	case errors.Is(err, store.ErrNoArchive):
		return nil
	case err != nil:
		return err
	}
	i.store, i.closers = db, append(i.closers, db.Close)
	return nil
}

// view is how an account's server names things, for what it rendered.
func (i *importing) view(ctx context.Context, a archive.Account) (stages.View, error) {
	v := stages.View{Account: a, Reblogs: true, Mentions: true, Polls: true}
	if i.store == nil {
		return v, nil
	}
	servers, err := knownServers(ctx, i.store)
	v.Domain = servers[a.Instance].Domain
	return v, err
}

// tell writes a line for people.
func (i *importing) tell(text string) { _, _ = fmt.Fprintln(i.errors, printable(text, maxLine)) }

func (i *importing) refused(where, why string) {
	i.tell(where + ": " + why)
	if i.log != nil {
		i.log.Logger.Warn().Str("where", where).Str("why", why).Msg("it can't be imported")
	}
}

func (i *importing) progress(t importer.Tally) {
	if i.Imported != nil {
		i.Imported()
	}
	text := "importing: " + humanize.Comma(t.Items)
	if t.All > 0 {
		text += " of " + humanize.Comma(t.All)
	}
	if n := t.Files.New + t.Files.Known; n > 0 {
		text += ", " + plural(n, "media file")
	}
	i.line.Show(text)
}

// summary says what came of it, or would.
func (i *importing) summary(t importer.Tally) {
	verb := "imported from"
	if i.dry {
		verb = "would import from"
	}
	n := func(n int) string { return humanize.Comma(int64(n)) }
	i.say("%s %s", verb, i.where)
	i.say("posts  %s new, %s known, %s improved, %s refused", n(t.Posts.New), n(t.Posts.Known), n(t.Posts.Better), n(t.Refused))
	i.say("media  %s new (%s), %s known, %s refused", n(t.Files.New), size(t.Bytes), n(t.Files.Known), n(t.Files.Refused))
	if t.Claims > 0 {
		i.say("named  %s by their addresses alone: `lama run` asks for those that are not here", plural(t.Claims, "post"))
	}
}

// gone lists, as `lama status` does, what can't be had of the posts that imports named.
func (i *importing) gone(ctx context.Context) error {
	report, err := i.store.Report(ctx, i.cfg.Accounts)
	for _, a := range report.Accounts {
		if len(a.Claims.Gone) > 0 {
			i.say("%s", printable(a.Account, maxName))
			i.claims(a.Claims)
		}
	}
	if err != nil {
		return err
	}
	others, err := i.store.Unlisted(ctx, i.cfg.Accounts)
	i.unlisted(slices.DeleteFunc(others, func(a store.UnlistedAccount) bool { return len(a.Claims.Gone) == 0 }))
	return err
}
