package pgtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// query runs a statement that yields one value on a connection of its own.
func query[T any](t *testing.T, address, sql string) (v T, err error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		return v, err
	}
	defer conn.Close(t.Context())
	err = conn.QueryRow(t.Context(), sql).Scan(&v)
	return v, err
}

func mustQuery[T any](t *testing.T, address, sql string) T {
	t.Helper()
	v, err := query[T](t, address, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestURLIsEmptyAndOnesOwn(t *testing.T) {
	a, b := URL(t), URL(t)
	mustQuery[int](t, a, "WITH c AS (SELECT 1 AS n) SELECT n FROM c")
	if err := execute(t.Context(), a, "CREATE TABLE posts (id text)"); err != nil {
		t.Fatal(err)
	}
	count := "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	if in, by := mustQuery[int](t, a, count), mustQuery[int](t, b, count); in != 1 || by != 0 {
		t.Errorf("tables: got %d and %d, want 1 and 0", in, by)
	}
	collation := "SELECT lower('ÄÉ') || (SELECT min(v) FROM (VALUES ('a'), ('B')) x(v))"
	if got := mustQuery[string](t, a, collation); got != "äéB" {
		t.Errorf("lower case and smallest: got %q, want äéB", got)
	}
}

func TestURLIsDroppedWithItsTest(t *testing.T) {
	var address string
	var open *pgx.Conn
	t.Run("user", func(t *testing.T) {
		address = URL(t)
		var err error
		if open, err = pgx.Connect(t.Context(), address); err != nil { // left open: it must not hold the drop
			t.Fatal(err)
		}
	})
	if _, err := query[int](t, address, "SELECT 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("after the test: got %v, want a database that does not exist", err)
	}
	if err := open.Ping(t.Context()); err == nil {
		t.Error("a connection outlived its database")
	}
}

func TestURLOnANamedServer(t *testing.T) {
	s := New(t, Options{})
	t.Setenv(Env, s.address)
	if got := mustQuery[string](t, URL(t), "SHOW unix_socket_directories"); got != s.dir {
		t.Errorf("server's folder: got %s, want %s", got, s.dir)
	}
}

// witness is a test that notes how it was ended.
type witness struct {
	testing.TB
	ended string
}

func (w *witness) Helper()                   {}
func (w *witness) Skipf(f string, a ...any)  { w.ended = "skip: " + fmt.Sprintf(f, a...) }
func (w *witness) Fatalf(f string, a ...any) { w.ended = "fatal: " + fmt.Sprintf(f, a...) }

func TestNeed(t *testing.T) {
	for _, c := range []struct {
		ci   string
		err  error
		want []string
	}{
		{"", nil, nil},
		{"true", nil, nil},
		{"", errNotFound, []string{"skip:", "apt-get install", Env}},
		{"true", errNotFound, []string{"fatal:", "apt-get install"}},
		{"true", errUnsupported, []string{"skip:", Env}},
		{"", errors.New("initdb: exit status 1"), []string{"fatal:", "initdb"}},
	} {
		t.Setenv("CI", c.ci)
		w := &witness{TB: t}
		need(w, c.err)
		for _, part := range c.want {
			if !strings.Contains(w.ended, part) {
				t.Errorf("CI=%q, %v: got %q, want %q in it", c.ci, c.err, w.ended, part)
			}
		}
		if c.want == nil && w.ended != "" {
			t.Errorf("CI=%q, no error: got %q", c.ci, w.ended)
		}
	}
}

func BenchmarkURL(b *testing.B) {
	URL(b)
	for b.Loop() {
		s, _ := shared()
		db, err := create(b.Context(), s.address)
		if err != nil {
			b.Fatal(err)
		}
		drop(b, s.address, db)
	}
}
