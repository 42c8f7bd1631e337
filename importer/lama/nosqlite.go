//go:build !sqlite

package lama

import (
	"database/sql"
	"errors"
)

func openDatabase(string) (*sql.DB, error) {
	return nil, errors.New("it is a SQLite database, and this lama was built without SQLite: import it with one that was built with " +
		"`make build` (go build -tags sqlite); that one can write to the same Postgres")
}
