//go:build !sqlite

package store

import (
	"context"
	"errors"
)

func openSQLite(context.Context, string) (engine, error) {
	return nil, errors.New("this lama was built without SQLite: build it with `make build` (go build -tags sqlite), " +
		"or set database_url to a Postgres")
}

func makeSQLite(context.Context, string) (engine, error) {
	return nil, errors.New("this lama was built without SQLite, which this needs: build it with `make build` " +
		"(go build -tags sqlite)")
}
