package search

import (
	"slices"
	"strings"
)

// Matches says whether a document with these terms is found. The databases say it by their indexes; this is what they must
// agree with.
func (e *Expr) Matches(terms []string) bool {
	if e == nil {
		return true
	}
	matches := func(of Expr) bool { return of.Matches(terms) }
	switch e.Op {
	case All:
		return !slices.ContainsFunc(e.Of, func(of Expr) bool { return !matches(of) })
	case Any:
		return slices.ContainsFunc(e.Of, matches)
	case None:
		return !slices.ContainsFunc(e.Of, matches)
	}
	for i := range terms {
		if e.begins(terms[i:]) {
			return true
		}
	}
	return false
}

// begins says whether terms begin with those of the Expr.
func (e *Expr) begins(terms []string) bool {
	if len(terms) < len(e.Terms) {
		return false
	}
	for i, want := range e.Terms {
		if got := terms[i]; got != want && !(e.Prefix && i == len(e.Terms)-1 && strings.HasPrefix(got, want)) {
			return false
		}
	}
	return true
}

// wanted are the words and phrases that a hit has, without operators and what is excluded.
func (e *Expr) wanted() (all []Expr) {
	switch {
	case e == nil || e.Op == None:
	case e.Op == Terms && !strings.HasPrefix(e.Terms[0], Filler):
		all = append(all, *e)
	default:
		for i := range e.Of {
			all = append(all, e.Of[i].wanted()...)
		}
	}
	return all
}

// usual is the length of a post, in terms, that makes it neither short nor long.
const usual = 40

// Score says how well texts match: how often they have what was searched for, less in a long text, where more is there by
// chance, and less for each time more. It depends on nothing but the texts, and is the same for every database.
func (q Query) Score(texts ...string) (score float64) {
	wanted := q.Find.wanted()
	times, length := make([]float64, len(wanted)), 0
	var terms []string
	for _, text := range texts {
		words := analyse(compose(text))
		length += len(words)
		terms = terms[:0]
		for _, w := range words {
			terms = append(terms, w.term)
		}
		for i := range terms {
			for n := range wanted {
				if wanted[n].begins(terms[i:]) {
					times[n]++
				}
			}
		}
	}
	for _, t := range times {
		score += t / (t + 0.5 + float64(length)/usual)
	}
	return score
}

// Part is a piece of a text, and whether it is what was searched for.
type Part struct {
	Text string
	Hit  bool
}

// Highlight cuts a text into what was searched for and what stands between. The parts together look like the text.
func (q Query) Highlight(text string) (parts []Part) {
	text = compose(text)
	words := analyse(text)
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = w.term
	}
	wanted := q.Find.wanted()
	end := 0 // text[:end] is in parts
	add := func(to int, hit bool) {
		if n := len(parts); to > end && n > 0 && parts[n-1].Hit == hit {
			parts[n-1].Text += text[end:to]
		} else if to > end {
			parts = append(parts, Part{text[end:to], hit})
		}
		end = max(end, to)
	}
	for i := range words {
		for _, e := range wanted {
			if e.begins(terms[i:]) {
				add(words[i].start, false)
				add(words[i+len(e.Terms)-1].end, true)
			}
		}
	}
	add(len(text), false)
	return parts
}
