package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"lama/config"
	"lama/store"
)

// The exit codes that a command chooses; 130 and 143 are 128 and the signal.
const (
	exitDone       = 0
	exitFatal      = 1
	exitUsage      = 2
	exitIncomplete = 3
	exitInUse      = 4
)

var exits = []struct {
	code    string
	meaning string
}{
	{"0", "complete; media that is known to be deferred is told, and is 0"},
	{"1", "fatal"},
	{"2", "usage or configuration; nothing was touched"},
	{"3", "finished, but an account or a collection could not be read to its end, or something of an import not at all; verify, a backup or an export found damage; or status --check an alarm"},
	{"4", "the archive is in use by another run; --wait waits for it"},
	{"130", "interrupted by SIGINT; the next run goes on where it stopped"},
	{"143", "interrupted by SIGTERM; the next run goes on where it stopped"},
}

// ExitCodes is the list for --help and the README.
func ExitCodes() string {
	var b strings.Builder
	for _, e := range exits {
		fmt.Fprintf(&b, "   %-4s %s\n", e.code, e.meaning)
	}
	return b.String()
}

// exitError is an error that has an exit code of its own.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

// usagef is a command line that makes no sense.
func usagef(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

// incompletef is a command that did what it could, which was not all.
func incompletef(format string, args ...any) error {
	return exitError{exitIncomplete, fmt.Errorf(format, args...)}
}

// inUse is an archive that another run works on.
func inUse(err error) error { return exitError{exitInUse, err} }

// interrupted is why a context ended.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string {
	return "interrupted (" + i.signal.String() + "): the next run goes on where this one stopped"
}

// withSignals ends the context at the first SIGINT or SIGTERM and lets the second one do what it does by itself.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1) // a signal is not sent to who is not ready
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		select {
		case s := <-signals:
			sig, _ := s.(syscall.Signal)
			cancel(interrupted{sig})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// report tells the error, if any, in one line, and returns the exit code.
func report(ctx context.Context, stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	code := exitCode(ctx, err)
	if code > 128 {
		err = context.Cause(ctx)
	}
	_, _ = fmt.Fprintln(stderr, "lama: "+oneLine(err))
	return code
}

func exitCode(ctx context.Context, err error) int {
	var (
		stop    interrupted
		own     exitError
		refused *config.Error
	)
	switch {
	case errors.As(context.Cause(ctx), &stop):
		return 128 + int(stop.signal)
	case errors.As(err, &own):
		return own.code
	case errors.As(err, new(*store.InUse)): // in the middle: another run has taken what this one lost
		return exitInUse
	case errors.As(err, &refused):
		return exitUsage
	}
	return exitFatal
}
