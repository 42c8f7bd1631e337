package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/importer"
	"lama/stages"
)

// owned is an opened source that is of one account.
type owned struct {
	account archive.Account
	close   func() error
	source  func(stages.View) importer.Source
}

// importOwned imports what is of one account: a configured one, or one that the command line names.
func (s *session) importOwned(c *cli.Context, file string, open func(context.Context, *importing, archive.Account) (owned, error)) error {
	i, err := s.newImport(c, file)
	if err != nil {
		return err
	}
	var given archive.Account
	if name := stringFlag(c, "account"); name != "" {
		if given, err = config.ParseAccount(name); err != nil {
			return usagef("%w", err)
		}
		given, _ = configured(i.cfg, given)
	}
	return i.from(c.Context, func(ctx context.Context) (importer.Source, error) {
		o, err := open(ctx, i, given)
		if err != nil {
			return nil, err
		}
		account, known := configured(i.cfg, o.account)
		if !known && given.User == "" {
			return nil, errors.Join(unlisted(o.account, i.cfg), o.close())
		}
		view, err := i.view(ctx, account)
		if err != nil {
			return nil, errors.Join(err, o.close())
		}
		return closing{o.source(view), o.close}, nil
	})
}

// configured is an account as the preferences have it, where they do.
func configured(cfg config.Config, a archive.Account) (archive.Account, bool) {
	for _, c := range cfg.Accounts {
		if strings.EqualFold(c.Name(), a.Name()) {
			return c, true
		}
	}
	return a, false
}

// unlisted says what to do about an account that the preferences do not have.
func unlisted(a archive.Account, cfg config.Config) error {
	return usagef("it is of %s, which is not among the accounts of %s: add it there, or where its server is gone, say --account %s",
		a.Name(), cfg.File, a.Name())
}

// closing is a source that is closed in the end.
type closing struct {
	importer.Source
	close func() error
}

func (c closing) Close() error { return c.close() }
