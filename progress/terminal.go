package progress

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/mattn/go-colorable"
	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/cupwriter"
)

// terminal is where mpb draws, in place of mpb's own writer. That one erases the screen from the cursor on before
// each drawing, which tmux takes for a screen to be kept in its history where the cursor is in the top line;
// and mpb 8.16.2 leaves lines behind where they are more than fit. Here lines are erased one by one, and those
// that don't fit are left out at the top.
type terminal struct {
	out   io.Writer
	size  func() (width, height int, err error)
	above bytes.Buffer // lines to be printed above the display
	rows  []string     // of the drawing that is being made, each with its line break
	drawn int          // lines of the last drawing
}

func newTerminal(w io.Writer) *terminal {
	f, ok := w.(*os.File)
	if !ok {
		return &terminal{out: w, size: func() (int, int, error) { return 0, 0, nil }}
	}
	return &terminal{out: colorable.NewColorable(f), size: cupwriter.New(f, true).GetTermSize}
}

// IsTerminal makes mpb draw.
func (t *terminal) IsTerminal() bool { return true }

// GetTermSize tells mpb the width, and that there is room for all lines.
func (t *terminal) GetTermSize() (width, height int, err error) {
	width, _ = t.known()
	return width, math.MaxInt, nil
}

// known is the size of the terminal; one that doesn't tell has the usual size.
func (t *terminal) known() (width, height int) {
	width, height, err := t.size()
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// Write takes lines to be printed above the display.
func (t *terminal) Write(p []byte) (int, error) { return t.above.Write(p) }

// ReadFrom takes one line of the display from mpb, or nothing.
func (t *terminal) ReadFrom(r io.Reader) (int64, error) {
	var row strings.Builder
	n, err := io.Copy(&row, r)
	if n > 0 {
		t.rows = append(t.rows, row.String())
	}
	return n, err
}

// Flush draws the lines taken since the last Flush in place of those drawn then.
func (t *terminal) Flush(int) error {
	t.fit()
	var b strings.Builder
	up(&b, t.drawn)
	b.WriteString(strings.Repeat("\x1b[K\n", t.drawn)) // erase each line
	up(&b, t.drawn)
	b.WriteString(t.above.String())
	for _, row := range t.rows {
		b.WriteString(row)
	}
	t.drawn = len(t.rows)
	t.rows = t.rows[:0]
	t.above.Reset()
	_, err := io.WriteString(t.out, b.String())
	return err
}

// fit leaves out what doesn't fit. The terminal's last line stays free for the cursor: otherwise each drawing would
// push a line up and out of reach.
func (t *terminal) fit() {
	width, height := t.known()
	cut := len(t.rows) - (height - 1)
	if cut <= 0 {
		return
	}
	t.rows = t.rows[cut:]
	if len(t.rows) > 0 {
		t.rows[0] = runewidth.Truncate(fmt.Sprintf("… %d more lines", cut+1), width, "…") + "\n"
	}
}

// up moves the cursor up. Some terminals take 0 lines for one.
func up(b *strings.Builder, lines int) {
	if lines > 0 {
		fmt.Fprintf(b, "\x1b[%dA", lines)
	}
}
