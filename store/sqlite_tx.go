//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"lama/archive"
)

// sqlitePool has some connections, and runs one transaction at a time on each: on the one that was used last, of those that
// are free. SQLite as modernc.org builds it (SQLITE_ENABLE_MEMORY_MANAGEMENT) has all connections share what their caches may
// take, and whichever came first keeps it: the others read each page from the file, each time.
type sqlitePool struct {
	sqliteUse
	turn chan struct{} // held by each transaction
	lock sync.Mutex
	free []*sqliteConn // the one that was used last at the end
}

// sqliteUse is what connections are for.
type sqliteUse struct {
	begin string
	cache int // KiB of the database that each keeps in memory
}

// sqliteConn is a connection and what was prepared on it: the statements are few, and parsing one takes longer than
// running it.
type sqliteConn struct {
	db       *sql.DB
	conn     *sql.Conn // opened by the first transaction
	prepared map[string]*sql.Stmt
}

func newSQLitePool(db *sql.DB, size int, use sqliteUse) *sqlitePool {
	p := &sqlitePool{sqliteUse: use, turn: make(chan struct{}, size)}
	for range size {
		p.free = append(p.free, &sqliteConn{db: db, prepared: map[string]*sql.Stmt{}})
	}
	return p
}

// close waits for the transactions that run.
func (p *sqlitePool) close() {
	for range cap(p.turn) {
		p.turn <- struct{}{}
	}
	for _, c := range p.free {
		for _, s := range c.prepared { // or SQLite would not really close, nor fold its log in
			_ = s.Close()
		}
		if c.conn != nil {
			_ = c.conn.Close()
		}
	}
}

// run waits for a connection and runs f in a transaction on it.
func (p *sqlitePool) run(ctx context.Context, f func(tx) error) error {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	c := p.take()
	defer p.giveBack(c)
	if err := c.open(ctx, p.cache); err != nil {
		return err
	}
	return c.transact(ctx, p.begin, f)
}

func (p *sqlitePool) take() *sqliteConn {
	p.lock.Lock()
	defer p.lock.Unlock()
	last := len(p.free) - 1
	c := p.free[last]
	p.free = p.free[:last]
	return c
}

func (p *sqlitePool) giveBack(c *sqliteConn) {
	p.lock.Lock()
	p.free = append(p.free, c)
	p.lock.Unlock()
	<-p.turn
}

func (c *sqliteConn) open(ctx context.Context, cache int) (err error) {
	if c.conn != nil {
		return nil
	}
	if c.conn, err = c.db.Conn(ctx); err == nil {
		_, err = c.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", cache))
	}
	return err
}

func (c *sqliteConn) transact(ctx context.Context, begin string, f func(tx) error) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	end := context.WithoutCancel(ctx) // a BEGIN or COMMIT that is half done would leave the connection in a transaction
	if _, err := c.conn.ExecContext(end, begin); err != nil {
		return err
	}
	if err = f(sqliteTx{c}); err == nil {
		_, err = c.conn.ExecContext(end, "COMMIT")
	}
	if err != nil {
		_, _ = c.conn.ExecContext(end, "ROLLBACK") // after some errors, as of a full disk, SQLite has done so itself
	}
	return err
}

func (c *sqliteConn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := c.prepared[text]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, text)
	if err == nil {
		c.prepared[text] = s
	}
	return s, err
}

// sqliteTx is the transaction that runs on a connection.
type sqliteTx struct{ *sqliteConn }

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { _ = r.Rows.Close() }

func (t sqliteTx) exec(ctx context.Context, text string, args ...any) error {
	ctx = context.WithoutCancel(ctx)
	s, err := t.prepare(ctx, text)
	if err == nil {
		_, err = s.ExecContext(ctx, sqliteArgs(args)...)
	}
	return err
}

func (t sqliteTx) query(ctx context.Context, text string, args ...any) (rows, error) {
	ctx = context.WithoutCancel(ctx)
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
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx) // each is short, and for one that can be cancelled the driver starts a goroutine
	if s.single != "" {
		return t.putEach(ctx, s.single, all)
	}
	for len(all) > 0 {
		n := rowsAtOnce
		if len(all) < n {
			n = 1
		}
		args := make([]any, 0, n*len(s.columns))
		for _, row := range all[:n] {
			args = append(args, row...)
		}
		text := fmt.Sprintf("WITH incoming(%s) AS (VALUES %s) %s", s.names(), placeholders(n, len(s.columns)), s.body)
		if err := t.exec(ctx, text, args...); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (t sqliteTx) putEach(ctx context.Context, text string, all [][]any) error {
	for _, row := range all {
		if err := t.exec(ctx, text, row...); err != nil {
			return err
		}
	}
	return nil
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
