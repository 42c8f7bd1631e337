package progress

import (
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// row is a line of columns, which stand below each other on all lines.
type row struct {
	indent string // before the mark
	state  State
	cells  [columns]string // name, two figures, a note
}

const (
	columns = 4
	note    = columns - 1
	indent  = "  " // of what belongs to an account
)

// pendingCell says how much is still to be done.
func pendingCell(n int) (State, string) {
	if n <= 0 {
		return Complete, "none pending"
	}
	return Reading, humanize.Comma(int64(n)) + " pending"
}

// files is how far the media are.
type files struct{ done, all int64 }

// nothing stands behind the columns of most lines.
var nothing = mpb.BarFillerFunc(func(io.Writer, decor.Statistics) error { return nil })

// addRow adds a line of columns.
func (b *Board) addRow(line int, behind mpb.BarFiller) {
	cell := func(i int, align decor.WC) decor.Decorator {
		return decor.Any(func(decor.Statistics) string { return b.row(line).cells[i] }, align)
	}
	left, right := decor.WC{C: decor.DSyncSpaceR}, decor.WC{C: decor.DSyncSpace}
	name := decor.Any(func(decor.Statistics) string {
		r := b.row(line)
		return r.indent + mark(r.state) + " " + r.cells[0]
	}, left)
	b.add(line, behind, mpb.PrependDecorators(
		decor.Meta(name, func(s string) string { return b.paintMark(b.row(line).state.colour(), s) }),
		cell(1, right), cell(2, right), decor.Name(" "),
		decor.Meta(cell(note, left), func(s string) string { return b.paint(b.row(line).state.colour(), s) }),
	))
}

// paintMark colours the first character that is to be seen.
func (b *Board) paintMark(c colour, s string) string {
	i := len(s) - len(strings.TrimLeft(s, " "))
	_, n := utf8.DecodeRuneInString(s[i:])
	return s[:i] + b.paint(c, s[i:i+n]) + s[i+n:]
}

// addHeading adds an account's name.
func (b *Board) addHeading(line int, name string) {
	b.add(line, b.text(bold, func() string { return name }))
}

// add adds a line. Once the display is taken down, or the terminal is gone, there is none to add to.
func (b *Board) add(line int, filler mpb.BarFiller, options ...mpb.BarOption) {
	_, _ = b.bars.Add(0, filler, append(options, mpb.BarPriority(line), mpb.BarFillerTrim())...)
}

// text fills a line with a text of one colour.
func (b *Board) text(c colour, text func() string) mpb.BarFillerFunc {
	return func(w io.Writer, st decor.Statistics) error {
		_, err := io.WriteString(w, b.paint(c, cut(text(), st)))
		return err
	}
}

// cut ends a text where the terminal does.
func cut(s string, st decor.Statistics) string {
	return runewidth.Truncate(s, st.AvailableWidth, "…")
}

// mediaBar is the bar behind the figures of the media.
func (b *Board) mediaBar() mpb.BarFiller {
	bar := mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─").
		FillerMeta(func(s string) string { return b.paint(green, s) }).
		TipMeta(func(s string) string { return b.paint(green, s) }).
		PaddingMeta(func(s string) string { return b.paint(faint, s) }).Build()
	return mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
		b.mu.Lock()
		st.Current, st.Total = b.files.done, b.files.all
		b.mu.Unlock()
		st.AvailableWidth = min(st.AvailableWidth, 40)
		return bar.Fill(w, st)
	})
}

func (b *Board) row(line int) row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[line]
}

// mark is the sign of a state. That of what goes on turns.
func mark(s State) string {
	switch s.kind() {
	case Reading:
		frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
		return string(frames[time.Now().UnixMilli()/refresh.Milliseconds()%int64(len(frames))])
	case Complete:
		return "✓"
	case Failed:
		return "✗"
	}
	return "·"
}

func (s State) colour() colour {
	switch s.kind() {
	case Reading:
		return cyan
	case Complete:
		return green
	case Failed:
		return red
	}
	return plain
}

// kind is a state without its detail.
func (s State) kind() State {
	kind, _, _ := strings.Cut(string(s), ":")
	return State(kind)
}

// count is a number of things in words.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return humanize.Comma(int64(n)) + " " + what
}

// clean is a text without what has no picture: characters that could move the cursor or turn the line around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}
