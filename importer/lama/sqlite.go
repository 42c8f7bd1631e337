//go:build sqlite

package lama

import (
	"database/sql"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // LAMA keeps its posts in SQLite
)

// openDatabase opens a database to be read only.
func openDatabase(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}.Encode()}
	return sql.Open("sqlite", file.String())
}
