package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lama/archive"
)

// postgresTx is a transaction, or for one statement the pool of connections.
type postgresTx struct {
	on interface {
		Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	}
}

func (t postgresTx) exec(ctx context.Context, sql string, args ...any) error {
	_, err := t.on.Exec(ctx, sql, postgresArgs(args)...)
	return err
}

func (t postgresTx) query(ctx context.Context, sql string, args ...any) (rows, error) {
	return t.on.Query(ctx, sql, postgresArgs(args)...)
}

func (t postgresTx) lock(ctx context.Context, sql string, args ...any) error {
	return t.exec(ctx, sql+" FOR UPDATE", args...)
}

func (t postgresTx) among(query string) string { return "= ANY (ARRAY(" + query + "))" }

func (t postgresTx) list(n, columns int) string {
	fields := make([]string, columns)
	for i := range fields {
		fields[i] = fmt.Sprintf("v->>%d", i)
	}
	return fmt.Sprintf("SELECT %s FROM json_array_elements($%d::json) v", strings.Join(fields, ", "), n)
}

var postgresArrays = map[columnType][2]string{ // the array's type, and a cast of its elements
	text: {"text[]", ""}, integer: {"bigint[]", ""}, boolean: {"boolean[]", ""}, moment: {"timestamptz[]", ""},
	jsonText: {"text[]", "::json"}, binary: {"bytea[]", ""}, termList: {"text[]", "::tsvector"},
}

func (t postgresTx) put(ctx context.Context, s statement, all [][]any) error {
	if len(all) == 0 {
		return nil
	}
	sql, args := t.over(s, all)
	return t.exec(ctx, sql, args...)
}

func (t postgresTx) putting(ctx context.Context, s statement, all [][]any, f func(rows) error) error {
	if len(all) == 0 {
		return nil
	}
	sql, args := t.over(s, all)
	r, err := t.query(ctx, sql, args...)
	if err != nil {
		return err
	}
	return each(r, f)
}

// over is a statement over rows.
func (t postgresTx) over(s statement, all [][]any) (sql string, args []any) {
	selected, arrays := make([]string, len(s.columns)), make([]string, len(s.columns))
	args = make([]any, len(s.columns))
	for i, c := range s.columns {
		array := postgresArrays[c.kind]
		selected[i] = c.name + array[1] + " AS " + c.name
		arrays[i] = fmt.Sprintf("$%d::%s", i+1, array[0])
		args[i] = postgresColumn{all, i, c.kind}
	}
	args[0] = firstColumn{args[0].(postgresColumn), sizeOf(all)}
	return fmt.Sprintf("WITH incoming AS (SELECT %s FROM unnest(%s) AS u(%s)) %s",
		strings.Join(selected, ", "), strings.Join(arrays, ", "), s.names(), s.body), args
}

func postgresArgs(args []any) []any {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = native(a)
	}
	return values
}

// native is a value in the types that travel to Postgres.
func native(v any) any {
	switch v := v.(type) {
	case archive.Time:
		if v.IsZero() {
			return nil
		}
		return v.Time
	case int:
		return int64(v)
	case optional:
		if v == "" {
			return nil
		}
		return string(v)
	case lexemes:
		return v.vector()
	}
	return v
}
