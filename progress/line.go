package progress

import (
	"io"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
)

// Line is a display of one line, for what has one figure at a time. Its methods may be called from any goroutine, and
// do nothing on a nil Line, but that Write then loses what it gets.
type Line struct {
	mu   sync.Mutex
	term *terminal
	last time.Time // of the last drawing
	text string
}

// NewLine starts a display on a terminal that understands ANSI sequences. Until Done, nobody else may write to the
// terminal, except through [Line.Write].
func NewLine(w io.Writer) *Line { return &Line{term: newTerminal(w)} }

// Show tells the newest figure. It may be called as often as that changes: the terminal is drawn ten times a second.
func (l *Line) Show(text string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = clean(text)
	if now := time.Now(); now.Sub(l.last) >= refresh {
		l.last = now
		_ = l.draw() // a terminal that is gone shows nothing
	}
}

// Write prints lines above the display: p must be whole lines.
func (l *Line) Write(p []byte) (int, error) {
	if l == nil {
		return len(p), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.term.Write(p)
	return len(p), l.draw()
}

// Done takes the display off the terminal; what was written with Write stays.
func (l *Line) Done() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.term.Flush(0) // a terminal that is gone needs none
}

func (l *Line) draw() error {
	if width, _ := l.term.known(); l.text != "" {
		l.term.rows = append(l.term.rows, runewidth.Truncate(mark(Reading)+" "+l.text, width-1, "…")+"\n")
	}
	return l.term.Flush(0)
}
