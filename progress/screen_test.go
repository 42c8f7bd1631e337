package progress

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// screen is a terminal as far as the display uses one. It fails the test on any other sequence.
type screen struct {
	t             *testing.T
	width, height int

	mu      sync.Mutex
	rows    [][]rune // from the first line ever on; a wide character takes two cells, the second is 0
	y, x    int      // the cursor
	top     int      // the row at the screen's top
	colours int
	writes  int
	err     error // of all writes from now on
}

var sequence = regexp.MustCompile(`^\x1b\[(\d*)([AKm])`)

func newScreen(t *testing.T, width, height int) *screen {
	return &screen{t: t, width: width, height: height, rows: make([][]rune, 1)}
}

// Write draws.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if s.err != nil {
		return 0, s.err
	}
	for text := string(p); text != ""; {
		if text[0] == '\x1b' {
			m := sequence.FindStringSubmatch(text)
			if m == nil {
				s.t.Fatalf("an unknown sequence on the screen: %q", text)
			}
			s.control(m[1], m[2])
			text = text[len(m[0]):]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		s.put(r)
	}
	return len(p), nil
}

// put writes one character.
func (s *screen) put(r rune) {
	width := runewidth.RuneWidth(r)
	switch {
	case r == '\n':
		s.down()
		return
	case r < ' ' || r == 0x7f:
		s.t.Errorf("a control character on the screen: %q", r)
	case s.x+width > s.width:
		s.down()
	}
	for len(s.rows[s.y]) < s.x+width {
		s.rows[s.y] = append(s.rows[s.y], ' ')
	}
	s.rows[s.y][s.x] = r
	if width == 2 {
		s.rows[s.y][s.x+1] = 0
	}
	s.x += width
}

func (s *screen) control(n, what string) {
	switch what {
	case "m":
		s.colours++
	case "A":
		lines, err := strconv.Atoi(n)
		if err != nil || lines == 0 {
			s.t.Errorf("up by %q lines", n)
		}
		s.y = max(s.top, s.y-lines)
	case "K":
		s.rows[s.y] = s.rows[s.y][:min(s.x, len(s.rows[s.y]))]
	}
}

func (s *screen) down() {
	s.y, s.x = s.y+1, 0
	if s.y == len(s.rows) {
		s.rows = append(s.rows, nil)
	}
	s.top = max(s.top, s.y-s.height+1)
}

// fail makes all writes fail.
func (s *screen) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// size is what the terminal tells of itself.
func (s *screen) size() (width, height int, err error) { return s.width, s.height, nil }

// String is all that was ever pushed out at the top, and what is on the screen.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.rows {
		b.WriteString(strings.TrimRight(strings.ReplaceAll(string(row), "\x00", ""), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
