package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"lama/archive"
	"lama/search"
)

// finder is one search in one transaction.
type finder struct {
	tx      tx
	dialect string
	window  int // posts
	viewer  Viewer
	query   search.Query
}

// selection says what is read of hits. Its columns begin with the place, which %s stands for.
type selection[T any] struct {
	columns string
	scan    func(rows) (T, error)
}

// window is how many posts are looked at first. One post in so many hits is what makes both ways equally long.
const window = 4000

// find reads the newest hits behind a place.
func find[T any](ctx context.Context, f finder, s selection[T], after Position, limit int) (all []T, err error) {
	before := int64(math.MaxInt64)
	if after > 0 {
		before = int64(after)
	}
	if !f.query.Before.IsZero() {
		before = min(before, placeAt(f.query.Before))
	}
	rare := f.rare()
	if f.dialect == "sqlite" && (rare == "" || rare == fromIndex) {
		return read(ctx, f, s, fromIndexInOrder, f.after(), before, limit)
	}
	for size := f.window; ; size *= 2 {
		end, err := f.end(ctx, before, size)
		if err != nil {
			return nil, err
		}
		found, err := read(ctx, f, s, f.fromWindow(size), max(end, f.after()), before, limit-len(all))
		all = append(all, found...)
		if err != nil || len(all) >= limit || end <= f.after() {
			return all, err
		}
		if before = end; rare != "" && len(found) < size/20 {
			rest, err := read(ctx, f, s, rare, f.after(), before, limit-len(all))
			return append(all, rest...), err
		}
	}
}

// end is where a window ends: so many posts behind a place, or -1 behind them all.
func (f finder) end(ctx context.Context, before int64, size int) (int64, error) {
	ends, err := collect(ctx, f.tx, scanInt, fmt.Sprintf(
		"SELECT rowid FROM terms WHERE rowid < $1 ORDER BY rowid DESC LIMIT 1 OFFSET %d", size-1), before)
	if err != nil || len(ends) == 0 {
		return -1, err
	}
	return ends[0], nil
}

// rare is from where hits are read once they have turned out to be few: empty where nothing leads to them but all posts.
func (f finder) rare() string {
	if selective(f.query.Find) {
		return fromIndex
	}
	for _, d := range f.query.Done {
		if !d.Not && d.Bases != nil {
			return fmt.Sprintf(fromActivities, places[f.dialect], quotedBases(d.Bases), matches[f.dialect])
		}
	}
	return ""
}

// fromWindow is a number of posts, down to the place of the last.
func (f finder) fromWindow(size int) string {
	if f.dialect == "sqlite" {
		return fromIndexInOrder
	}
	return fmt.Sprintf(fromNewest, size)
}

// places are the places of posts x, and matches the condition that the index has what is searched for at m, by dialect.
var (
	places = map[string]string{
		"postgres": "LEAST(GREATEST(COALESCE(CAST(EXTRACT(EPOCH FROM x.created_at) AS bigint), 0), 0), 68719476735) * 134217728 + (x.id & 134217727)",
		"sqlite":   "min(max(COALESCE(unixepoch(x.created_at), 0), 0), 68719476735) * 134217728 + (x.id & 134217727)",
	}
	matches = map[string]string{"postgres": "m.lexemes @@ CAST($1 AS tsquery)", "sqlite": "m.terms MATCH $1"}
)

// Where hits are read from: $1 is what the index is asked for, $2 and $3 are bounds of their places.
const (
	fromIndexInOrder = `terms t CROSS JOIN posts p WHERE t.terms MATCH $1 AND t.rowid < $2 AND t.rowid >= $3 AND p.id = t.rowid & 134217727`
	// Left to itself, Postgres' planner would read the index by place, and look at each post.
	fromIndex = `(WITH found AS MATERIALIZED (
    SELECT rowid FROM terms WHERE lexemes @@ CAST($1 AS tsquery) AND rowid + 0 < $2 AND rowid + 0 >= $3)
SELECT rowid FROM found ORDER BY rowid DESC) t JOIN posts p ON p.id = t.rowid & 134217727 WHERE TRUE`
	// A second bound inside would make it believe that few posts lie between, and sort them all.
	fromNewest = `(SELECT rowid, lexemes FROM terms WHERE rowid < $2 ORDER BY rowid DESC LIMIT %d) t
JOIN posts p ON p.id = t.rowid & 134217727 WHERE t.rowid >= $3 AND t.lexemes @@ CAST($1 AS tsquery)`
	fromActivities = `(WITH found(rowid) AS MATERIALIZED (
    SELECT DISTINCT %s FROM activities a CROSS JOIN posts x WHERE x.post_uri = a.post_uri AND a.activity_type IN (%s))
SELECT rowid FROM found WHERE rowid < $2 AND rowid >= $3 ORDER BY rowid DESC) t
CROSS JOIN terms m CROSS JOIN posts p WHERE m.rowid = t.rowid AND p.id = t.rowid & 134217727 AND %s`
)

