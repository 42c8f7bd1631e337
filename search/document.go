package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Document is what a post is found by.
type Document struct {
	Texts []string
	Facts []string // of [Fact]
}

// Bounds of a document's terms: Postgres counts places up to 16,383 and 255 of a word, and takes 1 MB.
const (
	mostTerms = 16_000
	mostBytes = 300_000
	mostTimes = 255
)

const (
	// Filler is the term of a place where there is nothing to be found: between two texts, for one, so that no phrase
	// reaches from one into the next.
	Filler = "\uE000"
	// Every is a term of every document: what has no word is found by it.
	Every = Filler + "every"
)

// Terms are the terms of a document in their order, the same for every database. None holds a space, or an ASCII character
// but digits and small letters. Of a document that is longer than any database takes they are the beginning.
func (d Document) Terms() []string { return d.AppendTerms(make([]string, 0, d.size())) }

// AppendTerms appends them to what the caller has, which is empty.
func (d Document) AppendTerms(terms []string) []string {
	terms = append(append(terms, Every), d.Facts...)
	bytes := 0
	a := analysers.Get().(*analyser)
	defer a.giveBack()
	for _, text := range d.Texts {
		terms = append(terms, Filler)
		for _, w := range a.cut(compose(text)) {
			terms = append(terms, w.term)
			if bytes += len(w.term); len(terms) >= mostTerms || bytes >= mostBytes {
				return thinned(terms)
			}
		}
	}
	return thinned(terms)
}

// size is about how many terms a document has.
func (d Document) size() int {
	n := 1 + len(d.Facts)
	for _, text := range d.Texts {
		n += 1 + len(text)/5
	}
	return min(n, mostTerms)
}

// thinned leaves a term out where it has come too often.
func thinned(terms []string) []string {
	if len(terms) <= mostTimes {
		return terms
	}
	times := map[string]int{}
	for i, term := range terms {
		if times[term]++; times[term] > mostTimes {
			terms[i] = Filler
		}
	}
	return terms
}

// Fact is the term for what is true of a post, as it is searched for by an operator: Fact("has", "image"). No text yields
// such a term: it begins with a character that stands in no word.
func Fact(operator, value string) string {
	value = fold(strings.ToValidUTF8(value, "\uFFFD"))
	return Filler + operator + cut(strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf && kindOf(r) == gap:
			return 0xE000 + r
		case unicode.IsSpace(r):
			return 0xE000 + ' '
		}
		return r
	}, "="+value))
}

// Handles are the facts by which a person is found: user@domain, and the user alone.
func Handles(operator, handle string) []string {
	handle = strings.TrimPrefix(handle, "@")
	user, _, whole := strings.Cut(handle, "@")
	if handle == "" {
		return nil
	}
	if !whole {
		return []string{Fact(operator, user)}
	}
	return []string{Fact(operator, handle), Fact(operator, user)}
}

// Languages are the facts by which a language is found: de-AT also by de.
func Languages(code string) []string {
	if code == "" {
		return nil
	}
	main, _, _ := strings.Cut(code, "-")
	return slices.Compact([]string{Fact("language", code), Fact("language", main)})
}
