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

// opener opens a source of a given account, or of whose it says it is.
type opener func(ctx context.Context, i *importing, given archive.Account) (owned, error)

// importOwned imports what is of one account: a configured one, or one that the command line names.
func (s *session) importOwned(c *cli.Context, file string, open opener) error {
	i, err := s.newImport(c, file)
	if err != nil {
		return err
	}
	given, err := i.named(c)
	if err != nil {
		return err
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

// named is the account that --account names; none where it does not. In front of the command there may stand several.
func (i *importing) named(c *cli.Context) (archive.Account, error) {
	names := listFlag(c, "account")
	if len(names) == 0 {
		names = []string{stringFlag(c, "account")}
	}
	switch {
	case len(names) > 1:
		return archive.Account{}, usagef("an import is of one account: say one --account")
	case names[0] == "":
		return archive.Account{}, nil
	}
	a, err := config.ParseAccount(names[0])
	if err != nil {
		return a, usagef("%w", err)
	}
	a, _ = configured(i.cfg, a)
	return a, nil
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
	return usagef("it is of %s, which is not among the accounts of %s: add it there, or where its server is gone, "+
		"say --account %s", a.Name(), cfg.File, a.Name())
}

// closing is a source that is closed in the end.
type closing struct {
	importer.Source
	close func() error
}

func (c closing) Close() error { return c.close() }
