package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unspaced are the scripts that are cut into characters: their words stand without spaces, or, in Korean, with endings.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer,
	unicode.Myanmar, kanaMarks,
}

// kanaMarks are the marks of kana that Unicode counts to no script: ー, and its narrow form.
var kanaMarks = &unicode.RangeTable{R16: []unicode.Range16{{0x30FC, 0x30FC, 1}, {0xFF70, 0xFF70, 1}}}

// kind is what a character is for the analysis.
type kind int

const (
	gap    kind = iota // between words
	letter             // or digit, of a word that ends where others than these come
	sign               // a word of its own, and with the next one
	mark               // belongs to the character before it
)

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return letter
		}
		return gap
	case r < tabled:
		return table()[r].kind
	case unicode.Is(commonSigns, r):
		return sign
	case unicode.Is(commonLetters, r):
		return letter
	}
	return kindOfAny(r)
}

// kindOfAny is for all that Unicode has beside ASCII.
func kindOfAny(r rune) kind {
	switch {
	case unicode.Is(unicode.M, r), unicode.Is(unicode.Cf, r), r == 0xFF9E, r == 0xFF9F: // narrow voiced sound marks
		return mark
	case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		return gap
	case unicode.In(r, unspaced...):
		return sign
	}
	return letter
}

// fold is a word without what people leave out or vary when they search: case, accents, width and invisible characters. It
// may come to hold what stands in no word, as the stroke of ½.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if folded, ok := foldCommon(s); ok {
		return folded
	}
	return foldAny(s)
}

// foldAny is for all that Unicode has.
func foldAny(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36F, unicode.Is(unicode.Cf, r):
			return -1
		case r == 'ς':
			return 'σ'
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return norm.NFKC.String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// longest bounds a term, in bytes. What is longer is no word: its beginning stands for it.
const longest = 120

func cut(term string) string {
	if len(term) <= longest {
		return term
	}
	end := longest
	for !utf8.RuneStart(term[end]) {
		end--
	}
	return term[:end]
}
