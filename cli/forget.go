package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/disk"
	"lama/store"
)

func (s *session) forgetCommand() *cli.Command {
	return &cli.Command{
		Name: "forget", Usage: "remove what the archive holds because of one account alone", ArgsUsage: "user@host",
		Description: "It says what that is: posts that no other account has anything to do with, their media, the account's JSON\n" +
			"files and credentials. With --confirmed it removes them, for good. What others hold stays.",
		Flags: []cli.Flag{configFlag(), dryRunFlag(),
			&cli.BoolFlag{Name: "confirmed", Usage: "remove it; without this nothing is written"}},
		Action: s.forget,
	}
}

func (s *session) forget(c *cli.Context) error {
	args, err := arguments(c, "user@host")
	if err != nil {
		return err
	}
	if c.Bool("confirmed") && c.Bool("dry-run") {
		return usagef("--confirmed removes, and --dry-run writes nothing: leave one of them out")
	}
	cfg, err := s.load(c, c.Bool("confirmed"))
	if err != nil {
		return err
	}
	db, err := s.openSame(c.Context, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	f := forgetting{session: s, cfg: cfg, db: db, creds: creds.In(cfg.UserDir)}
	if f.account, err = f.find(c.Context, args[0]); err != nil {
		return err
	}
	return f.run(c.Context, c.Bool("confirmed"))
}

// forgetting is one execution of `lama forget`.
type forgetting struct {
	*session
	cfg     config.Config
	db      *store.Store
	creds   creds.Folder
	folder  *disk.Folder
	account archive.Account
	others  []string // accounts that the archive, or the configuration, has beside it
}

// find is an account that is configured, or that was when the archive was made.
func (f *forgetting) find(ctx context.Context, name string) (a archive.Account, err error) {
	names, err := f.db.Names(ctx)
	if err != nil {
		return a, err
	}
	for _, configured := range f.cfg.Accounts {
		if !slices.Contains(names, configured.Name()) {
			names = append(names, configured.Name())
		}
	}
	a, err = f.cfg.Account(name)
	if err != nil {
		if a, err = config.ParseAccount(name); err != nil {
			return a, err
		}
		if !slices.Contains(names, a.Name()) && !f.credentials(a) {
			return a, usagef("the archive holds nothing of %s; it has %s", a.Name(), strings.Join(names, ", "))
		}
	}
	f.others = slices.DeleteFunc(names, func(n string) bool { return n == a.Name() })
	return a, nil
}

// credentials says whether there are any of an account.
func (f *forgetting) credentials(a archive.Account) bool {
	for _, path := range []string{f.creds.UserPath(a), f.creds.ClientPath(a)} {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

func (f *forgetting) run(ctx context.Context, confirmed bool) (err error) {
	open := disk.View
	if confirmed {
		open = disk.Open
	}
	if f.folder, err = open(dataFolder(f.cfg)); err != nil {
		return err
	}
	defer f.folder.Close()
	if _, err := kinshipOf(ctx, f.cfg, f.db, f.folder); err != nil {
		return err
	}
	if confirmed {
		release, err := lockNow(ctx, f.db)
		if err != nil {
			return err
		}
		defer release()
	}
	alone, err := f.db.Alone(ctx, f.account.Name())
	if err != nil {
		return err
	}
	files, bytes := f.jsonFiles(ctx)
	held := heldAlone(alone, files, bytes, f.credentials(f.account))
	if !confirmed {
		f.say("%s alone holds %s", f.account.Name(), held)
		f.say("`lama forget --confirmed %s` removes that, for good; `lama revoke %s` before it gives the token back",
			f.account.Name(), f.account.Name())
		return nil
	}
	if err := f.remove(ctx, alone); err != nil {
		return fmt.Errorf("forget %s: %w; run it again: it goes on", f.account.Name(), err)
	}
	f.say("forgot %s: %s", f.account.Name(), held)
	f.say("take it out of prefs.json, or the next run archives it anew; logs and backups of before still tell of it")
	return nil
}

func heldAlone(a store.Alone, files, bytes int64, credentials bool) string {
	text := fmt.Sprintf("%s (%s), %s (%s), %s (%s)", plural(int(a.Rows), "row"), plural(int(a.Posts), "post"),
		plural(int(a.Files), "media file"), size(a.Bytes), plural(int(files), "JSON file"), size(bytes))
	if credentials {
		text += ", its credentials"
	}
	if a.Kept > 0 {
		text += fmt.Sprintf("; %s that others hold as well: they stay", plural(int(a.Kept), "post"))
	}
	return text
}

// jsonFolder is where the account's JSON files are; empty where another account shares it.
func (f *forgetting) jsonFolder() string {
	safe := f.account.Safe()
	if slices.ContainsFunc(f.others, func(n string) bool { return strings.EqualFold(archive.Named(n).Safe(), safe) }) {
		return ""
	}
	return path.Join("json", safe)
}

// jsonFiles counts the account's JSON files.
func (f *forgetting) jsonFiles(ctx context.Context) (files, bytes int64) {
	if f.jsonFolder() == "" {
		return 0, 0
	}
	_ = f.folder.Each(ctx, f.jsonFolder(), func(path string) error {
		found, err := f.folder.Look(path)
		files, bytes = files+1, bytes+found.Size
		return err
	}, func(error) {}) // there may be none
	return files, bytes
}

// remove removes rows first and then the files of which they told: what a kill leaves in between has no row, which
// `lama verify` tells.
func (f *forgetting) remove(ctx context.Context, alone store.Alone) error {
	line := f.line()
	defer line.Done()
	err := f.db.Forget(ctx, f.account, f.removeFiles, func(posts int64) {
		line.Show(fmt.Sprintf("forgetting posts: %s of %s", humanize.Comma(posts), humanize.Comma(alone.Posts)))
	})
	if err != nil {
		return err
	}
	if folder := f.jsonFolder(); folder != "" {
		if err := f.folder.RemoveAll(folder); err != nil {
			return err
		}
	} else {
		f.warn("the JSON files of %s are in the folder of another account: `lama verify` tells which they are", f.account.Name())
	}
	if err := f.db.EndOthers(ctx, f.persons()); err != nil {
		return err
	}
	return f.creds.Delete(f.account)
}

// persons are those of the household who have an account beside the one that goes.
func (f *forgetting) persons() (left []string) {
	for _, a := range f.cfg.Accounts {
		if a.Name() != f.account.Name() {
			left = append(left, f.cfg.Person(a))
		}
	}
	return left
}

func (f *forgetting) removeFiles(paths []string) error {
	var all error
	for _, path := range paths {
		all = errors.Join(all, f.folder.Remove(path))
	}
	return all
}
