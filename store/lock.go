package store

import (
	"context"
	"fmt"
	"os"
	"time"
)

// InUse says that another run holds the archive.
type InUse struct{ Holder string }

func (e *InUse) Error() string { return "the archive is in use by " + e.Holder }

// Lock makes this process the archive's only run, until release is called or the process ends, however that
// happens. Where another run holds it, the error is an [*InUse] that says who, and since when.
func (s *Store) Lock(ctx context.Context) (release func(), err error) {
	return s.engine.hold(ctx, s.now())
}

// Reserve is [Store.Lock] for an SQLite database at path that need not be there yet. Its folder must be.
func Reserve(path string) (release func(), err error) { return holdSQLite(path, time.Now()) }

// Holder is who has the archive locked by [Store.Lock], empty where nobody has. It does not lock it.
func (s *Store) Holder(ctx context.Context) (string, error) { return s.engine.holder(ctx) }

// holder describes this process to another that waits for the archive.
func holder(now time.Time) string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %s since %s", os.Getpid(), clean(host), now.UTC().Format(time.RFC3339))
}
