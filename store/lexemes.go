package store

import (
	"fmt"
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
	last := make(map[string]int, len(l)) // where each term stood last
	next := make([]int, len(l))          // where that of a place stands again; 0: nowhere
	first := make([]int, 0, len(l))
	size := 0
	for i, term := range l {
		switch before, again := last[term]; {
		case term == search.Filler:
			continue
		case again:
			next[before] = i
		default:
			first, size = append(first, i), size+len(term)
		}
		last[term] = i
	}
	text := make([]byte, 0, size+8*len(l))
	for _, i := range first {
		text = append(text, quoted(l[i])...)
		between := byte(':')
		for more := true; more; i, more = next[i], next[i] > 0 {
			text = strconv.AppendInt(append(text, between), int64(i+1), 10)
			between = ','
		}
		text = append(text, ' ')
	}
	return string(text)
}

var quotes = strings.NewReplacer("'", "''", `\`, `\\`)

// quoted is a term in a tsvector or tsquery.
func quoted(term string) string { return "'" + quotes.Replace(term) + "'" }

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
