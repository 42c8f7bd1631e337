package store

import (
	"context"
	"fmt"
	"time"
)

// trouble is what an error of the database means for the transaction that met it.
type trouble int

const (
	lasting  trouble = iota // it would only fail again
	conflict                // another transaction was in its way
	away                    // the database can't be reached: nobody knows whether a commit arrived, and twice does no harm
	full                    // its disk is
	broken                  // its files are not what it has written
)

// attempts bounds how often a transaction meets a conflict; what lies between grows from firstWait, to 13 s in all.
const (
	attempts  = 9
	firstWait = 50 * time.Millisecond
	longWait  = 2 * time.Second // the most between two attempts to reach a database
)

// Patience is how long a run waits for a database that went away in the middle, as one does that is restarted.
const Patience = time.Minute

// write runs f in a transaction, again where that may help: f begins anew each time.
func (s *Store) write(ctx context.Context, f func(tx) error) error {
	return s.retry(ctx, func() error { return s.engine.write(ctx, f) })
}

// read runs f in a transaction that sees one moment, again where that may help: f begins anew each time.
func (s *Store) read(ctx context.Context, f func(tx) error) error {
	return s.retry(ctx, func() error { return s.engine.read(ctx, f) })
}

// glance is read for one statement, which sees one moment by itself.
func (s *Store) glance(ctx context.Context, f func(tx) error) error {
	return s.retry(ctx, func() error { return s.engine.glance(ctx, f) })
}

// retry runs a transaction until it succeeds, or there is no hope.
func (s *Store) retry(ctx context.Context, transact func() error) error {
	var since time.Time // when the database went away
	for n := 0; ; n++ {
		err := transact()
		if err == nil {
			return nil
		}
		wait := firstWait << min(n, attempts)
		switch s.engine.trouble(err) {
		case conflict:
			if n == attempts-1 {
				return fmt.Errorf("after %d attempts: %w", attempts, err)
			}
		case away:
			if since.IsZero() {
				since = time.Now()
			}
			if s.gone.Load() || time.Since(since) >= s.patience {
				s.gone.Store(true)
				return fmt.Errorf("the database has gone: %w; start it, then run again: what was committed is kept", err)
			}
			wait = min(wait, longWait)
		case full:
			return withRemedy(s.engine, err)
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// withRemedy is an error of the database with what to do about it, where that is known.
func withRemedy(e engine, err error) error {
	if e.trouble(err) == full {
		return fmt.Errorf("%w; make room where the database is, then run again", err)
	}
	return err
}
