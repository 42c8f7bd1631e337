package cli

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/store"
)

func (s *session) inviteCommand() *cli.Command {
	return &cli.Command{
		Name: "invite", Usage: "print a code with which a person signs in to the reader, once, within a day", ArgsUsage: "PERSON",
		Description: "A person is what \"person\" of an account in prefs.json says, or the account itself. With the reader's address the code " +
			"is a link.",
		Flags: []cli.Flag{configFlag(), &cli.StringFlag{Name: "public-url", Usage: "the reader's `ADDRESS`, as https://lama.example.org"}},
		Action: func(c *cli.Context) error {
			args, err := arguments(c, "PERSON")
			if err != nil {
				return err
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			if _, err := viewer(cfg, args[0]); err != nil {
				return err
			}
			db, err := s.openIndexed(c.Context, cfg)
			if err != nil {
				return err
			}
			defer db.Close()
			code := rand.Text()
			if err := db.Invite(c.Context, args[0], code); err != nil {
				return err
			}
			if public := strings.TrimSuffix(c.String("public-url"), "/"); public != "" {
				code = public + "/signin?" + url.Values{"code": {code}}.Encode()
			}
			s.say("%s", code)
			return nil
		},
	}
}

func (s *session) sessionsCommand() *cli.Command {
	return &cli.Command{
		Name: "sessions", Usage: "list the browsers in which persons have signed in, or end one",
		Flags: []cli.Flag{configFlag(), &cli.BoolFlag{Name: "json", Usage: "as JSON"},
			&cli.StringFlag{Name: "revoke", Usage: "end the session with this `ID`"}},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			db, err := s.openIndexed(c.Context, cfg)
			if err != nil {
				return err
			}
			defer db.Close()
			if id := c.String("revoke"); id != "" {
				ended, err := db.EndSession(c.Context, id)
				if err == nil && !ended {
					err = usagef("there is no session %s: lama sessions lists them", printable(id, maxName))
				}
				return err
			}
			all, err := db.Sessions(c.Context)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return s.sayJSON(append([]store.Session{}, all...))
			}
			return s.sayTable(all)
		},
	}
}

func (s *session) sayTable(all []store.Session) error {
	w := tabwriter.NewWriter(s.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tPERSON\tSINCE\tUNTIL\tBROWSER")
	for _, one := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.ID, printable(one.Person, maxName), archive.ParseTime(one.CreatedAt).Minute(),
			archive.ParseTime(one.ExpiresAt).Minute(), printable(one.Browser, 60))
	}
	return w.Flush()
}
