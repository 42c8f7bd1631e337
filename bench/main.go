// Command bench measures what LAMA promises of itself: requests, speed, memory. It builds the real program, runs it as
// a household does against a fake fediverse in a process of its own, and prints a table of what was wanted and what
// was measured. `make bench` starts it; it needs Go, PostgreSQL and, to count fsyncs of SQLite, strace.
//
// A whole run makes archives of a million posts: it takes about half an hour on two cores, and writes docs/benchmarks.md. A
// part of it (-only) or a smaller one (-quick, -scale) writes nothing but the table, unless -out names a file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// The roles in which this program starts itself: the first argument; a description in JSON is the second.
const (
	roleFediverse = "fediverse"
	roleLoader    = "loader"
)

// run is main without the process. Where a target was missed it returns errMissed.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == roleFediverse {
		return serve(args[1])
	}
	if len(args) == 2 && args[0] == roleLoader {
		return load(ctx, args[1], stdout)
	}
	o, err := readOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := newBench(ctx, o, stderr)
	if err != nil {
		return err
	}
	defer b.close()
	rows := b.takeAll(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return b.report(ctx, stdout, rows)
}

// options are what the command line says.
type options struct {
	only      []string
	databases []string
	scale     float64 // of all sizes
	out       string  // the file that is written; empty: none
	dir       string  // where archives are made
}

// quickScale is that of a smoke test, of which no time means anything.
const quickScale = 0.01

var errUsage = errors.New("see -help")

func readOptions(args []string, stderr io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	o := options{}
	only := flags.String("only", "", "`measures` to take, by name: "+strings.Join(names(), ", "))
	databases := flags.String("databases", "sqlite,postgres", "`databases` to measure with")
	quick := flags.Bool("quick", false, fmt.Sprint("see whether it works: -scale ", quickScale))
	flags.Float64Var(&o.scale, "scale", 1, "take all sizes times this; below 1 no target is judged")
	flags.StringVar(&o.out, "out", "",
		"Markdown `file` to write; by default docs/benchmarks.md, if all is measured at full size")
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` in which archives are made, and removed")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, errUsage
	}
	if *quick {
		o.scale = quickScale
	}
	o.only, o.databases = words(*only), words(*databases)
	if o.out == "" && len(o.only) == 0 && len(o.databases) == 2 && o.scale >= 1 {
		o.out = filepath.Join("docs", "benchmarks.md")
	}
	for _, name := range o.only {
		if !slices.Contains(names(), name) {
			return o, fmt.Errorf("there is no measure %q: %w", name, errUsage)
		}
	}
	for _, name := range o.databases {
		if name != sqlite && name != postgres {
			return o, fmt.Errorf("there is no database %q: %w", name, errUsage)
		}
	}
	return o, nil
}

// words are those of a list with commas.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
