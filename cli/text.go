package cli

import (
	"strings"
	"unicode"
)

// printable makes a server's text fit for a terminal: no escape sequence, no line break, no reversed direction,
// at most so many characters.
func printable(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		if most--; most < 0 {
			return b.String() + "…"
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return b.String()
}

// maxName bounds a name that a server sent, maxLine an error, in characters.
const (
	maxName = 100
	maxLine = 2000
)

// oneLine is an error of several lines in one.
func oneLine(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		parts = append(parts, strings.TrimSpace(line))
	}
	return printable(strings.ReplaceAll(strings.Join(parts, "; "), ":; ", ": "), maxLine)
}
