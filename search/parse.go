package search

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is a search that can't be meant: one line for whoever wrote it, which says what was.
type Mistake struct{ text string }

func (m *Mistake) Error() string { return m.text }

func mistake(format string, args ...any) error { return &Mistake{fmt.Sprintf(format, args...)} }

// Bounds of a search: its parts, and its bytes.
const (
	mostItems = 50
	mostText  = 2000
)

// Parse reads a search: words, all of which a post must have; "phrases"; beginnings, as in gard*; operators, as in
// from:ana; OR between two of these; and - before what a post must not have. Its error is a [*Mistake].
func Parse(text string) (Query, error) {
	items, err := split(strings.ToValidUTF8(text, "\uFFFD"))
	switch {
	case err != nil:
		return Query{}, err
	case len(text) > mostText || len(items) > mostItems:
		return Query{}, mistake("this is too long: at most %d words can be searched for at once", mostItems)
	}
	p := parser{items: items}
	for len(p.items) > 0 {
		if err := p.clause(); err != nil {
			return Query{}, err
		}
	}
	return p.query(), nil
}

// item is one part of a search as it is written.
type item struct {
	not      bool
	operator string // without its colon; empty: a word or a phrase
	text     string
	quoted   bool
}

func (i item) or() bool { return i.text == "OR" && i.operator == "" && !i.quoted && !i.not }

func (i item) String() string {
	s := i.text
	if i.quoted {
		s = `"` + s + `"`
	}
	if i.operator != "" {
		s = i.operator + ":" + s
	}
	if i.not {
		s = "-" + s
	}
	return s
}

// parser gathers what a search asks for.
type parser struct {
	items []item // that are still to be read
	all   []Expr
	doing []Doing
	by    []string
	q     Query
}

// clause reads an item, and those that OR joins to it.
func (p *parser) clause() error {
	one := p.items[0]
	if one.or() {
		return mistake(`OR stands between two words, as in "tea OR coffee"`)
	}
	p.items = p.items[1:]
	if len(p.items) == 0 || !p.items[0].or() {
		return p.alone(one)
	}
	any := Expr{Op: Any}
	for ; ; one, p.items = p.items[1], p.items[2:] {
		e, err := p.choice(one)
		if err != nil {
			return err
		}
		any.Of = append(any.Of, e)
		switch {
		case len(p.items) == 0 || !p.items[0].or():
			p.all = append(p.all, any)
			return nil
		case len(p.items) == 1 || p.items[1].or():
			return mistake(`after "%s OR" a word is missing`, one)
		}
	}
}

// alone takes an item in that stands for itself.
func (p *parser) alone(i item) error {
	if deletion(i) {
		p.q.Deleted = append(p.q.Deleted, !i.not)
		return nil
	}
	if read, ok := conditions[i.operator]; ok {
		return read(p, i)
	}
	e, err := expr(i)
	if err == nil {
		p.all = append(p.all, e)
	}
	return err
}

// choice is an item beside an OR.
func (p *parser) choice(i item) (Expr, error) {
	if _, ok := conditions[i.operator]; !ok && !deletion(i) {
		return expr(i)
	}
	if i.operator == "in" || i.operator == "by" {
		return Expr{}, mistake("%s can't stand beside OR: either of two is %s:%s,…", i, i.operator, i.text)
	}
	return Expr{}, mistake("%s can't stand beside OR: it is for the whole search", i)
}

// expr is an item as a condition on terms.
func expr(i item) (e Expr, err error) {
	if i.operator == "" {
		e, err = phrase(i)
	} else {
		e, err = facts[i.operator](i)
	}
	if i.not {
		e = Expr{Op: None, Of: []Expr{e}}
	}
	return e, err
}

// phrase is a word or a phrase. A word that is several to the analysis is a phrase, too.
func phrase(i item) (Expr, error) {
	text, prefix := strings.CutSuffix(i.text, "*")
	text = compose(text)
	words := analyse(text)
	if len(words) == 0 {
		return Expr{}, mistake("%s has neither letters nor digits: only these can be searched for", i)
	}
	last := words[len(words)-1]
	first, _ := utf8.DecodeRuneInString(text[last.start:])
	prefix = prefix && kindOf(first) != sign // each character is a term, whatever follows
	if prefix && len([]rune(last.term)) < 2 {
		return Expr{}, mistake("%s is too short: two letters at least stand before *", i)
	}
	return Expr{Terms: inner(words), Prefix: prefix}, nil
}

// inner are the terms that a phrase needs: where it begins or ends with a pair of characters, the pair holds the character
// at the end. So a word of two characters is one term.
func inner(words []word) []string {
	if len(words) > 1 && words[1].start == words[0].start && words[1].end > words[0].end {
		words = words[1:]
	}
	if n := len(words); n > 1 && words[n-2].end == words[n-1].end && words[n-2].start < words[n-1].start {
		words = words[:n-1]
	}
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = w.term
	}
	return terms
}

// query is what was gathered.
func (p *parser) query() Query {
	for _, d := range p.doing {
		if d.By == nil {
			d.By = p.by
		}
		p.q.Done = append(p.q.Done, d)
	}
	if p.by != nil && p.doing == nil {
		p.q.Done = append(p.q.Done, Doing{By: p.by})
	}
	switch len(p.all) {
	case 0:
	case 1:
		p.q.Find = &p.all[0]
	default:
		p.q.Find = &Expr{Op: All, Of: p.all}
	}
	return p.q
}

// split cuts a search into its items.
func split(text string) (items []item, err error) {
	for {
		text = strings.TrimLeft(text, " \t\r\n\u00a0\u3000")
		if text == "" {
			return items, nil
		}
		var i item
		if i, text, err = first(text); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
}

// first is the first item of a text, and what follows it.
func first(text string) (i item, rest string, err error) {
	word := text[:cmp.Or(strings.IndexAny(text+" ", " \t\r\n\u00a0\u3000\""), 0)]
	rest = text[len(word):]
	if i.not = len(word) > 0 && word[0] == '-' && len(text) > 1; i.not {
		word = word[1:]
	}
	if name, value, ok := strings.Cut(word, ":"); ok {
		if known, err := operator(name, value); err != nil {
			return i, "", err
		} else if known {
			i.operator, word = strings.ToLower(name), value
		}
	}
	if word != "" || !strings.HasPrefix(rest, `"`) {
		i.text = word
		if i.operator != "" && word == "" {
			return i, "", mistake("%s: needs a value: %s", i.operator, examples[i.operator])
		}
		return i, rest, nil
	}
	var closed bool
	if i.text, rest, closed = strings.Cut(rest[1:], `"`); !closed {
		return i, "", mistake(`the quotation mark before %.40q is not closed`, i.text)
	}
	i.quoted = true
	return i, rest, nil
}
