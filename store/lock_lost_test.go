package store_test

import (
	"errors"
	"fmt"
	"testing"

	"lama/archive"
	"lama/store"
	"lama/store/pgtest"
)

// cutLock ends the connection that holds the archive, as a firewall or a person may.
func cutLock(t *testing.T, f *fixture) {
	t.Helper()
	cut := f.column("SELECT CAST(pg_terminate_backend(pid, 60000) AS text) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' " +
		"AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
	if fmt.Sprint(cut) != "[true]" {
		t.Fatalf("the connections that hold the archive were cut: %v", cut)
	}
}

// A run whose hold on the archive was cut takes it again with its next commit.
func TestALostLockIsTakenAgain(t *testing.T) {
	u := pgtest.URL(t)
	first, second := open(t, u), open(t, u)
	release, err := first.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	cutLock(t, second)
	first.commit(did(ana, archive.BasePost, post("home.example", "1")))
	if _, err := second.Lock(t.Context()); !errors.As(err, new(*store.InUse)) {
		t.Errorf("got %v: it is the first one's again", err)
	}
	if n := len(first.activities()); n != 1 {
		t.Errorf("%d activities", n)
	}
}

// Where another run has taken it meanwhile, nothing more is committed.
func TestALostLockThatAnotherRunHasEndsTheRun(t *testing.T) {
	u := pgtest.URL(t)
	first, second := open(t, u), open(t, u)
	releaseFirst, err := first.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer releaseFirst()
	cutLock(t, second)
	releaseSecond, err := second.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batch := []archive.Batch{did(ana, archive.BasePost, post("home.example", "1"))}
	if _, err := first.Commit(t.Context(), batch); !errors.As(err, new(*store.InUse)) {
		t.Errorf("got %v: another run has the archive", err)
	}
	if n := len(second.activities()); n != 0 {
		t.Errorf("%d activities", n)
	}
	second.commit(batch...)
	releaseSecond()
}
