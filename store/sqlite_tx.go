//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"lama/archive"
)

// sqliteTx is the transaction that runs on a connection.
type sqliteTx struct{ *sqliteConn }

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { _ = r.Rows.Close() }

func (t sqliteTx) exec(ctx context.Context, text string, args ...any) error {
	s, err := t.prepare(ctx, text)
	if err == nil {
		_, err = s.ExecContext(ctx, sqliteArgs(args)...)
	}
	return err
}

func (t sqliteTx) query(ctx context.Context, text string, args ...any) (rows, error) {
	s, err := t.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, sqliteArgs(args)...)
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
	return t.inParts(ctx, s, all, t.exec)
}

func (t sqliteTx) putting(ctx context.Context, s statement, all [][]any, f func(rows) error) error {
	return t.inParts(ctx, s, all, func(ctx context.Context, text string, args ...any) error {
		r, err := t.query(ctx, text, args...)
		if err != nil {
			return err
		}
		return each(r, f)
	})
}

// inParts has a statement run over some rows at a time.
func (t sqliteTx) inParts(ctx context.Context, s statement, all [][]any,
	run func(ctx context.Context, text string, args ...any) error) error {
	ctx, err := uncancelled(ctx)
	for len(all) > 0 && err == nil {
		n := rowsAtOnce
		if len(all) < n {
			n = 1
		}
		text, args := t.over(s, all[:n])
		err, all = run(ctx, text, args...), all[n:]
	}
	return err
}

// uncancelled is a context for statements that are short: for one that can be cancelled the driver starts a goroutine.
func uncancelled(ctx context.Context) (context.Context, error) {
	return context.WithoutCancel(ctx), ctx.Err()
}

// over is a statement over rows.
func (t sqliteTx) over(s statement, all [][]any) (text string, args []any) {
	args = make([]any, 0, len(all)*len(s.columns))
	for _, row := range all {
		args = append(args, row[:len(s.columns)]...)
	}
	return fmt.Sprintf("WITH incoming(%s) AS (VALUES %s) %s", s.names(), placeholders(len(all), len(s.columns)), orFail(s.body)), args
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

func sqliteArgs(args []any) []any {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = sqliteValue(a)
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
