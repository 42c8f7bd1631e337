package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/disk"
	"lama/logs"
	"lama/store"
)

func (s *session) runCommand() *cli.Command {
	flags := append(commonFlags(),
		&cli.StringSliceFlag{Name: "only", Usage: "only these `COLLECTIONS`: statuses, favourites, bookmarks, notifications"},
		waitFlag(),
		&cli.StringFlag{Name: "metrics-file", Usage: "write figures for Prometheus' node exporter to `FILE` when the run ends"},
		&cli.BoolFlag{Name: "recheck", Usage: "also ask again for archived posts that are 1, 7 or 30 days old by now: " +
			"what was edited, deleted or taken back since"},
		&cli.BoolFlag{Name: "plan", Usage: "only ask the servers what a first archive takes, and write nothing"})
	return &cli.Command{
		Name: defaultCommand, Usage: "archive all that is new",
		Description: "The first run reads everything; the next ones what is new. An interrupted run goes on where it stopped.",
		Flags:       flags, Action: s.run,
	}
}

func (s *session) run(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	format, err := logFormat(stringFlag(c, "log-format"))
	if err != nil {
		return err
	}
	plan := boolFlag(c, "plan")
	switch {
	case plan && boolFlag(c, "wait"):
		return usagef("--plan waits for no run, as it writes nothing: leave out --wait")
	case plan && boolFlag(c, "recheck"):
		return usagef("--plan is of a first archive, in which nothing is old yet: leave out --recheck")
	}
	r, err := s.newRun(c, !plan)
	if err != nil {
		return err
	}
	s.hintImport(r.cfg)
	if plan {
		return r.plan(c.Context)
	}
	if err := checkMetrics(r.cfg.MetricsFile); err != nil {
		return err
	}
	return r.execute(c.Context, format)
}

// newRun is what the flags and the preferences ask for; write says that it will write below user_dir.
func (s *session) newRun(c *cli.Context, write bool) (*run, error) {
	cfg, err := s.load(c, write)
	if err != nil {
		return nil, err
	}
	accounts, err := chosen(cfg, listFlag(c, "account"))
	if err != nil {
		return nil, err
	}
	only, err := collections(listFlag(c, "only"))
	if err != nil {
		return nil, err
	}
	return &run{session: s, cfg: cfg, chosen: accounts, kept: kept(cfg, only), wait: boolFlag(c, "wait"),
		recheck: boolFlag(c, "recheck"), out: s.Stdout}, nil
}

// logFormat is that of --log-format; empty leaves it to what stdout is.
func logFormat(name string) (string, error) {
	switch name {
	case "", "auto":
		return "", nil
	case "text", "json":
		return name, nil
	}
	return "", usagef("--log-format %s: choose auto, text or json", name)
}

// run is one execution of `lama run`.
type run struct {
	*session
	cfg     config.Config
	chosen  []archive.Account
	kept    map[archive.Collection]string // what is read, and which of its types are kept
	wait    bool
	recheck bool      // ask again for posts that have come of an age
	out     io.Writer // of the log and the display

	log    *logs.Log
	store  *store.Store
	folder *disk.Folder
	watch  *watch
	gate   *gate
	opened *openings
	result result
}

func (r *run) execute(ctx context.Context, format string) error {
	if err := r.openLog(format); err != nil {
		return err
	}
	defer r.log.Close()
	began := time.Now()
	err := r.withStore(ctx)
	r.watch.done()
	if _, taken := errors.AsType[*store.InUse](err); !taken { // the other run will tell
		err = errors.Join(err, r.publish(ctx, time.Since(began)))
	}
	if err != nil && ctx.Err() == nil {
		r.log.Logger.Error().Err(err).Msg("run failed")
	}
	return err
}

func (r *run) openLog(format string) (err error) {
	terminal := isTerminal(r.out)
	r.watch = newWatch(r.out, terminal && format == "")
	r.log, err = logs.Open(logs.Options{Dir: filepath.Join(r.cfg.UserDir, "logs"), Level: r.cfg.LogLevel,
		HistoryLimit: r.cfg.LogHistoryLimit, Format: format, Out: r.watch.writer(), Terminal: terminal, Now: time.Now})
	return err
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

func (r *run) withStore(ctx context.Context) (err error) {
	for _, password := range r.cfg.Database.Passwords() {
		r.log.Hide(password)
	}
	if w := creds.TooOpen(r.cfg.File, 0o600); w != "" && r.cfg.PasswordInFile() {
		r.log.Logger.Warn().Msg(w)
	}
	if r.folder, err = disk.Open(dataFolder(r.cfg)); err != nil {
		return err
	}
	defer r.folder.Close()
	if err = r.openStore(ctx); err != nil {
		return err
	}
	defer r.store.Close()
	release, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := r.belong(ctx); err != nil {
		return err
	}
	return r.archive(ctx)
}

// lock takes the archive, or says who has it.
func (r *run) lock(ctx context.Context) (release func(), err error) {
	return takeLock(ctx, r.store, r.wait, func(holder string) {
		r.log.Logger.Warn().Str("holder", holder).Msg("waiting for another run")
	})
}

// takeLock takes an archive, where that is wanted after whoever has it; waiting is told of that one.
func takeLock(ctx context.Context, db *store.Store, wait bool, waiting func(holder string)) (release func(), err error) {
	for told := false; ; told = true {
		release, err = db.Lock(ctx)
		held, taken := errors.AsType[*store.InUse](err)
		switch {
		case !taken:
			return release, err
		case !wait:
			return nil, inUse(fmt.Errorf("%w: wait for it with --wait", held))
		case !told:
			waiting(held.Holder)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hintImport tells who comes from LAMA 1.x how to take its archive over, as long as there is no archive beside it.
func (s *session) hintImport(cfg config.Config) {
	old := filepath.Join(cfg.UserDir, "data", "app.db")
	if _, err := os.Stat(old); err != nil || exists(cfg) == nil {
		return
	}
	s.warn("%s is the database of LAMA 1.x, and stays as it is: `lama import lama %s` takes over what it has, before this run "+
		"or after it", old, cfg.UserDir)
}
