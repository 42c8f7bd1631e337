package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/importer/export"
	"lama/importer/mastodonarchive"
)

func (s *session) importExportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "what a server gives its users to take along", ArgsUsage: "ZIP|TAR.GZ|FOLDER", Flags: ownerFlags(),
		Description: "Of posts that were liked, bookmarked or boosted an export has the addresses: `lama run` asks for them.",
		Action: func(c *cli.Context) error {
			args, err := arguments(c, "ZIP|TAR.GZ|FOLDER")
			if err != nil {
				return err
			}
			return s.importOwned(c, args[0], func(ctx context.Context, i *importing, given archive.Account) (owned, error) {
				return i.openExport(ctx, args[0], given)
			})
		},
	}
}

func (s *session) importMastodonArchiveCommand() *cli.Command {
	return &cli.Command{
		Name: "mastodon-archive", Usage: "a file of kensanata's mastodon-archive", ArgsUsage: "FILE.json [FOLDER]", Flags: ownerFlags(),
		Description: "FOLDER holds the media; without it, the folder beside the file that is called like it.",
		Action: func(c *cli.Context) error {
			names := []string{"FILE.json", "FOLDER"}
			args, err := arguments(c, names[:max(1, min(2, c.NArg()))]...)
			if err != nil {
				return err
			}
			args = append(args, "")
			return s.importOwned(c, args[0], func(_ context.Context, _ *importing, given archive.Account) (owned, error) {
				a, err := mastodonarchive.Open(args[0], args[1], given)
				if err != nil {
					return owned{}, err
				}
				return owned{a.Account, a.Close, a.Source}, nil
			})
		},
	}
}

// ownerFlags are those of imports that are of one account.
func ownerFlags() []cli.Flag {
	return append(importFlags(), &cli.StringFlag{Name: "account",
		Usage: "`USER@HOST` whose it is: where it does not say so itself, or where that account is not in prefs.json, since its server is gone"})
}

// openExport opens an export. A tar is unpacked beside the archive, from where its media are moved; in a dry run only its
// JSON is, elsewhere.
func (i *importing) openExport(ctx context.Context, file string, given archive.Account) (o owned, err error) {
	options := export.Options{Account: given, Look: i.dry, Scratch: filepath.Join(i.cfg.UserDir, ".import")}
	cleanup := func() error { return nil }
	if i.dry {
		dir, err := os.MkdirTemp("", "lama-import-*")
		if err != nil {
			return o, err
		}
		cleanup = func() error { return os.RemoveAll(dir) }
		options.Scratch = filepath.Join(dir, "scratch")
	}
	e, err := export.Open(ctx, file, options)
	if err != nil {
		return o, errors.Join(err, cleanup())
	}
	_, e.Served = configured(i.cfg, e.Account)
	return owned{e.Account, func() error { return errors.Join(e.Close(), cleanup()) }, e.Source}, nil
}
