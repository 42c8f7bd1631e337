package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"lama/archive"
	"lama/config"
	"lama/disk"
	"lama/logs"
	"lama/mastodon"
	"lama/outward"
	"lama/pipeline"
	"lama/store"
)

func (s *session) runCommand() *cli.Command {
	flags := append(commonFlags(),
		&cli.StringSliceFlag{Name: "only", Usage: "only these `COLLECTIONS`: statuses, favourites, bookmarks, notifications"},
		&cli.BoolFlag{Name: "wait", Usage: "wait for another run that holds the archive"})
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
	cfg, err := s.load(c, true)
	if err != nil {
		return err
	}
	accounts, err := chosen(cfg, listFlag(c, "account"))
	if err != nil {
		return err
	}
	only, err := collections(listFlag(c, "only"))
	if err != nil {
		return err
	}
	format, err := logFormat(stringFlag(c, "log-format"))
	if err != nil {
		return err
	}
	if err := s.hintImport(cfg); err != nil {
		return err
	}
	r := &run{session: s, cfg: cfg, chosen: accounts, kept: kept(cfg, only), wait: boolFlag(c, "wait"), out: s.Stdout}
	return r.execute(c.Context, format)
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

// collections are those of --only; all when it is not given.
func collections(names []string) ([]archive.Collection, error) {
	if len(names) == 0 {
		return archive.Collections, nil
	}
	var only []archive.Collection
	for _, name := range names {
		c := archive.Collection(strings.TrimSpace(name))
		if !slices.Contains(archive.Collections, c) {
			return nil, usagef("--only %s: choose among statuses, favourites, bookmarks, notifications", name)
		}
		only = append(only, c)
	}
	return only, nil
}

// run is one execution of `lama run`.
type run struct {
	*session
	cfg    config.Config
	chosen []archive.Account
	kept   map[archive.Collection]string // what is read, and which of its types are kept
	wait   bool
	out    io.Writer // of the log and the display

	log    *logs.Log
	store  *store.Store
	folder *disk.Folder
	watch  *watch
	gate   *gate
	opened *openings
}

func (r *run) execute(ctx context.Context, format string) error {
	if err := r.openLog(format); err != nil {
		return err
	}
	defer r.log.Close()
	err := r.withStore(ctx)
	r.watch.done()
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
	if u, err := url.Parse(r.cfg.Database.Secret()); err == nil && u.User != nil {
		password, _ := u.User.Password()
		r.log.Hide(password)
	}
	if r.store, err = store.Open(ctx, store.Options{URL: r.cfg.Database.Secret(), Schema: r.Schema}); err != nil {
		return err
	}
	defer r.store.Close()
	release, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	data := filepath.Join(r.cfg.UserDir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if r.folder, err = disk.Open(data); err != nil {
		return err
	}
	defer r.folder.Close()
	return r.archive(ctx)
}

// lock takes the archive, or says who has it.
func (r *run) lock(ctx context.Context) (release func(), err error) {
	for told := false; ; told = true {
		release, err = r.store.Lock(ctx)
		held, taken := errors.AsType[*store.InUse](err)
		switch {
		case !taken:
			return release, err
		case !r.wait:
			return nil, inUse(fmt.Errorf("%w: wait for it with --wait", held))
		case !told:
			r.log.Logger.Warn().Str("holder", held.Holder).Msg("waiting for another run")
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// archive runs the pipeline and says what came of it.
func (r *run) archive(ctx context.Context) error {
	if _, err := r.folder.Clean(ctx, time.Now().Add(-24*time.Hour)); err != nil {
		return err
	}
	rules, err := r.rules(ctx)
	if err != nil {
		return err
	}
	if err := r.store.Begin(ctx, rules, slices.Collect(maps.Keys(r.kept))); err != nil {
		return err
	}
	id, err := r.store.StartRun(ctx)
	if err != nil {
		return err
	}
	r.log.Logger.Info().Int("accounts", len(r.chosen)).Str("database", r.cfg.Database.String()).
		Str("data", filepath.Join(r.cfg.UserDir, "data")).Msg("run started")
	err = r.pipeline(ctx)
	return r.conclude(context.WithoutCancel(ctx), id, err)
}

func (r *run) rules(ctx context.Context) (store.Rules, error) {
	rules := store.Rules{Accounts: r.cfg.Accounts, Limits: r.cfg.Limits(), Own: r.cfg.DownloadOwn,
		Others: r.cfg.DownloadOthers, JSON: r.cfg.SaveJSON}
	for _, a := range r.cfg.Accounts {
		s, _, err := knownServer(ctx, r.store, a.Instance)
		if err != nil {
			return rules, err
		}
		rules.Handles = append(rules.Handles, handles(a, s)...)
	}
	return rules, nil
}

// handles are how an account's own posts name their author, lower case: with its server's domain, where that is
// known, and with its host.
func handles(a archive.Account, s mastodon.Server) []string {
	all := []string{strings.ToLower(a.Name())}
	if d := strings.ToLower(a.User + "@" + s.Domain); s.Domain != "" && d != all[0] {
		all = append(all, d)
	}
	return all
}

// kept are the collections that the preferences want, of those that this run is for, and their types.
func kept(cfg config.Config, only []archive.Collection) map[archive.Collection]string {
	types := func(of ...any) string { // pairs: wanted, type
		var names []string
		for i := 0; i < len(of); i += 2 {
			if of[i].(bool) {
				names = append(names, of[i+1].(string))
			}
		}
		return strings.Join(names, ",")
	}
	all := map[archive.Collection]string{
		archive.Statuses:      types(true, "post", cfg.FetchReblogs, "reblog"),
		archive.Favourites:    types(cfg.FetchFavourites, "favourite"),
		archive.Bookmarks:     types(cfg.FetchBookmarks, "bookmark"),
		archive.Notifications: types(cfg.FetchMentions, "mention", cfg.FetchPolls, "poll"),
	}
	maps.DeleteFunc(all, func(c archive.Collection, types string) bool { return types == "" || !slices.Contains(only, c) })
	return all
}

// pipeline wires the stages and runs them beside what opens the accounts.
func (r *run) pipeline(ctx context.Context) error {
	r.gate = newGate(r.cfg)
	r.opened = newOpenings(r)
	files, err := outward.NewClient(outward.Options{Own: baseURLs(r.cfg.Accounts), Allow: r.cfg.AllowPrivate, UserAgent: userAgent()})
	if err != nil {
		return err
	}
	write := r.writer()
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan []archive.Lane)
	g.Go(func() error {
		defer close(ready)
		return r.opened.all(ctx, ready)
	})
	g.Go(func() error {
		return pipeline.Run(ctx, pipeline.Options{
			Source: r.store, Gate: r.gate, Pages: r.cfg.APIConcurrency * len(r.chosen), Media: r.cfg.MediaConcurrency,
			CPU: runtime.GOMAXPROCS(0), Writers: r.store.Writers(), Waiting: r.waiting,
		}, r.stages(files, write), ready)
	})
	counting, stop := context.WithCancel(ctx)
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		r.watch.count(counting, r.store)
	}()
	err = g.Wait()
	stop()
	<-counted
	if finish := write.Finish(context.WithoutCancel(ctx)); err == nil {
		err = finish
	}
	return err
}

func baseURLs(accounts []archive.Account) []string {
	var urls []string
	for _, a := range accounts {
		urls = append(urls, a.BaseURL())
	}
	return urls
}

// hintImport tells who comes from LAMA 1.x what its database is.
func (r *session) hintImport(cfg config.Config) error {
	old := filepath.Join(cfg.UserDir, "data", "app.db")
	if _, err := os.Stat(old); err != nil {
		return nil
	}
	if path, ok := cfg.Database.SQLite(); ok {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
	}
	r.warn("%s is the database of LAMA 1.x. It stays as it is; this archive begins anew beside it and reads again what the "+
		"servers still have.", old)
	return nil
}

func boolFlag(c *cli.Context, name string) bool {
	at := given(c, name)
	return at != nil && at.Bool(name)
}
