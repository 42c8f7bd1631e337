package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteLoader holds the rows of a SQLite database, by table.
type sqliteLoader struct{ tables []sqliteTable }

type sqliteTable struct {
	name, columns string
	rows          [][]any
}

// openSQLite opens a database as the archiver's writer does (store/sqlite.go), but for the log: the archiver has it folded beside
// what it writes, and this program folds it itself.
func openSQLite(database string) (*sql.DB, error) {
	path := strings.TrimPrefix(database, "sqlite:")
	v := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(ON)", "temp_store(MEMORY)",
		"cache_size(-16384)", "wal_autocheckpoint(4000)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func (l *sqliteLoader) read(ctx context.Context, database string) (rows int, err error) {
	db, err := openSQLite(database)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	names, err := texts(ctx, db, `SELECT name FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'terms%' ORDER BY name`)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		columns, err := texts(ctx, db, "SELECT name FROM pragma_table_info($1)", name) // generated ones are not in it
		if err != nil {
			return 0, err
		}
		t := sqliteTable{name: name, columns: strings.Join(columns, ", ")}
		if t.rows, err = everything(ctx, db, "SELECT "+t.columns+" FROM "+name); err != nil {
			return 0, err
		}
		l.tables, rows = append(l.tables, t), rows+len(t.rows)
	}
	terms, err := readTerms(ctx, db)
	l.tables = append(l.tables, terms)
	return rows + len(terms.rows), err
}

// readTerms reads the index of the search, which keeps no texts: they are put together from where each term stands.
func readTerms(ctx context.Context, db *sql.DB) (sqliteTable, error) {
	t := sqliteTable{name: "terms", columns: "rowid, lexemes"}
	if _, err := db.ExecContext(ctx, "CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, terms, instance)"); err != nil {
		return t, err
	}
	rows, err := db.QueryContext(ctx, "SELECT doc, term FROM temp.instances ORDER BY doc, offset")
	if err != nil {
		return t, err
	}
	defer rows.Close()
	place, text := int64(-1), []byte(nil)
	add := func() {
		if place >= 0 {
			t.rows = append(t.rows, []any{place, string(text)})
		}
	}
	for rows.Next() {
		var doc int64
		var term string
		if err := rows.Scan(&doc, &term); err != nil {
			return t, err
		}
		if doc != place {
			add()
			place, text = doc, text[:0]
		}
		text = append(append(text, term...), ' ')
	}
	add()
	return t, rows.Err()
}

// texts are the values of a query of one column.
func texts(ctx context.Context, db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := everything(ctx, db, query, args...)
	var all []string
	for _, row := range rows {
		all = append(all, fmt.Sprint(row[0]))
	}
	return all, err
}

// everything is all rows of a query.
func everything(ctx context.Context, db *sql.DB, query string, args ...any) ([][]any, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for n := range row {
			into[n] = &row[n]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func (l *sqliteLoader) write(ctx context.Context, database string) error {
	db, err := openSQLite(database)
	if err != nil {
		return err
	}
	defer db.Close() // which writes the log back into the database
	if _, err := db.ExecContext(ctx, "DELETE FROM archive"); err != nil {
		return err
	}
	for _, t := range l.tables {
		for rows := range slices.Chunk(t.rows, rowsPerTransaction) {
			if err := t.insert(ctx, db, rows); err != nil {
				return fmt.Errorf("load table %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// insert writes rows in one transaction.
func (t sqliteTable) insert(ctx context.Context, db *sql.DB, rows [][]any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing is left to roll back after a commit
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(rows[0])), ", ")
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+t.name+" ("+t.columns+") VALUES ("+marks+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, row := range rows {
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
