package progress

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	s := newScreen(t, 40, 10)
	l := NewLine(s)
	l.Show("1 of 3 files")
	l.last = time.Time{} // long ago
	l.Show("2 of 3 files\x1b[2J")
	fmt.Fprintln(l, "a file is missing")
	if got := s.String(); !strings.HasPrefix(got, "a file is missing\n") || !strings.Contains(got, "2 of 3 files") ||
		strings.Contains(got, "1 of 3") {
		t.Errorf("got %q", got)
	}
	l.Show(strings.Repeat("x", 100))
	l.Done()
	if got := strings.TrimSpace(s.String()); got != "a file is missing" {
		t.Errorf("after the end: %q", got)
	}
}

// Nobody asks whether there is a terminal.
func TestNoLine(t *testing.T) {
	var l *Line
	l.Show("1 of 3 files")
	l.Done()
	if n, err := l.Write([]byte("lost\n")); n != 5 || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
}
