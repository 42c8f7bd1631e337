package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to start or to stop.
const patience = 60 * time.Second

// Options say what kind of server a test needs.
type Options struct {
	Durable  bool              // fsync and all, as in earnest: for tests that kill the server, and for benchmarks
	Settings map[string]string // of postgresql.conf, on top of ours
}

// Server is a PostgreSQL of one test's or program's own. Its methods may be called from any goroutine.
type Server struct {
	bin, dir string
	address  string // URL of the database "postgres"
	settings []string
	guard    *exec.Cmd // ends the server and removes dir when leash closes
	leash    *os.File  // our end of the guard's standard input

	mu      sync.Mutex
	process *exec.Cmd     // nil while stopped
	exited  chan struct{} // closed when process has ended
}

// New starts a server that ends with the test. It needs the binaries even where $TEST_DATABASE_URL is set.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Launch(o)
	need(t, err)
	t.Cleanup(s.Remove)
	return s
}

// URL is the address of a new empty database. It stays valid while the server is stopped and started.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	db, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Create makes a new empty database and gives its address.
func (s *Server) Create(ctx context.Context) (string, error) { return create(ctx, s.address) }

// Stop shuts the server down in order, ending the connections there are. A stopped server stays stopped.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Kill ends the server as kill -9 does: the next Start recovers what was committed.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Start starts a stopped server and returns when it answers.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// After a kill, processes of the old server may hold its memory for a moment; then the new one gives up.
	for retry := time.Now().Add(patience / 10); ; {
		err := s.try(ctx)
		if err == nil || time.Now().After(retry) {
			return err
		}
	}
}

// try starts the server once and waits until it answers or ends.
func (s *Server) try(ctx context.Context) error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.command("postgres", append([]string{"-D", s.data()}, s.settings...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(exited)
	}()
	s.process, s.exited = cmd, exited
	if err := s.answers(ctx); err != nil {
		_ = cmd.Process.Kill()
		<-exited
		s.process = nil
		return fmt.Errorf("%w\n%s", err, s.complaint())
	}
	return nil
}

// answers waits until the server takes statements.
func (s *Server) answers(ctx context.Context) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for execute(ctx, s.address, "SELECT 1") != nil {
		select {
		case <-s.exited:
			return errors.New("postgres ended at once")
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", ctx.Err())
		case <-again.C:
		}
	}
	return nil
}

// end signals the server, if there is one, and waits for its end.
func (s *Server) end(sig os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end postgres: %w", err)
	}
	select {
	case <-s.exited:
		s.process = nil
		return nil
	case <-time.After(patience):
		return fmt.Errorf("postgres did not end within %s of %s", patience, sig)
	}
}

// Launch makes a server and starts it, for what is no test: whoever asks ends it with Remove.
func Launch(o Options) (*Server, error) {
	if !supported {
		return nil, fmt.Errorf("%w (%s)", errUnsupported, runtime.GOOS)
	}
	bin, err := binaries(places)
	if err != nil {
		return nil, err
	}
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir}
	if err := s.build(o); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// build makes what a server is made of: a guard, an address, a cluster; and starts it.
func (s *Server) build(o Options) error {
	if err := s.watch(); err != nil {
		return fmt.Errorf("start the server's guard: %w", err)
	}
	if err := s.configure(o); err != nil {
		return err
	}
	// C sorts alike everywhere; the character types must still know more than ASCII, or lower('Ä') is 'Ä'.
	ctype := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		ctype = "UTF-8"
	}
	initdb := s.command("initdb", "--pgdata", s.data(), "--username", "postgres", "--auth", "trust", "--no-sync",
		"--encoding", "UTF8", "--locale", "C", "--lc-ctype", ctype)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s.Start()
}

// configure chooses where the server listens (a socket in its folder, else a free port of this machine) and
// collects its settings.
func (s *Server) configure(o Options) error {
	host, port := s.dir, "5432"
	probe, err := net.Listen("unix", filepath.Join(s.dir, ".s.PGSQL."+port))
	listen, sockets := "", s.dir
	if err != nil {
		if probe, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return fmt.Errorf("find an address for the server: %w", err)
		}
		host, port, _ = net.SplitHostPort(probe.Addr().String())
		listen, sockets = host, ""
	}
	if err := probe.Close(); err != nil {
		return err
	}
	q := url.Values{"host": {host}, "port": {port}, "user": {"postgres"}, "sslmode": {"disable"}}
	s.address = "postgres:///postgres?" + q.Encode()
	s.set("listen_addresses", listen)
	s.set("unix_socket_directories", sockets)
	s.set("port", port)
	s.set("max_connections", "200")
	if !o.Durable {
		s.set("fsync", "off")
		s.set("synchronous_commit", "off")
		s.set("full_page_writes", "off")
	}
	for name, value := range o.Settings {
		s.set(name, value)
	}
	return nil
}

func (s *Server) set(name, value string) { s.settings = append(s.settings, "-c", name+"="+value) }
func (s *Server) data() string           { return filepath.Join(s.dir, "data") }
func (s *Server) log() string            { return filepath.Join(s.dir, "log") }

// command is one of PostgreSQL's programs, to be run as the folder's owner and free of this environment's
// PGDATA, PGPORT and the like.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	own(cmd)
	return cmd
}

// complaint is the end of the server's log.
func (s *Server) complaint() string {
	b, _ := os.ReadFile(s.log())
	return string(b[max(0, len(b)-2000):])
}

// Remove ends the server for good, and its guard, which removes the folder. The server ends at once, but in order: what is killed
// leaves its shared memory behind.
func (s *Server) Remove() {
	_ = s.end(syscall.SIGQUIT)
	if s.guard != nil {
		_ = s.leash.Close()
		_ = s.guard.Wait()
	}
	_ = os.RemoveAll(s.dir) // where there was no guard
}
