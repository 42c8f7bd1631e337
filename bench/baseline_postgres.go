package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// postgresLoader holds the rows of a Postgres database, by table, as COPY writes them: a line each.
type postgresLoader struct{ tables []postgresTable }

type postgresTable struct {
	name  string // with its columns
	lines [][]byte
}

// stored are the tables, each with the columns that are stored and not computed.
const stored = `SELECT table_name || ' (' || string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) || ')'
FROM information_schema.columns WHERE table_schema = current_schema() AND is_generated = 'NEVER'
GROUP BY table_name ORDER BY table_name`

func (l *postgresLoader) read(ctx context.Context, database string) (rows int, err error) {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, stored)
	if err != nil {
		return 0, err
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		var text bytes.Buffer
		if _, err := conn.PgConn().CopyTo(ctx, &text, "COPY "+name+" TO STDOUT"); err != nil {
			return 0, fmt.Errorf("read table %s: %w", name, err)
		}
		t := postgresTable{name, slices.Collect(bytes.Lines(text.Bytes()))} // a line break in a value is escaped
		l.tables, rows = append(l.tables, t), rows+len(t.lines)
	}
	return rows, nil
}

func (l *postgresLoader) write(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "DELETE FROM archive"); err != nil {
		return err
	}
	for _, t := range l.tables {
		for lines := range slices.Chunk(t.lines, rowsPerTransaction) {
			rows := bytes.NewReader(bytes.Join(lines, nil)) // COPY is a transaction by itself
			if _, err := conn.PgConn().CopyFrom(ctx, rows, "COPY "+t.name+" FROM STDIN"); err != nil {
				return fmt.Errorf("load table %s: %w", t.name, err)
			}
		}
	}
	return nil
}
