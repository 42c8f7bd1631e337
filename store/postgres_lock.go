package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresLock is a run's hold on the archive: an advisory lock on a connection of its own. It ends with the connection,
// also when that is cut, so that every transaction makes sure of it, and takes it again where nobody else has.
type postgresLock struct {
	config *pgx.ConnConfig

	mu   sync.Mutex
	conn *pgx.Conn
}

// The lock is on the archive's id. Beside it each transaction of a run that writes holds, to its end, a share of a
// second one, which whoever takes the first asks for whole: what the run before was committing is over by then.
const (
	tryLock = "SELECT pg_try_advisory_lock(hashtext(id)) FROM archive"
	share   = "SELECT pg_advisory_xact_lock_shared(hashtext('lama writers'), hashtext(id)) FROM archive"
	whole   = "SELECT pg_advisory_xact_lock(hashtext('lama writers'), hashtext(id)) FROM archive"

	// locks are those of that kind which somebody holds on this archive: of one key of 64 bits, of which this is the lower half.
	locks = `pg_locks l JOIN archive ON l.objid::bigint = hashtext(id)::bigint & 4294967295
WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

	lockHolder = `SELECT application_name || ' (connected ' || to_char(backend_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ')'
FROM pg_stat_activity WHERE pid = (SELECT min(l.pid) FROM ` + locks + `)`
)

// errUnlocked is a transaction of a run whose hold on the archive was lost.
var errUnlocked = errors.New("the run no longer holds the archive")

func (p *postgres) hold(ctx context.Context, now time.Time) (func(), error) {
	config := p.pool.Config().ConnConfig.Copy()
	name := "lama " + holder(now)
	config.RuntimeParams["application_name"] = name[:min(len(name), 63)] // as much as Postgres keeps
	l := &postgresLock{config: config}
	if err := l.take(ctx); err != nil {
		return nil, err
	}
	p.lock.Store(l)
	return func() {
		p.lock.Store(nil)
		l.mu.Lock()
		defer l.mu.Unlock()
		ctx := context.WithoutCancel(ctx)
		_, _ = l.conn.Exec(ctx, "SELECT pg_advisory_unlock_all()") // it is answered, and the end of a connection is not
		_ = l.conn.Close(ctx)
	}, nil
}

// take connects and takes the lock, or says who has it.
func (l *postgresLock) take(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return fmt.Errorf("lock the archive: %w", err)
	}
	var held bool
	if err = conn.QueryRow(ctx, tryLock).Scan(&held); err == nil && held {
		_, err = conn.Exec(ctx, whole)
	}
	if err == nil && held {
		l.conn = conn
		return nil
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("lock the archive: %w", err)
	}
	who := "another run"
	_ = conn.QueryRow(ctx, lockHolder).Scan(&who)
	return &InUse{who}
}

// write runs f in a transaction that is the run's: under the lock.
func (l *postgresLock) write(ctx context.Context, p *postgres, f func(tx) error) error {
	for {
		holder := l.pid()
		err := p.run(ctx, pgx.TxOptions{BeginQuery: "BEGIN; " + share}, func(t tx) error {
			held, err := collect(ctx, t, scanInt, "SELECT 1 FROM "+locks+" AND l.pid = $1", int64(holder))
			if err == nil && len(held) == 0 {
				err = errUnlocked
			}
			if err != nil {
				return err
			}
			return f(t)
		})
		if !errors.Is(err, errUnlocked) {
			return err
		}
		if err := l.retake(ctx, holder); err != nil {
			return err
		}
	}
}

// pid is the server's process that holds the lock.
func (l *postgresLock) pid() uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.PgConn().PID()
}

// retake takes the lock again, unless another transaction just has.
func (l *postgresLock) retake(ctx context.Context, lost uint32) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn.PgConn().PID() != lost {
		return nil
	}
	_ = l.conn.Close(ctx)
	err := l.take(ctx)
	if taken, ok := errors.AsType[*InUse](err); ok {
		return fmt.Errorf("the connection that held the archive was cut, and another run has taken it: %w; what was committed "+
			"is kept", taken)
	}
	return err
}
