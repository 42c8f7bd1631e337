// Package storetest looks into an archive's database from outside, for tests of what the program left there.
package storetest

import (
	"database/sql"
	neturl "net/url"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"; "sqlite" comes with package store
)

// Query runs a query on a database_url and returns its rows as text; NULL is empty.
func Query(t testing.TB, url, query string, args ...any) (all [][]string) {
	t.Helper()
	each(t, url, query, args, func(rows *sql.Rows, names []string) error {
		values, pointers := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			pointers[i] = &values[i]
		}
		err := rows.Scan(pointers...)
		row := make([]string, len(names))
		for i, v := range values {
			row[i] = v.String
		}
		all = append(all, row)
		return err
	})
	return all
}

// each runs a query and hands over each of its rows, with the names of the columns.
func each(t testing.TB, url, query string, args []any, row func(rows *sql.Rows, names []string) error) {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+(&neturl.URL{Path: path}).EscapedPath()+"?mode=ro"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		err = row(rows, names)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
}
