package web

import (
	"strings"
	"unicode"
)

// Change is a stretch of text that two versions share, or that only one of them has.
type Change struct {
	Kind string // "" in both, "-" in the older, "+" in the newer
	Text string
}

// maxDifference bounds the table of a comparison, in words times words; beyond it all is old and all is new.
const maxDifference = 4_000_000

// differences compares two texts word by word. It is nil where they are the same.
func differences(older, newer string) []Change {
	if older == newer {
		return nil
	}
	a, b := pieces(older), pieces(newer)
	var head []Change
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head = grow(head, "", a[0])
		a, b = a[1:], b[1:]
	}
	if len(a)*len(b) > maxDifference {
		return append(head, Change{"-", strings.Join(a, "")}, Change{"+", strings.Join(b, "")})
	}
	return compare(head, a, b)
}

// compare appends how to get from a to b by their longest common subsequence.
func compare(all []Change, a, b []string) []Change {
	common := make([][]int, len(a)+1) // common[i][j]: of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			all = grow(all, "", a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			all = grow(all, "-", a[i])
			i++
		default:
			all = grow(all, "+", b[j])
			j++
		}
	}
	return all
}

// grow appends text to changes, to the last of them where that is of the same kind.
func grow(all []Change, kind, text string) []Change {
	if n := len(all); n > 0 && all[n-1].Kind == kind {
		all[n-1].Text += text
		return all
	}
	return append(all, Change{kind, text})
}

// pieces cuts a text before each word and each blank.
func pieces(text string) []string {
	var all []string
	start, blank := 0, false
	for i, r := range text {
		if space := unicode.IsSpace(r); i > start && space != blank {
			all, start = append(all, text[start:i]), i
			blank = space
		} else {
			blank = space
		}
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

// visibleText is visible for text of several lines.
func visibleText(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = visible(l)
	}
	return strings.Join(lines, "\n")
}
