package cli_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lama/mastodon/mastodontest"
	"lama/store/pgtest"
)

// onServer is a household whose Postgres the test may end.
func onServer(t *testing.T, change func(*mastodontest.Mix)) (*house, *pgtest.Server) {
	t.Helper()
	server := pgtest.New(t, pgtest.Options{Durable: true})
	return newHouse(t, server.URL(t), 8, 3, change), server
}

// ends are the ways in which a Postgres goes.
var ends = map[string]func(*pgtest.Server) error{"stopped": (*pgtest.Server).Stop, "killed": (*pgtest.Server).Kill}

// A Postgres that goes and comes back in the middle is waited for, as often as it does.
func TestAPostgresThatIsRestartedIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			h, server := onServer(t, calmOnOneServer)
			for _, n := range []int{9, 20} {
				defer h.during(n, func() {
					if err := end(server); err != nil {
						t.Errorf("end Postgres: %v", err)
					}
					if err := server.Start(); err != nil {
						t.Errorf("start Postgres: %v", err)
					}
				})()
			}
			h.lama(0)
			h.expectTruth("two restarts")
			h.expectSame(h.another(t, nil))
		})
	}
}

// A Postgres that stays away ends the run, which says so. Nothing is lost: the next run goes on.
func TestAPostgresThatStaysAwayEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			h, server := onServer(t, calmOnOneServer)
			h.patience = time.Millisecond
			mend := h.during(12, func() {
				if err := end(server); err != nil {
					t.Errorf("end Postgres: %v", err)
				}
			})
			_, stderr := h.lama(1)
			if !strings.Contains(stderr, "the database has gone") || strings.Count(stderr, "start it, then run again") != 1 {
				t.Errorf("what has happened, and what to do, once: %s", stderr)
			}
			mend()
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			h.lama(0)
			h.expectTruth("Postgres is back")
			h.expectSame(h.another(t, nil))
		})
	}
}

// cutLock ends the connection that holds the archive.
const cutLock = `SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// held starts a run on a household of ana and holds its first four pages, so that it commits nothing. What it comes to
// is sent when they were released.
func (h *house) held() (gate *mastodontest.Gate, ended <-chan ending) {
	h.t.Helper()
	var pages atomic.Int64
	gate = h.world.Hold(func(r mastodontest.Request) bool {
		return slices.Contains(collections, r.Endpoint) && pages.Add(1) <= int64(len(collections))
	})
	end := make(chan ending, 1)
	go func() {
		code, _, stderr := h.exec(h.t.Context())
		end <- ending{code, stderr}
	}()
	if err := gate.Wait(h.t.Context(), len(collections)); err != nil {
		h.t.Fatal(err)
	}
	return gate, end
}

// ending is how a run ended.
type ending struct {
	code   int
	stderr string
}

var collections = []string{"/api/v1/accounts/{id}/statuses", "/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/notifications"}

// A run whose hold on the archive was cut goes on, also where another run came and went meanwhile.
func TestARunGoesOnWhereItsLockWasCut(t *testing.T) {
	h := newHouse(t, databases["postgres"](t), 8, 3, anaAlone)
	gate, ended := h.held()
	h.sql(cutLock)
	h.lama(0)
	gate.Release()
	if end := <-ended; end.code != 0 {
		t.Errorf("exit code %d: %s", end.code, end.stderr)
	}
	h.expectTruth("two runs, one within the other")
	h.expectSame(h.another(t, nil))
}

// A run whose hold on the archive was cut, and is another's now, ends.
func TestARunEndsWhereItsLockWasCutAndTaken(t *testing.T) {
	h := newHouse(t, databases["postgres"](t), 8, 3, anaAlone)
	gate, ended := h.held()
	h.sql(cutLock)
	other, err := pgx.Connect(t.Context(), h.database)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "SELECT pg_advisory_lock(hashtext(id)) FROM archive"); err != nil {
		t.Fatal(err)
	}
	gate.Release()
	if end := <-ended; end.code != 4 || !strings.Contains(end.stderr, "another run has taken it: the archive is in use by ") {
		t.Errorf("exit code %d: %s", end.code, end.stderr)
	}
	if len(h.posts()) > 0 {
		t.Error("posts were stored without the lock")
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.lama(0, "run", "--wait")
	h.expectSame(h.another(t, nil))
}

func anaAlone(mix *mastodontest.Mix) {
	oneMember(mix)
	calmOnOneServer(mix)
}
