package search

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a term and the part of a text that it stands for.
type word struct {
	term       string
	start, end int // bytes of the text
}

// analyser cuts a text into words.
type analyser struct {
	text  string
	words []word
	begin int  // of the word that is being read; -1 where there is none
	last  int  // where the word before i began
	sign  bool // that is what was read last
}

// compose is a text in the form in which words are parts of it: it looks the same.
func compose(text string) string {
	if isASCII(text) {
		return text
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if norm.NFC.QuickSpanString(text) == len(text) {
		return text
	}
	return norm.NFC.String(text)
}

// analyse cuts a composed text into words, in their order: runs of letters and digits, folded. Scripts without spaces yield
// each character, and between two the pair of them: 日, 日本, 本. So what is searched for by two characters or more is a
// phrase of what the text yields, whatever stands around it.
func analyse(text string) []word { return new(analyser).cut(text) }

// cut is [analyse], into the memory of the text before.
func (a *analyser) cut(text string) []word {
	clear(a.words) // they hold on to that text
	*a = analyser{text: text, begin: -1, words: slices.Grow(a.words[:0], len(text)/4+1)}
	for i, r := range text {
		a.read(i, kindOf(r))
	}
	a.finish(len(text))
	return a.words
}

// analysers are those of documents, with the memory that they have: a tenth of a run's garbage were their words.
var analysers = sync.Pool{New: func() any { return new(analyser) }}

// mostKept is how many words an analyser may have had to be used again: most documents have fewer.
const mostKept = 10_000

func (a *analyser) giveBack() {
	if cap(a.words) > mostKept {
		return
	}
	a.cut("")
	analysers.Put(a)
}

// read takes the character at i in.
func (a *analyser) read(i int, k kind) {
	if k == mark && a.begin >= 0 || k == letter && a.begin >= 0 && !a.sign {
		return
	}
	joined := a.finish(i) && a.sign && k == sign
	if joined {
		a.pair(i)
	}
	if k == letter || k == sign {
		a.begin, a.sign = i, k == sign
	}
}

// finish ends the word before i, if there is one.
func (a *analyser) finish(i int) bool {
	if a.begin < 0 {
		return false
	}
	a.add(a.begin, i)
	a.last, a.begin = a.begin, -1
	return true
}

// pair joins the character that has just ended with the one at i.
func (a *analyser) pair(i int) {
	end := i
	for end < len(a.text) {
		r, size := utf8.DecodeRuneInString(a.text[end:])
		if end > i && kindOf(r) != mark {
			break
		}
		end += size
	}
	a.add(a.last, end)
}

func (a *analyser) add(start, end int) {
	text := a.text[start:end]
	folded := fold(text)
	if isASCII(text) {
		a.words = append(a.words, word{cut(folded), start, end})
		return
	}
	for term := range strings.FieldsFuncSeq(folded, func(r rune) bool { return kindOf(r) == gap }) {
		a.words = append(a.words, word{cut(term), start, end})
	}
}
