// Package logs is what a run writes about itself: LAMA's file logs/LAMA-run-*.log, and the console, which is
// one JSON object per line for a collector or a few readable lines for a person.
//
// Nothing that goes wrong with either ends a run: a collector that dies is told of in the file, a full disk on
// the console. Whatever comes from a server is printed with its invisible characters made visible, and a secret
// that was announced with [Log.Hide] is never printed.
//
// Both are JSON Lines but for the readable console, so a log is searched with jq. Loggers are passed by value;
// there is no global one.
package logs

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-colorable"
	"github.com/rs/zerolog"
)

// Options say where a run's log goes. Dir and Level are needed.
type Options struct {
	Dir          string // folder of the files; made where it isn't there
	Level        string // LAMA's log_level: debug, info, warning or critical
	HistoryLimit int    // files that remain, the new one counted; 0 = all
	// Format of the console: "json" or "text". Empty leaves it to Terminal: JSON for a collector; on a
	// terminal readable lines, warnings and worse only, as a progress display shows the rest.
	Format   string
	Out      io.Writer // the console; os.Stdout where it is nil
	Terminal bool      // Out is one
	Now      func() time.Time
}

// Log is the open log of one run. Its loggers may be used from any goroutine.
type Log struct {
	Logger zerolog.Logger // file and console
	File   zerolog.Logger // file only: for what is private or long, like a whole post at debug level
	Path   string         // of the file
	output *output
}

// stampLayout is a time as in a file's name; local, as LAMA has it.
const stampLayout = "20060102-150405"

// Open makes a new log file (0600, in a folder that is made 0700) and removes the oldest ones. From then on
// this process no longer dies of a broken pipe on its standard output or error.
func Open(o Options) (*Log, error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	console, err := o.console(level)
	if err != nil {
		return nil, err
	}
	f, err := create(o.Dir, o.Now())
	if err != nil {
		return nil, fmt.Errorf("start a log file (in user_dir, which must be writable): %w", err)
	}
	// A channel that nobody reads, not signal.Ignore: programs that we start would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	out := &output{stamp: stamp(o.Now), console: console, file: &sink{w: f, level: level, retry: true}}
	l := &Log{Path: f.Name(), output: out}
	l.Logger = zerolog.New(route{out, true}).Level(level).Hook(out.stamp)
	l.File = zerolog.New(route{out, false}).Level(level).Hook(out.stamp)
	if err := purge(o.Dir, filepath.Base(l.Path), o.HistoryLimit); err != nil {
		l.Logger.Warn().Err(err).Msg("old logs could not be removed")
	}
	return l, nil
}

// Hide keeps a secret out of everything that is written from now on, also where it stands escaped in JSON or
// in a URL. It is a last line of defence: what is logged should hold no secret. Less than 4 bytes are not
// hidden: every line would have them.
func (l *Log) Hide(secret string) { l.output.hide(secret) }

// Close closes the file; the console goes on. Closing twice is no error.
func (l *Log) Close() error { return l.output.close() }

// parseLevel translates LAMA's levels. What Python calls critical is an error here.
func parseLevel(s string) (zerolog.Level, error) {
	switch s {
	case "debug":
		return zerolog.DebugLevel, nil
	case "info":
		return zerolog.InfoLevel, nil
	case "warning":
		return zerolog.WarnLevel, nil
	case "critical":
		return zerolog.ErrorLevel, nil
	}
	return 0, fmt.Errorf("log_level %q: choose debug, info, warning or critical", s)
}

// console is the sink of Out.
func (o Options) console(level zerolog.Level) (*sink, error) {
	s := &sink{w: o.Out, level: level}
	if s.w == nil {
		s.w = os.Stdout
	}
	if f, ok := s.w.(*os.File); ok {
		s.w = colorable.NewColorable(f) // for Windows; elsewhere it is f
	}
	switch format := o.Format; {
	case format == "json", format == "" && !o.Terminal:
	case format == "text":
		s.format = readable(!o.Terminal)
	case format == "":
		s.format, s.level = readable(false), max(level, zerolog.WarnLevel)
	default:
		return nil, fmt.Errorf("log format %q: choose json or text", format)
	}
	return s, nil
}

// create makes the file of a run, with a number where another run began in the same second.
func create(dir string, now time.Time) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	base := filepath.Join(dir, prefix+"-"+now.Local().Format(stampLayout))
	path := base + ".log"
	for n := 2; ; n++ {
		// #nosec G304 -- our own name in the owner's folder
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_WRONLY, 0o600)
		if !os.IsExist(err) || n > 99 {
			return f, err
		}
		path = fmt.Sprintf("%s-%02d.log", base, n)
	}
}

// stamp adds the time to each line: local, with its offset from UTC.
func stamp(now func() time.Time) zerolog.HookFunc {
	return func(e *zerolog.Event, _ zerolog.Level, _ string) {
		e.Str(zerolog.TimestampFieldName, now().Local().Format("2006-01-02T15:04:05.000Z07:00"))
	}
}
