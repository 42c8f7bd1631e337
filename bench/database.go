package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// open opens a database_url to look into it.
func open(database string) (*sql.DB, error) {
	if strings.HasPrefix(database, sqlite) {
		return openSQLite(database)
	}
	return sql.Open("pgx", database)
}

// number is the one value of a query.
func number(ctx context.Context, database, query string) (n int64, err error) {
	db, err := open(database)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("%w in %s", err, query)
	}
	return n, nil
}

// execute runs a statement.
func execute(ctx context.Context, database, statement string) error {
	db, err := open(database)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%w in %s", err, statement)
	}
	return nil
}

// dropDatabase removes a Postgres database.
func dropDatabase(ctx context.Context, database string) error {
	u, err := url.Parse(database)
	if err != nil {
		return errors.New("read our own URL")
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	return execute(ctx, u.String(), "DROP DATABASE "+name+" WITH (FORCE)")
}

// title is a database's name for people.
func title(kind string) string {
	return map[string]string{sqlite: "SQLite", postgres: "Postgres"}[kind]
}
