package store

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lama/search"
)

// lexemes are a document's terms in their order, as both databases take them: SQLite as words of a text, Postgres with
// their places, since its own parser would cut them otherwise.
type lexemes []string

func (l lexemes) String() string { return strings.Join(l, " ") }

// vector writes a tsvector: each term once, with the places where it stands.
func (l lexemes) vector() string {
	places, size := make([]int, 0, len(l)), 0
	for i, term := range l {
		if term != search.Filler {
			places, size = append(places, i), size+len(term)+len("'':100 ")
		}
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Or(strings.Compare(l[a], l[b]), a-b) })
	var text strings.Builder
	text.Grow(size)
	for i, at := range places {
		between := byte(',')
		if i == 0 || l[places[i-1]] != l[at] {
			text.WriteByte(' ')
			quote(&text, l[at])
			between = ':'
		}
		text.WriteByte(between)
		text.WriteString(strconv.Itoa(at + 1))
	}
	return text.String()
}

var quotes = strings.NewReplacer("'", "''", `\`, `\\`)

// quote writes a term of a tsvector or tsquery.
func quote(to *strings.Builder, term string) {
	to.WriteByte('\'')
	_, _ = quotes.WriteString(to, term) // a builder takes all
	to.WriteByte('\'')
}

func quoted(term string) string {
	var text strings.Builder
	quote(&text, term)
	return text.String()
}

// finders write what an index is asked for, by dialect.
var finders = map[string]func(*search.Expr) string{"postgres": tsquery, "sqlite": ftsQuery}

func tsquery(e *search.Expr) string {
	switch {
	case e == nil:
		return quoted(search.Every)
	case e.Op == search.Terms:
		words := make([]string, len(e.Terms))
		for i, t := range e.Terms {
			words[i] = quoted(t)
		}
		if e.Prefix {
			words[len(words)-1] += ":*"
		}
		return "(" + strings.Join(words, " <-> ") + ")"
	case e.Op == search.All:
		return "(" + joined(e.Of, " & ", tsquery) + ")"
	case e.Op == search.Any:
		return "(" + joined(e.Of, " | ", tsquery) + ")"
	}
	return "!(" + joined(e.Of, " | ", tsquery) + ")"
}

// ftsQuery: FTS5 knows only "this, but not that".
func ftsQuery(e *search.Expr) string {
	switch {
	case e == nil:
		return `"` + search.Every + `"`
	case e.Op == search.Terms && e.Prefix:
		return `"` + strings.Join(e.Terms, " ") + `" *`
	case e.Op == search.Terms:
		return `"` + strings.Join(e.Terms, " ") + `"`
	case e.Op == search.Any:
		return "(" + joined(e.Of, " OR ", ftsQuery) + ")"
	case e.Op == search.None:
		return fmt.Sprintf("(%s NOT (%s))", ftsQuery(nil), joined(e.Of, " OR ", ftsQuery))
	}
	var with, without []search.Expr
	for _, of := range e.Of {
		if of.Op == search.None {
			without = append(without, of.Of...)
		} else {
			with = append(with, of)
		}
	}
	has := ftsQuery(nil)
	if len(with) > 0 {
		has = "(" + joined(with, " AND ", ftsQuery) + ")"
	}
	if len(without) == 0 {
		return has
	}
	return fmt.Sprintf("(%s NOT (%s))", has, joined(without, " OR ", ftsQuery))
}

func joined(of []search.Expr, by string, write func(*search.Expr) string) string {
	parts := make([]string, len(of))
	for i := range of {
		parts[i] = write(&of[i])
	}
	return strings.Join(parts, by)
}
