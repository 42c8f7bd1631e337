// Package pgtest gives tests a PostgreSQL to throw away: [URL] a fresh database on a server that the tests of
// one process share, [New] a server of one's own that a test may stop and kill;
// [Launch] makes one for what is no test, such as a benchmark.
//
// The server is made from the binaries found on this machine, needs no settings and no privileges (run by
// root it changes to another user) and is gone when the test process is, however that ends: a guard, a
// small shell that waits for its standard input to close, then ends the server and removes its folder.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env is the environment variable that names a server to use instead, as a URL: postgres://user@host/database.
// The user must be allowed to create databases.
const Env = "TEST_DATABASE_URL"

// shared is the server of this test process. Nobody stops it but its guard.
var shared = sync.OnceValues(func() (*Server, error) { return Launch(Options{}) })

// URL is the address of an empty database of the test's own, dropped when the test ends. It skips the test
// where there is no PostgreSQL, or fails it where $CI is set: there a skipped test would go unseen.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Env)
	if server == "" {
		s, err := shared()
		need(t, err)
		server = s.address
	}
	db, err := create(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, server, db) })
	return db
}

// need ends a test that has no server.
func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errUnsupported), errors.Is(err, errNotFound) && os.Getenv("CI") == "":
		t.Skipf("needs PostgreSQL: %v; or set %s", err, Env)
	default:
		t.Fatalf("start PostgreSQL: %v", err)
	}
}

// create makes an empty database on a server and returns its address.
func create(ctx context.Context, server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", fmt.Errorf("%s is not a URL like postgres://user@host/database", Env)
	}
	name := "lama_test_" + strings.ToLower(rand.Text())
	if err := execute(ctx, server, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("create a database for the test: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// drop removes a database, with the connections that a test left open.
func drop(t testing.TB, server, db string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	u, err := url.Parse(db)
	if err != nil {
		t.Fatalf("read our own URL: %v", err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	if err := execute(ctx, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		t.Errorf("drop the test's database %s: %v", name, err)
	}
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, address, sql string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}
