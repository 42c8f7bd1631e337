// Package cli is the command line: one file per command, which reads flags and configuration, wires the other
// packages together and says what came of it. What goes wrong becomes an exit code in exit.go and nowhere else.
package cli

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/creds"
)

// Environment is all that the commands see of the process.
type Environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Dir            string             // the working directory
	Schema         string             // schema.sql
	OpenBrowser    func(string) error // nil where there is none: codes are pasted
	HTTP           *http.Client       // for registering and authorising; nil: a plain one
	Transport      *http.Transport    // to the servers when archiving; nil: the default one
	Patience       time.Duration      // with a database that goes away in the middle of a run; 0: [store.Patience]
	Imported       func()             // is told of each file and each batch that an import has taken; may be nil
}

// Run executes a command line, args[0] being the program's name, and returns the exit code. SIGINT and SIGTERM
// end the context; a second one ends the process.
func Run(ctx context.Context, args []string, env Environment) int {
	ctx, stop := withSignals(ctx)
	defer stop()
	s := &session{Environment: env, stdin: bufio.NewReader(env.Stdin)}
	return report(ctx, env.Stderr, s.app().RunContext(ctx, args))
}

// shared is a flag of the library's that all command lines have in common: applied, it would remember of one what another reads.
type shared struct{ cli.BoolFlag }

// Apply does what [cli.Flag] says, for one command line.
func (f *shared) Apply(set *flag.FlagSet) error {
	own := f.BoolFlag
	return own.Apply(set)
}

func init() {
	for _, f := range []*cli.Flag{&cli.HelpFlag, &cli.VersionFlag} {
		*f = &shared{*(*f).(*cli.BoolFlag)}
	}
}

// session is one execution of the program.
type session struct {
	Environment
	stdin *bufio.Reader // one for all questions: it reads ahead
}

// commands are the subcommands, in the order of the help.
func (s *session) commands() []*cli.Command {
	return []*cli.Command{
		s.runCommand(), s.initCommand(), s.statusCommand(), s.searchCommand(), s.serveCommand(), s.inviteCommand(), s.sessionsCommand(),
		s.verifyCommand(), s.importCommand(), s.exportCommand(), s.copyCommand(), s.backupCommand(), s.restoreCommand(),
		s.forgetCommand(), s.configCommand(), s.revokeCommand(), s.demoCommand(), s.completionCommand(), s.helpCommand(),
	}
}

// defaultCommand is what `lama` does without a command; its flags may stand there too.
const defaultCommand = "run"

func (s *session) app() *cli.App {
	app := &cli.App{
		Name: "lama", Usage: "keep an archive of what your fediverse accounts post, boost, favourite and bookmark",
		UsageText:             "lama [options]            archive what is new, as `lama run` does\nlama command [options]",
		Version:               version(),
		Commands:              s.commands(),
		Flags:                 commonFlags(),
		Action:                s.defaultAction,
		Reader:                s.stdin,
		Writer:                s.Stdout,
		ErrWriter:             s.Stderr,
		OnUsageError:          usageError,
		ExitErrHandler:        func(*cli.Context, error) {}, // Run has the exit code
		CustomAppHelpTemplate: cli.AppHelpTemplate + "\nEXIT CODES:\n" + ExitCodes(),
		EnableBashCompletion:  true,
		HideHelpCommand:       true, // the library's is a global that comes to contain itself
	}
	for _, c := range app.Commands {
		for _, c := range append(c.Subcommands, c) {
			c.OnUsageError, c.HideHelpCommand = usageError, true
			withoutDefaults(c.Flags)
		}
	}
	for _, c := range s.commands() { // new ones: a flag remembers that it was set
		if c.Name == defaultCommand {
			app.Flags = withoutDefaults(c.Flags)
		}
	}
	app.Flags = append(app.Flags, cli.HelpFlag) // which the library adds with its own command only
	return app
}

func (s *session) defaultAction(c *cli.Context) error {
	if c.Args().Present() {
		return unknown("command", c.Args().First(), commandNames(c.App.Commands))
	}
	if run := c.App.Command(defaultCommand); run != nil {
		return run.Action(c)
	}
	_ = cli.ShowAppHelp(c)
	return usagef("no command was given")
}

func (s *session) helpCommand() *cli.Command {
	return &cli.Command{
		Name: "help", Usage: "show this help, or that of a command", ArgsUsage: "[command]",
		BashComplete: func(c *cli.Context) {
			commands := c.App.Commands
			if about := c.App.Command(c.Args().First()); about != nil {
				commands = about.Subcommands
			}
			for _, name := range commandNames(commands) {
				s.say("%s", name)
			}
		},
		Action: func(c *cli.Context) error {
			name := c.Args().First()
			if name == "" {
				return cli.ShowAppHelp(c)
			}
			if c.App.Command(name) == nil {
				return unknown("command", name, commandNames(c.App.Commands))
			}
			return c.App.RunContext(c.Context, slices.Concat([]string{c.App.Name}, c.Args().Slice(), []string{"--help"}))
		},
	}
}

func commandNames(commands []*cli.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}

// load reads the configuration; write says that the command will write below user_dir.
func (s *session) load(c *cli.Context, write bool) (config.Config, error) {
	flags := map[string]string{}
	for _, name := range []string{"log-level", "metrics-file"} {
		if at := given(c, name); at != nil {
			flags[strings.ReplaceAll(name, "-", "_")] = at.String(name)
		}
	}
	return config.Load(config.Options{
		Path: stringFlag(c, "config"), Dir: s.Dir, Getenv: s.Getenv, Flags: flags, Write: write,
	})
}

// handedOver names the folder of what systemd hands over to a service (systemd.exec, LoadCredential=).
const handedOver = "CREDENTIALS_DIRECTORY"

// below is a path that was given, as on the command line, in the folder in which it was meant.
func below(base, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

// credentials are the accounts' own, and those that systemd hands over.
func (s *session) credentials(cfg config.Config) creds.Folder {
	return creds.In(cfg.UserDir).Handed(s.Getenv(handedOver))
}

// say tells the person what was done; a stdout that is closed changes nothing of it.
func (s *session) say(format string, args ...any) { _, _ = fmt.Fprintf(s.Stdout, format+"\n", args...) }

// warn tells what needs attention.
func (s *session) warn(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Stderr, format+"\n", args...)
}
