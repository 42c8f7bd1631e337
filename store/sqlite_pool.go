//go:build sqlite

package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
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
	prepared map[wording]*sql.Stmt
	values   []any // of the statement that runs
}

// wording is what the text of a statement is made of: its body, and over how many rows it is.
type wording struct {
	body string
	rows int
}

func newSQLitePool(db *sql.DB, size int, use sqliteUse) *sqlitePool {
	p := &sqlitePool{sqliteUse: use, turn: make(chan struct{}, size)}
	for range size {
		p.free = append(p.free, &sqliteConn{db: db, prepared: map[wording]*sql.Stmt{}})
	}
	return p
}

// close waits for the transactions that run.
func (p *sqlitePool) close() {
	for range cap(p.turn) {
		p.turn <- struct{}{}
	}
	for _, c := range p.free {
		c.close()
	}
}

func (c *sqliteConn) close() {
	for _, s := range c.prepared { // or SQLite would not really close, nor fold its log in
		_ = s.Close()
	}
	if c.conn != nil {
		_ = c.conn.Close()
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

func (c *sqliteConn) prepare(ctx context.Context, w wording, text func() string) (*sql.Stmt, error) {
	if s := c.prepared[w]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, text())
	if err == nil {
		c.prepared[w] = s
	}
	return s, err
}
