//go:build !sqlite

package store

import (
	"context"
	"errors"
	"time"
)

func openSQLite(context.Context, string) (engine, error) {
	return nil, errors.New("this lama was built without SQLite: build it with `make build` (go build -tags sqlite), " +
		"or set database_url to a Postgres")
}

var errNeedsSQLite = errors.New("this lama was built without SQLite, which this needs: build it with `make build` " +
	"(go build -tags sqlite)")

func makeSQLite(context.Context, string) (engine, error) { return nil, errNeedsSQLite }

func holdSQLite(string, time.Time) (func(), error) { return nil, errNeedsSQLite }
