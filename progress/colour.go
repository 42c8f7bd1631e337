package progress

import (
	"fmt"
	"os"
)

// colour is a parameter of the terminal's "select graphic rendition"; 0 is none.
type colour int

const (
	plain  colour = 0
	bold   colour = 1
	faint  colour = 2
	red    colour = 31
	green  colour = 32
	yellow colour = 33
	cyan   colour = 36
)

// painter colours a text.
type painter func(c colour, s string) string

// newPainter colours, unless $NO_COLOR asks for none (no-color.org).
func newPainter() painter {
	if os.Getenv("NO_COLOR") != "" {
		return unpainted
	}
	return painted
}

func painted(c colour, s string) string {
	if c == plain || s == "" {
		return s
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", c, s)
}

func unpainted(_ colour, s string) string { return s }
