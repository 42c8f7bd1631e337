package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"lama/config"
)

func (s *session) configCommand() *cli.Command {
	return &cli.Command{
		Name: "config", Usage: "show what is in force and where each value comes from; secrets are hidden",
		Flags: []cli.Flag{configFlag(), &cli.BoolFlag{Name: "json", Usage: "as JSON"}},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return s.configJSON(cfg)
			}
			return s.configTable(cfg)
		},
	}
}

func (s *session) configTable(cfg config.Config) error {
	s.say("file: %s", cfg.File)
	for _, a := range cfg.Accounts {
		s.say("account: %s at %s", a.Name(), a.BaseURL())
	}
	s.say("")
	w := tabwriter.NewWriter(s.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "KEY\tVALUE\tFROM")
	for _, v := range cfg.Values() {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, shown(v.Value), v.Source)
	}
	return w.Flush()
}

func shown(value any) string {
	if names, ok := value.([]string); ok {
		value = strings.Join(names, ", ")
	}
	return printable(fmt.Sprint(value), maxLine)
}

func (s *session) configJSON(cfg config.Config) error {
	type account struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	type value struct {
		Value  any    `json:"value"`
		Source string `json:"source"`
	}
	all := struct {
		File     string           `json:"file"`
		Accounts []account        `json:"accounts"`
		Prefs    map[string]value `json:"prefs"`
	}{File: cfg.File, Prefs: map[string]value{}}
	for _, a := range cfg.Accounts {
		all.Accounts = append(all.Accounts, account{a.Name(), a.BaseURL()})
	}
	for _, v := range cfg.Values() {
		all.Prefs[v.Key] = value{v.Value, v.Source}
	}
	return s.sayJSON(all)
}
