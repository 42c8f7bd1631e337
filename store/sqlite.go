//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lama/archive"
)

// sqliteEngine has one connection that writes and a pool that reads: SQLite lets one transaction write at a
// time, and its readers see the last commit meanwhile (WAL).
type sqliteEngine struct {
	path            string
	writer, readers *sql.DB
}

func openSQLite(ctx context.Context, path string) (engine, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := touch(path); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", sqliteURL(path, "immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	readers, err := sql.Open("sqlite", sqliteURL(path, "deferred"))
	if err != nil {
		return nil, err
	}
	readers.SetMaxOpenConns(4)
	e := &sqliteEngine{path, writer, readers}
	if err := writer.PingContext(ctx); err != nil {
		e.close()
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	return e, nil
}

// touch makes the file with our rights before SQLite does with its own.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the SQLite database: %w", err)
	}
	return f.Close()
}

func sqliteURL(path, lock string) string {
	v := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(ON)", "temp_store(MEMORY)",
		"cache_size(-32000)", "mmap_size(268435456)",
	}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}).String()
}

func (e *sqliteEngine) dialect() string { return "sqlite" }

func (e *sqliteEngine) close() {
	_ = e.readers.Close()
	_ = e.writer.Close()
}

func (e *sqliteEngine) write(ctx context.Context, f func(tx) error) error {
	return runSQLite(ctx, e.writer, f)
}

func (e *sqliteEngine) read(ctx context.Context, f func(tx) error) error {
	return runSQLite(ctx, e.readers, f)
}

func (e *sqliteEngine) survey(ctx context.Context, f func(tx) error) error { return e.read(ctx, f) }

func runSQLite(ctx context.Context, db *sql.DB, f func(tx) error) error {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(sqliteTx{t}); err != nil {
		return errors.Join(err, ignoreDone(t.Rollback()))
	}
	return t.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func (e *sqliteEngine) again(err error) bool {
	failure, ok := errors.AsType[*sqlite.Error](err)
	return ok && failure.Code()&0xff == sqlite3.SQLITE_BUSY
}

type sqliteTx struct{ *sql.Tx }

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { _ = r.Rows.Close() }

func (t sqliteTx) exec(ctx context.Context, sql string, args ...any) error {
	_, err := t.ExecContext(ctx, sql, sqliteArgs(args)...)
	return err
}

func (t sqliteTx) query(ctx context.Context, sql string, args ...any) (rows, error) {
	r, err := t.QueryContext(ctx, sql, sqliteArgs(args)...)
	return sqliteRows{r}, err
}

// lock: the transaction already has the only right to write.
func (t sqliteTx) lock(context.Context, string, ...any) error { return nil }

func (t sqliteTx) list(n, columns int) string {
	fields := make([]string, columns)
	for i := range fields {
		fields[i] = fmt.Sprintf("value->>%d", i)
	}
	return fmt.Sprintf("SELECT %s FROM json_each($%d)", strings.Join(fields, ", "), n)
}

func (t sqliteTx) put(ctx context.Context, s statement, all [][]any) error {
	if len(all) == 0 {
		return nil
	}
	prepared, err := t.PrepareContext(ctx,
		fmt.Sprintf("WITH incoming(%s) AS (VALUES (%s)) %s", s.names(), placeholders(len(s.columns)), s.body))
	if err != nil {
		return err
	}
	defer prepared.Close()
	for _, row := range all {
		if _, err := prepared.ExecContext(ctx, sqliteArgs(row)...); err != nil {
			return err
		}
	}
	return nil
}

// placeholders is "$1, $2, …" for n arguments.
func placeholders(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i))
	}
	return b.String()
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
	}
	return v
}

// hold locks a file beside the database, and writes who holds it into that file. The lock ends with the process;
// the file stays.
func (e *sqliteEngine) hold(_ context.Context, now time.Time) (func(), error) {
	path := e.path + ".lock"
	lock := flock.New(path, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the archive: %w", err)
	}
	if !held {
		who, err := os.ReadFile(path)
		if err != nil || len(who) == 0 {
			who = []byte("another run")
		}
		return nil, &InUse{clean(string(who))}
	}
	release := func() { _ = lock.Unlock() }
	if err := os.WriteFile(path, []byte(holder(now)), 0o600); err != nil {
		release()
		return nil, fmt.Errorf("lock the archive: %w", err)
	}
	return release, nil
}
