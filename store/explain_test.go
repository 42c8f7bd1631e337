package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// This file lets tests see which statements read a table as a whole.

// Whole yields the statements that read a table as a whole from now on, and which; the map fills as they run. Small are tables
// that do not matter. Postgres is kept from what it likes to do with few rows: what it does then is what it must.
func (s *Store) Whole(ctx context.Context, small ...string) (read map[string]string, err error) {
	e := explained{s.engine, map[string]string{}, map[string]bool{}, map[string]bool{}}
	err = s.read(ctx, func(t tx) error {
		tables, err := collect(ctx, t, scanString, map[string]string{
			"sqlite":   "SELECT name FROM sqlite_schema WHERE type = 'table'",
			"postgres": "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'"}[e.dialect()])
		if err != nil {
			return err
		}
		for _, table := range tables {
			e.large[table] = true
		}
		parts, err := collect(ctx, t, scanString, map[string]string{
			"sqlite":   "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%) WHERE %'",
			"postgres": "SELECT CAST(indexname AS text) FROM pg_indexes WHERE indexdef LIKE '%) WHERE %'"}[e.dialect()])
		for _, index := range parts {
			e.partial[index] = true
		}
		return err
	})
	for _, table := range small {
		delete(e.large, table)
	}
	s.engine = e
	return e.seen, err
}

// explained is an engine whose statements are explained before they run.
type explained struct {
	engine
	seen           map[string]string // what was read as a whole, by statement
	large, partial map[string]bool   // tables, and indexes of a part of one
}

func (e explained) in(run func(context.Context, func(tx) error) error) func(context.Context, func(tx) error) error {
	return func(ctx context.Context, f func(tx) error) error {
		return run(ctx, func(t tx) error { return f(explainedTx{t, e}) })
	}
}

func (e explained) write(ctx context.Context, f func(tx) error) error {
	return e.in(e.engine.write)(ctx, f)
}
func (e explained) read(ctx context.Context, f func(tx) error) error {
	return e.in(e.engine.read)(ctx, f)
}
func (e explained) glance(ctx context.Context, f func(tx) error) error {
	return e.in(e.engine.read)(ctx, f)
}
func (e explained) survey(ctx context.Context, f func(tx) error) error {
	return e.in(e.engine.survey)(ctx, f)
}

type explainedTx struct {
	tx
	of explained
}

func (t explainedTx) exec(ctx context.Context, sql string, args ...any) error {
	if err := t.explain(ctx, sql, args); err != nil {
		return err
	}
	return t.tx.exec(ctx, sql, args...)
}

func (t explainedTx) query(ctx context.Context, sql string, args ...any) (rows, error) {
	if err := t.explain(ctx, sql, args); err != nil {
		return nil, err
	}
	return t.tx.query(ctx, sql, args...)
}

func (t explainedTx) put(ctx context.Context, s statement, all [][]any) error {
	if len(all) == 0 {
		return nil
	}
	var sql string
	var args []any
	switch t := t.tx.(type) {
	case interface{ over(statement, int) string }:
		sql, args = t.over(s, 1), all[0][:len(s.columns)]
	case interface {
		over(statement, [][]any) (string, []any)
	}:
		sql, args = t.over(s, all[:1])
	}
	if err := t.explain(ctx, sql, args); err != nil {
		return err
	}
	return t.tx.put(ctx, s, all)
}

func (t explainedTx) explain(ctx context.Context, sql string, args []any) error {
	look := t.sqlite
	if t.of.dialect() == "postgres" {
		look = t.postgres
	}
	tables, err := look(ctx, sql, args)
	for _, table := range tables {
		if t.of.large[table] {
			t.of.seen[sql] = table
		}
	}
	return err
}

// scanned is a line of SQLite's plan that reads something as a whole.
var scanned = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)

// lookedUp is a scan of a virtual table that has a condition.
var lookedUp = regexp.MustCompile(`VIRTUAL TABLE INDEX \d+:\S`)

func (t explainedTx) sqlite(ctx context.Context, sql string, args []any) (tables []string, err error) {
	lines, err := collect(ctx, t.tx, func(r rows) (line string, err error) {
		var ignored any
		return line, r.Scan(&ignored, &ignored, &ignored, &line)
	}, "EXPLAIN QUERY PLAN "+sql, args...)
	for _, line := range lines {
		m := scanned.FindStringSubmatch(line)
		if m == nil || lookedUp.MatchString(line) || t.of.partial[m[2]] {
			continue
		}
		for table := range t.of.large { // the plan gives the name that the statement gives the table
			if table == m[1] || regexp.MustCompile(`\b`+table+` (AS )?`+m[1]+`\b`).MatchString(sql) {
				tables = append(tables, table)
			}
		}
	}
	return tables, err
}

// node is a part of Postgres' plan.
type node struct {
	Type  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Name"`
	Cond  string `json:"Index Cond"`
	Plans []node
}

func (t explainedTx) postgres(ctx context.Context, sql string, args []any) (tables []string, err error) {
	if strings.HasPrefix(sql, "LOCK") || strings.HasPrefix(sql, "SET") {
		return nil, nil
	}
	for _, way := range []string{"seqscan", "bitmapscan", "hashjoin", "mergejoin"} {
		if err := t.tx.exec(ctx, fmt.Sprintf("SET LOCAL enable_%s = off", way)); err != nil {
			return nil, err
		}
	}
	plans, err := collect(ctx, t.tx, scanString, "EXPLAIN (FORMAT JSON) "+sql, args...)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	var all []struct{ Plan node }
	err = json.Unmarshal([]byte(plans[0]), &all)
	for _, one := range all {
		tables = append(tables, t.whole(one.Plan)...)
	}
	return tables, err
}

func (t explainedTx) whole(n node) (tables []string) {
	index := strings.HasPrefix(n.Type, "Index") && n.Cond == "" && !t.of.partial[n.Index]
	if n.Type == "Seq Scan" || index {
		tables = append(tables, n.Table)
	}
	for _, part := range n.Plans {
		tables = append(tables, t.whole(part)...)
	}
	return tables
}
