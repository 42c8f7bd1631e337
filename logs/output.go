package logs

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/rs/zerolog"
)

// output writes each line to the file and to the console. To zerolog it never fails.
type output struct {
	stamp zerolog.HookFunc

	mu            sync.Mutex
	secrets       []string
	hidden        *strings.Replacer
	console, file *sink
}

// sink is one place that lines go to.
type sink struct {
	w      io.Writer // nil once it is closed or given up
	level  zerolog.Level
	format func(line []byte) []byte // nil leaves the line as it is
	retry  bool                     // try again with the next line after a failure

	failed bool
	torn   bool // the last line written is not whole
}

// route is the output as a logger sees it.
type route struct {
	*output
	console bool // too, not the file alone
}

// Write is for zerolog, which asks for it; lines come through WriteLevel.
func (r route) Write(p []byte) (int, error) { return r.WriteLevel(zerolog.NoLevel, p) }

// WriteLevel writes a line.
func (r route) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := r.clean(p)
	r.toFile(level, line)
	if r.console {
		r.toConsole(level, line)
	}
	return len(p), nil
}

// toConsole writes a line to the console and tells the file when that fails.
func (o *output) toConsole(level zerolog.Level, line []byte) {
	if err := o.console.write(level, line); err != nil {
		_ = o.file.write(zerolog.NoLevel, o.event(err, "the console is gone: the run goes on and logs to this file only"))
	}
}

// toFile writes a line to the file and tells the console when that begins to fail.
func (o *output) toFile(level zerolog.Level, line []byte) {
	if err := o.file.write(level, line); err != nil {
		_ = o.console.write(zerolog.NoLevel, o.event(err, "the log file cannot be written: the run goes on"))
	}
}

// event is a line of our own, about a place that fails; it goes to the other one whatever its level.
func (o *output) event(err error, msg string) []byte {
	var b bytes.Buffer
	log := zerolog.New(&b).Hook(o.stamp)
	log.Warn().Err(err).Msg(msg)
	return o.clean(b.Bytes())
}

// close closes the file.
func (o *output) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	c, ok := o.file.w.(io.Closer)
	o.file.w = nil
	if !ok {
		return nil
	}
	return c.Close()
}

// write writes a line, if it is grave enough. Its error is only the first of a series.
func (s *sink) write(level zerolog.Level, line []byte) error {
	if s.w == nil || level < s.level {
		return nil
	}
	if s.format != nil {
		line = s.format(line)
	}
	if s.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := s.w.Write(line)
	if err == nil {
		s.failed, s.torn = false, false
		return nil
	}
	if !s.retry {
		s.w = nil
	}
	again := s.failed
	s.failed, s.torn = true, s.torn || n > 0
	if again {
		return nil
	}
	return err
}
