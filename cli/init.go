package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/mastodon"
)

func (s *session) initCommand() *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "register the app with each account's server and have it authorised, to read only",
		Description: "What is done is skipped. Without a prefs.json, `lama init --account user@host` writes user/prefs.json.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "account", Usage: "only this account, `USER@HOST`; may be repeated"},
			configFlag(),
			&cli.BoolFlag{Name: "no-browser", Usage: "show the code in any browser, to be pasted here"},
			&cli.BoolFlag{Name: "token-stdin", Usage: "take a token that was made by hand from standard input"},
		},
		Action: s.init,
	}
}

func (s *session) init(c *cli.Context) (err error) {
	if _, err := arguments(c); err != nil {
		return err
	}
	cfg, created, err := s.initConfig(c)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil && created { // a mistyped host must not stay
			s.say("%s: removed again", cfg.File)
			err = errors.Join(err, os.Remove(cfg.File))
		}
	}()
	accounts, err := chosen(cfg, listFlag(c, "account"))
	if err != nil {
		return err
	}
	fromStdin := c.Bool("token-stdin")
	if fromStdin && len(accounts) != 1 {
		return usagef("--token-stdin takes the token of one account: add --account user@host")
	}
	i := initialiser{session: s, folder: s.credentials(cfg), tokenStdin: fromStdin,
		paste: c.Bool("no-browser") || s.Getenv("DOCKER_MODE") != ""}
	return i.all(c.Context, accounts)
}

// initConfig loads the configuration, or writes one where there is none and one account is named.
func (s *session) initConfig(c *cli.Context) (cfg config.Config, created bool, err error) {
	cfg, err = s.load(c, true)
	names := listFlag(c, "account")
	if !errors.Is(err, config.ErrNoFile) || len(names) != 1 {
		return cfg, false, err
	}
	a, err := config.ParseAccount(names[0])
	if err != nil {
		return cfg, false, err
	}
	path, err := config.Create(s.Dir, a)
	if err != nil {
		return cfg, false, fmt.Errorf("write prefs.json: %w", err)
	}
	s.say("%s: written", path)
	cfg, err = s.load(c, true)
	cfg.File = path
	return cfg, true, err
}

// chosen are the configured accounts of these names, or all of them.
func chosen(cfg config.Config, names []string) ([]archive.Account, error) {
	if len(names) == 0 {
		return cfg.Accounts, nil
	}
	accounts := make([]archive.Account, len(names))
	for i, name := range names {
		a, err := cfg.Account(name)
		if err != nil {
			return nil, err
		}
		accounts[i] = a
	}
	return accounts, nil
}

// initialiser brings accounts to where `lama run` can use them.
type initialiser struct {
	*session
	folder     creds.Folder
	tokenStdin bool
	paste      bool // no browser on this machine
}

// all does one account after the other: a person authorises them. One that fails does not stop the rest.
func (i initialiser) all(ctx context.Context, accounts []archive.Account) error {
	failed := 0
	for _, a := range accounts {
		err := i.account(ctx, a)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			i.warn("%s: not authorised: %s", a.Name(), oneLine(err))
			failed++
		}
		for _, w := range i.folder.Warnings(a) {
			i.warn("%s: %s", a.Name(), w)
		}
	}
	if failed > 0 {
		return incompletef("%d of %d accounts could not be authorised", failed, len(accounts))
	}
	i.say("ready: `lama` archives what is new")
	return nil
}

func (i initialiser) account(ctx context.Context, a archive.Account) error {
	server := i.server(a)
	if i.tokenStdin {
		return i.takeToken(ctx, server, a)
	}
	user, err := i.folder.User(a)
	if errors.Is(err, fs.ErrNotExist) {
		return i.authorise(ctx, server, a)
	}
	if err != nil {
		return err
	}
	err = belongs(ctx, server, a, user.Token.Reveal())
	if refused := (*mastodon.OAuthError)(nil); errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		i.say("%s: the server no longer accepts the token in %s", a.Name(), i.folder.UserPath(a))
		return i.authorise(ctx, server, a)
	}
	if errors.Is(err, errWrongUser) {
		return fmt.Errorf("%w: mend the username in prefs.json, or remove %s", err, i.folder.UserPath(a))
	}
	if err != nil {
		return err
	}
	i.say("%s: already authorised", a.Name())
	return nil
}

func (s *session) server(a archive.Account) mastodon.OAuth {
	return mastodon.OAuth{BaseURL: a.BaseURL(), HTTP: s.HTTP, UserAgent: userAgent()}
}

// takeToken keeps a token that was made in the server's settings.
func (i initialiser) takeToken(ctx context.Context, server mastodon.OAuth, a archive.Account) error {
	token, err := i.readLine(ctx)
	if err != nil {
		return fmt.Errorf("read the token from standard input: %w", err)
	}
	if err := belongs(ctx, server, a, token); err != nil {
		return err
	}
	return i.keep(a, creds.User{Token: creds.NewToken(token), BaseURL: a.BaseURL()})
}

// errWrongUser is a token of somebody else.
var errWrongUser = errors.New("wrong user")

// belongs asks the server whose token it is.
func belongs(ctx context.Context, server mastodon.OAuth, a archive.Account, token string) error {
	name, err := server.Username(ctx, token)
	switch {
	case err != nil:
		return err
	case strings.EqualFold(name, a.User):
		return nil
	}
	return fmt.Errorf("%w: the token belongs to %q on %s, not to %q", errWrongUser, printable(name, maxName),
		a.Instance, a.User)
}

func (i initialiser) keep(a archive.Account, user creds.User) error {
	if err := i.folder.SaveUser(a, user); err != nil {
		return err
	}
	i.say("%s: authorised; the token is in %s", a.Name(), i.folder.UserPath(a))
	return nil
}
