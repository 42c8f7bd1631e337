package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lama/config"
)

// commonFlags may stand before a command as well as after it.
func commonFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "account", Usage: "only this account, `USER@HOST`; may be repeated"},
		configFlag(),
		&cli.StringFlag{Name: "log-level", Usage: "`LEVEL` of the log: debug, info, warning or critical"},
		&cli.StringFlag{Name: "log-format", Usage: "`FORMAT` of stdout: auto, text or json"},
	}
}

func configFlag() cli.Flag {
	return &cli.StringFlag{Name: "config", Usage: "read `FILE` instead of looking for prefs.json"}
}

func dryRunFlag() cli.Flag {
	return &cli.BoolFlag{Name: "dry-run", Usage: "only say what would be done, and write nothing"}
}

func waitFlag() cli.Flag {
	return &cli.BoolFlag{Name: "wait", Usage: "wait for another run that holds the archive"}
}

// withoutDefaults has the help not say of each switch that it is off.
func withoutDefaults(flags []cli.Flag) []cli.Flag {
	for _, f := range flags {
		if b, ok := f.(*cli.BoolFlag); ok {
			b.DisableDefaultText = true
		}
	}
	return flags
}

// usageError names the flag that was probably meant.
func usageError(c *cli.Context, err error, _ bool) error {
	name, undefined := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !undefined {
		return usagef("%w", err)
	}
	var names []string
	for _, f := range c.Command.Flags {
		names = append(names, "--"+f.Names()[0])
	}
	return unknown("flag", "--"+strings.TrimLeft(name, "-"), names)
}

func unknown(what, word string, valid []string) error {
	return usagef("unknown %s %s: the nearest is %s (see lama --help)", what, word, config.Nearest(word, valid))
}

// arguments are those of a command that takes exactly so many.
func arguments(c *cli.Context, names ...string) ([]string, error) {
	given := c.Args().Slice()
	if i := slices.IndexFunc(given, func(s string) bool { return strings.HasPrefix(s, "-") }); i >= 0 {
		return nil, usagef("flags stand before the arguments: %s %s …", c.Command.HelpName, given[i])
	}
	if len(given) != len(names) {
		return nil, usagef("usage: %s %s", c.Command.HelpName, strings.Join(append([]string{"[options]"}, names...), " "))
	}
	return given, nil
}

// given is the nearest context in which a flag was given, the command's before the one before it; nil where it
// was not. The library finds a command's own flag, set or not, before the one that was given in front of it.
func given(c *cli.Context, flag string) *cli.Context {
	for _, at := range c.Lineage() {
		if at.App != nil && slices.Contains(at.LocalFlagNames(), flag) {
			return at
		}
	}
	return nil
}

func stringFlag(c *cli.Context, name string) string {
	if at := given(c, name); at != nil {
		return at.String(name)
	}
	return ""
}

func listFlag(c *cli.Context, name string) []string {
	if at := given(c, name); at != nil {
		return at.StringSlice(name)
	}
	return nil
}

func boolFlag(c *cli.Context, name string) bool {
	at := given(c, name)
	return at != nil && at.Bool(name)
}
