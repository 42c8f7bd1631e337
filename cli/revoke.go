package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/creds"
	"lama/mastodon"
)

func (s *session) revokeCommand() *cli.Command {
	return &cli.Command{
		Name: "revoke", Usage: "give an account's token back to its server and delete the credentials",
		ArgsUsage: "user@host", Description: "The archive stays.",
		Flags: []cli.Flag{configFlag()}, Action: s.revoke,
	}
}

func (s *session) revoke(c *cli.Context) error {
	args, err := arguments(c, "user@host")
	if err != nil {
		return err
	}
	cfg, err := s.load(c, false)
	if err != nil {
		return err
	}
	// An account that was taken out of prefs.json first may have left its credentials.
	a, unknown := cfg.Account(args[0])
	if unknown != nil {
		if a, err = config.ParseAccount(args[0]); err != nil {
			return err
		}
	}
	folder := s.credentials(cfg)
	user, err := folder.User(a)
	switch {
	case errors.Is(err, fs.ErrNotExist) && unknown != nil:
		return unknown
	case errors.Is(err, fs.ErrNotExist):
		s.say("%s: there is no token to give back", a.Name())
	case err != nil:
		return err
	default:
		if err := s.giveBack(c, folder, a, user); err != nil {
			return err
		}
	}
	if err := folder.Delete(a); err != nil {
		return fmt.Errorf("delete the credentials of %s: %w", a.Name(), err)
	}
	s.say("%s: the credentials are deleted; the archive in %s stays", a.Name(), cfg.UserDir)
	return nil
}

// giveBack has the server forget the token. Where it can't be asked the credentials are kept: they are what can
// still do it.
func (s *session) giveBack(c *cli.Context, folder creds.Folder, a archive.Account, user creds.User) error {
	app := mastodon.App{ID: user.ClientID, Secret: user.ClientSecret.Reveal()}
	if client, err := folder.Client(a); app.ID == "" && err == nil {
		app = appOf(client)
	}
	if app.ID == "" {
		s.say("%s: this token was made by hand and can only be taken back by hand, in the settings at %s",
			a.Name(), a.BaseURL())
		return nil
	}
	if err := s.server(a).Revoke(c.Context, app, user.Token.Reveal()); err != nil {
		return fmt.Errorf("%s: %w; the credentials are kept; where the server is gone, remove %s and %s",
			a.Name(), err, folder.UserPath(a), folder.ClientPath(a))
	}
	s.say("%s: the token is given back", a.Name())
	return nil
}