func read[T any](ctx context.Context, f finder, s selection[T], from string, after, before int64, limit int) ([]T, error) {
	sql, args := f.statement(s.columns, from, after, before, limit)
	return collect(ctx, f.tx, s.scan, sql, args...)
}

func (f finder) statement(columns, from string, after, before int64, limit int) (sql string, args []any) {
	args = []any{finders[f.dialect](f.query.Find), before, after}
	add := func(v any) int { args = append(args, v); return len(args) }
	conditions := []string{from}
	var doings []func(int) string // which name the viewer's arguments, the last ones
	for _, d := range f.query.Done {
		by := 0
		if d.By != nil {
			by = add(listOf(d.By))
		}
		doings = append(doings, func(n int) string { return f.done(d, by, n) })
	}
	for _, deleted := range f.query.Deleted {
		conditions = append(conditions, map[bool]string{true: "p.deleted_at IS NOT NULL", false: "p.deleted_at IS NULL"}[deleted])
	}
	viewer := len(args) + 1
	args = append(args, f.viewer.args()...)
	conditions = append(conditions, f.viewer.in(f.tx, viewer).sees("p"))
	for _, doing := range doings {
		conditions = append(conditions, doing(viewer))
	}
	return fmt.Sprintf("SELECT %s FROM %s ORDER BY t.rowid DESC LIMIT %d",
		fmt.Sprintf(columns, "t.rowid"), strings.Join(conditions, "\nAND "), limit), args
}

// after is the place of the oldest posts that are searched.
func (f finder) after() int64 { return placeAt(f.query.After) }

// placeAt is the first place of a moment.
func placeAt(t time.Time) int64 { return secondsOf(archive.At(t)) * idRange }

// done is the condition that an account did something with post p, of which the viewer may know.
func (f finder) done(d search.Doing, by, viewer int) string {
	conditions := []string{"a.post_uri = p.post_uri", f.viewer.in(f.tx, viewer).knows("a", "p")}
	if d.Bases != nil {
		conditions = append(conditions, "a.chain = '' AND a.base IN ("+quotedBases(d.Bases)+")")
	}
	if by > 0 { // an account, or the user of one
		conditions = append(conditions, fmt.Sprintf(`EXISTS (WITH b(name) AS (%s) SELECT 1 FROM b
    WHERE lower(a.account) = b.name OR substr(lower(a.account), 1, length(b.name) + 1) = b.name || '@')`, f.tx.list(by, 1)))
	}
	is := map[bool]string{false: "IS NOT NULL", true: "IS NULL"}[d.Not]
	return fmt.Sprintf("(SELECT 1 FROM activities a WHERE %s LIMIT 1) %s", strings.Join(conditions, " AND "), is)
}

func quotedBases(bases []archive.Base) string {
	all := make([]string, len(bases))
	for i, b := range bases {
		all[i] = "'" + string(b) + "'"
	}
	return strings.Join(all, ", ")
}

// selective says whether an index can find what is meant without going through all posts: not what is only excluded.
func selective(e *search.Expr) bool {
	switch {
	case e == nil || e.Op == search.None:
		return false
	case e.Op == search.Terms:
		return true
	}
	other := func(of search.Expr) bool { return !selective(&of) }
	if e.Op == search.Any {
		return !slices.ContainsFunc(e.Of, other)
	}
	return slices.ContainsFunc(e.Of, func(of search.Expr) bool { return selective(&of) })
}
