//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"lama/archive"
)

// sqliteTx is the transaction that runs on a connection.
type sqliteTx struct{ *sqliteConn }

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { _ = r.Rows.Close() }

func (t sqliteTx) exec(ctx context.Context, text string, args ...any) error {
	s, err := t.prepare(ctx, wording{body: text}, func() string { return text })
	if err == nil {
		_, err = s.ExecContext(ctx, sqliteValues(nil, args)...)
	}
	return err
}

func (t sqliteTx) query(ctx context.Context, text string, args ...any) (rows, error) {
	s, err := t.prepare(ctx, wording{body: text}, func() string { return text })
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, sqliteValues(nil, args)...)
	return sqliteRows{r}, err
}

// lock: the transaction already has the only right to write.
func (t sqliteTx) lock(context.Context, string, ...any) error { return nil }

func (t sqliteTx) among(query string) string { return "IN (" + query + ")" }

func (t sqliteTx) list(n, columns int) string {
	fields := make([]string, columns)
	for i := range fields {
		fields[i] = fmt.Sprintf("value->>%d", i)
	}
	return fmt.Sprintf("SELECT %s FROM json_each($%d)", strings.Join(fields, ", "), n)
}

// rowsAtOnce is how many rows share a statement: what the driver does for each call takes longer than most rows.
const rowsAtOnce = 32

func (t sqliteTx) put(ctx context.Context, s statement, all [][]any) error {
	if s.single != "" {
		return t.putEach(ctx, s.single, all)
	}
	return t.inParts(ctx, s, all, func(ctx context.Context, made *sql.Stmt, values []any) error {
		_, err := made.ExecContext(ctx, values...)
		return err
	})
}

func (t sqliteTx) putting(ctx context.Context, s statement, all [][]any, f func(rows) error) error {
	return t.inParts(ctx, s, all, func(ctx context.Context, made *sql.Stmt, values []any) error {
		r, err := made.QueryContext(ctx, values...)
		if err != nil {
			return err
		}
		return each(sqliteRows{r}, f)
	})
}

// inParts has a statement run over some rows at a time, whose values are lent to it.
func (t sqliteTx) inParts(ctx context.Context, s statement, all [][]any,
	run func(ctx context.Context, made *sql.Stmt, values []any) error) error {
	ctx, err := uncancelled(ctx)
	for len(all) > 0 && err == nil {
		n := rowsAtOnce
		if len(all) < n {
			n = 1
		}
		var made *sql.Stmt
		if made, err = t.prepare(ctx, wording{s.body, n}, func() string { return t.over(s, n) }); err != nil {
			return err
		}
		t.values = t.values[:0]
		for _, row := range all[:n] {
			t.values = sqliteValues(t.values, row[:len(s.columns)])
		}
		err, all = run(ctx, made, t.values), all[n:]
	}
	return err
}

// uncancelled is a context for statements that are short: for one that can be cancelled the driver starts a goroutine.
func uncancelled(ctx context.Context) (context.Context, error) {
	return context.WithoutCancel(ctx), ctx.Err()
}

// over is the statement over so many rows.
func (t sqliteTx) over(s statement, rows int) string {
	return fmt.Sprintf("WITH incoming(%s) AS (VALUES %s) %s", s.names(), placeholders(rows, len(s.columns)), orFail(s.body))
}

// orFail is a statement that leaves what it has written where it fails: the transaction ends then, anyhow. One that may have to
// take it back copies each page that it changes, which takes longer than a row: for 20,000 posts, inserted one by one, 0.65 s
// instead of 0.26.
func orFail(body string) string {
	verb, rest, _ := strings.Cut(strings.TrimSpace(body), " ")
	if verb != "INSERT" && verb != "UPDATE" {
		return body
	}
	return verb + " OR FAIL " + rest
}

func (t sqliteTx) putEach(ctx context.Context, text string, all [][]any) error {
	ctx, err := uncancelled(ctx)
	for i := 0; i < len(all) && err == nil; i++ {
		err = t.exec(ctx, text, all[i]...)
	}
	return err
}

// placeholders is "(?, ?), (?, ?)" for rows of so many columns.
func placeholders(rows, columns int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(row+", ", rows-1) + row
}

// sqliteValues appends arguments in the driver's types.
func sqliteValues(values, args []any) []any {
	values = slices.Grow(values, len(args))
	for _, a := range args {
		values = append(values, sqliteValue(a))
	}
	return values
}

func sqliteValue(v any) any {
	switch v := v.(type) {
	case archive.Time:
		if v.IsZero() {
			return nil
		}
		return v.String()
	case optional:
		if v == "" {
			return nil
		}
		return string(v)
	case lexemes:
		return v.String()
	}
	return v
}
