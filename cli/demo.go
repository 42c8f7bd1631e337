package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/mastodon/mastodontest"
)

func (s *session) demoCommand() *cli.Command {
	return &cli.Command{
		Name: "demo", Usage: "try it: archive two accounts of a made-up fediverse on this machine, twice",
		Description: "Nothing leaves this machine. The folder is one that an earlier demo made, or must not exist yet.",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "dir", Value: "demo-archive", Usage: "`FOLDER` of the archive"}},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			return s.demo(c.Context, below(s.Dir, c.String("dir")))
		},
	}
}

// hurried is a pace for servers that are our own.
const hurried = 1_000_000

// demoDays is how long the made-up life has been going on when it is archived: all of it.
const demoDays = 42

// demoSeed makes every demo the same.
const demoSeed = 2026

func (s *session) demo(ctx context.Context, dir string) error {
	if err := clearDemo(dir); err != nil {
		return err
	}
	servers, err := mastodontest.Listen(3)
	if err != nil {
		return err
	}
	defer servers.Close()
	mix := mastodontest.Household(servers.Hosts()...)
	mix.Members = mix.Members[1:]
	mix.Options = append(mix.Options, mastodontest.PlainHTTP)
	mix.Begin = time.Now().AddDate(0, 0, -demoDays)
	world := mastodontest.Generate(demoSeed, mix)
	servers.Serve(world)
	household := world.Household()
	prefs, err := demoPrefs(dir, household, servers.Hosts())
	if err != nil {
		return err
	}
	s.say("A made-up fediverse runs on %v. Its household: %s and %s.\n", servers.Hosts(), household[0].Handle(), household[1].Handle())
	for n, what := range []string{"The first run reads everything.", "The second run finds nothing new."} {
		if n > 0 {
			s.say("")
		}
		s.say("%s", what)
		if err := s.demoRun(ctx, prefs, world); err != nil {
			return err
		}
	}
	if err := s.demoTour(ctx, dir, prefs); err != nil {
		return err
	}
	return s.demoReader(ctx, prefs)
}

// demoReader opens the reader on what was archived, for somebody who can end it.
func (s *session) demoReader(ctx context.Context, prefs string) error {
	if s.Getenv("DEMO_SERVE") == "0" || !isTerminal(s.Stdout) {
		s.say("  lama serve --config %s", prefs)
		return nil
	}
	cfg, err := config.Load(config.Options{Path: prefs, Dir: s.Dir, Getenv: func(string) string { return "" }})
	if err != nil {
		return err
	}
	if err := s.serve(ctx, cfg, door{listen: readerAddress}, ""); !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	return s.serve(ctx, cfg, door{listen: "127.0.0.1:0"}, "")
}

// clearDemo removes an earlier demo's folder and nothing else.
func clearDemo(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
		return usagef("%s exists and is not of a demo: choose another folder with --dir", dir)
	}
	return os.RemoveAll(dir)
}

// demoMark tells a demo's folder from everything else.
const demoMark = "this-is-a-demo"

// demoPrefs writes what a household would: its preferences, and the tokens that `lama init` gets.
func demoPrefs(dir string, household []*mastodontest.Person, hosts []string) (string, error) {
	type account struct {
		Username string `json:"username"`
		Instance string `json:"instance"`
	}
	var accounts []account
	for _, p := range household {
		a := p.Account()
		accounts = append(accounts, account{a.User, a.BaseURL()})
		token := creds.User{Token: creds.NewToken(p.Token()), BaseURL: a.BaseURL()}
		if err := creds.In(dir).SaveUser(a, token); err != nil {
			return "", err
		}
	}
	text, err := json.MarshalIndent(map[string]any{
		"accounts": accounts,
		"prefs":    map[string]any{"user_dir": ".", "allow_private_hosts": hosts, "api_pace": hurried},
	}, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600); err != nil {
		return "", err
	}
	prefs := filepath.Join(dir, "prefs.json")
	return prefs, os.WriteFile(prefs, append(text, '\n'), 0o600)
}

// demoRun is `lama run`, and what its servers saw of it.
func (s *session) demoRun(ctx context.Context, prefs string, world *mastodontest.World) error {
	world.ForgetLog()
	cfg, err := config.Load(config.Options{Path: prefs, Dir: s.Dir, Getenv: func(string) string { return "" }, Write: true})
	if err != nil {
		return err
	}
	r := &run{session: s, cfg: cfg, chosen: cfg.Accounts, kept: kept(cfg, archive.Collections), out: io.Discard}
	if isTerminal(s.Stdout) {
		r.out = s.Stdout
	}
	if err := r.execute(ctx, ""); err != nil {
		return err
	}
	if isTerminal(r.out) {
		return nil // the run has said what it did
	}
	posts, files, bytes := r.watch.totals()
	s.say("  %s and %s (%s) came with %s of the API, %s of media.", plural(posts, "new post"), plural(files, "file"), size(bytes),
		plural(len(world.Log().API()), "request"), plural(len(world.Log().Media()), "request"))
	return nil
}

// demoTour says what was archived and where it is.
func (s *session) demoTour(ctx context.Context, dir, prefs string) error {
	s.say("")
	if err := s.app().RunContext(ctx, []string{"lama", "status", "--config", prefs}); err != nil {
		return err
	}
	s.say(`
The archive is in %s:
  data/lama.db   every post, activity, revision and file, in SQLite
  data/json      a JSON file per activity
  data/media     the files
  logs           what each run did
Look into it:
  sqlite3 %s "SELECT author, content FROM posts ORDER BY created_at DESC LIMIT 5"`, dir, filepath.Join(dir, "data", "lama.db"))
	return nil
}
