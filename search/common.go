package search

import (
	"strings"
	"sync"
	"unicode"
)

// Most words that are not ASCII are of common characters: what these are is quickly told, and they are folded alike in any
// company, since none of them joins another.

// tabled is up to where characters are looked up: those of Latin, Greek and Cyrillic.
const tabled = 0x530

type character struct {
	kind   kind
	folded string
}

// table has the characters below tabled.
var table = sync.OnceValue(func() *[tabled]character {
	var all [tabled]character
	for r := range rune(tabled) {
		all[r] = character{kindOfAny(r), foldAny(string(r))}
	}
	return &all
})

// These are folded to themselves. The marks that may follow them are not among them.
var (
	commonLetters = ranges(0x5D0, 0x5EA, 0x621, 0x64A, 0x679, 0x6D3)                                       // Hebrew, Arabic
	commonSigns   = ranges(0x3041, 0x3096, 0x30A1, 0x30FA, 0x30FC, 0x30FE, 0x4E00, 0x9FFF, 0xAC00, 0xD7A3) // kana, Han, Hangul
)

// ranges are the characters from each first to each last.
func ranges(ends ...uint16) *unicode.RangeTable {
	var t unicode.RangeTable
	for i := 0; i < len(ends); i += 2 {
		t.R16 = append(t.R16, unicode.Range16{Lo: ends[i], Hi: ends[i+1], Stride: 1})
	}
	return &t
}

// foldCommon folds a word of common characters, each by itself; ok is false where others are in it.
func foldCommon(s string) (folded string, ok bool) {
	same := true
	for _, r := range s {
		if r < tabled {
			same = false
		} else if !unicode.Is(commonSigns, r) && !unicode.Is(commonLetters, r) {
			return "", false
		}
	}
	if same {
		return s, true
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r < tabled {
			b.WriteString(table()[r].folded)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String(), true
}
