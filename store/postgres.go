package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type postgres struct {
	pool *pgxpool.Pool
	lock atomic.Pointer[postgresLock] // of the run that this process is; nil while it is none
}

// writersPostgres is how many transactions write side by side.
const writersPostgres = 2

func openPostgres(ctx context.Context, url string) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("database_url can't be read as a Postgres address: " +
			"it looks like postgres://user:password@host/database")
	}
	config.MaxConns = writersPostgres + 2 // each plans every statement for itself, which a run with nothing new feels
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "lama"
	}
	config.AfterConnect = prepareSession
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach Postgres at %s: %w", config.ConnConfig.Host, err)
	}
	conn.Release()
	return &postgres{pool: pool}, nil
}

// planByIndex keeps the planner to what is right for our statements: each touches a few rows by their keys, in the order
// in which it joins them, and there is one index for that. So each is planned once for a connection (the recursive one
// takes 16 ms). From the sizes that it guesses, and that tables had when they were analysed, it would read whole tables
// in another order, and spend seconds on compiling that (measured: 6 s of JIT for 20 ms of work at 10,000 posts; 0.5 s
// for 10 ms at 5,000 by joining in its own order).
func planByIndex(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET jit = off; SET plan_cache_mode = force_generic_plan; SET join_collapse_limit = 1; "+
		"SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off")
	return err
}

// prepareSession sets up each connection. JSON is packed by lz4, in a fraction of the time (libraries.md §2); a server
// that was built without it goes on with its own way.
func prepareSession(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "SET default_toast_compression = lz4"); err != nil && conn.IsClosed() {
		return err
	}
	types := conn.TypeMap()
	types.TryWrapEncodePlanFuncs = append(types.TryWrapEncodePlanFuncs, makeRoom)
	return planByIndex(ctx, conn)
}

func (p *postgres) dialect() string { return "postgres" }
func (p *postgres) close()          { p.pool.Close() }

func (p *postgres) write(ctx context.Context, f func(tx) error) error {
	if lock := p.lock.Load(); lock != nil {
		return lock.write(ctx, p, f)
	}
	return p.run(ctx, pgx.TxOptions{}, f)
}

func (p *postgres) read(ctx context.Context, f func(tx) error) error {
	return p.run(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, f)
}

// glance saves two round trips of three.
func (p *postgres) glance(_ context.Context, f func(tx) error) error { return f(postgresTx{p.pool}) }

// survey lets the planner choose again.
func (p *postgres) survey(ctx context.Context, f func(tx) error) error {
	return p.read(ctx, func(t tx) error {
		err := t.exec(ctx, "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_hashjoin TO DEFAULT; "+
			"SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL join_collapse_limit TO DEFAULT")
		if err != nil {
			return err
		}
		return f(t)
	})
}

func (p *postgres) run(ctx context.Context, options pgx.TxOptions, f func(tx) error) error {
	return pgx.BeginTxFunc(ctx, p.pool, options, func(t pgx.Tx) error { return f(postgresTx{t}) })
}

// trouble: 40P01 is a deadlock, 40001 a serialization failure, 23505 a row that another writer inserted first, 53100 a
// full disk; class 08 and 57P0x are a lost connection.
func (p *postgres) value(v any) any { return native(v) }

func (p *postgres) trouble(err error) trouble {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch failure.Code {
		case "40P01", "40001", "23505":
			return conflict
		case "53100":
			return full
		case "57P01", "57P02", "57P03":
			return away
		}
		if strings.HasPrefix(failure.Code, "08") {
			return away
		}
		return lasting
	}
	if errors.Is(err, context.Canceled) {
		return lasting
	}
	cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
	_, network := errors.AsType[*net.OpError](err)
	if cut || network || pgconn.SafeToRetry(err) {
		return away
	}
	return lasting
}
