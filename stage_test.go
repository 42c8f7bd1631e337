//go:build sqlite

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// patience is how long a script waits for what must happen.
const patience = time.Minute

// stage is what one script plays on.
type stage struct {
	t       testing.TB
	dir     string
	world   *mastodontest.World
	gate    *mastodontest.Gate
	started map[string]*process
	secrets []string
	printed bytes.Buffer // by all programs that have ended
	address string       // of the database, where it is not the default
}

type stageKey struct{}

func newStage(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return fmt.Errorf("%T is no testing.TB", env.T())
	}
	s := &stage{t: t, dir: env.WorkDir, started: map[string]*process{}}
	env.Values[stageKey{}] = s
	env.Vars = append(env.Vars, "TERM=dumb", "TZ=Asia/Tokyo") // people are everywhere, and times in the archive are UTC
	env.Defer(s.expectNoSecret)
	return nil
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) keep(output string) { s.printed.WriteString(output) }

func (s *stage) hosts() (hosts []string) {
	for _, i := range s.world.Instances() {
		hosts = append(hosts, i.Host())
	}
	return hosts
}

func (s *stage) member(ts *testscript.TestScript, user string) *mastodontest.Person {
	for _, p := range s.world.Household() {
		if p.User() == user {
			return p
		}
	}
	ts.Fatalf("nobody is called %s", user)
	return nil
}

// database is the address of the script's database.
func (s *stage) database(ts *testscript.TestScript) string {
	if s.address == "" {
		return "sqlite:" + ts.MkAbs("user/data/lama.db")
	}
	return s.address
}

// expectNoSecret looks for tokens and passwords in all that was printed, in every file but those that are to hold
// them, and in the database.
func (s *stage) expectNoSecret() {
	s.search("what was printed", s.printed.Bytes())
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "creds":
			return filepath.SkipDir
		case !d.Type().IsRegular(), d.Name() == "prefs.json", strings.HasSuffix(path, ".token"):
			return nil
		}
		content, err := os.ReadFile(path)
		s.search(path, content)
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
	if s.address != "" && !s.t.Skipped() {
		const tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
		for _, table := range storetest.Query(s.t, s.address, tables) {
			for _, row := range storetest.Query(s.t, s.address, "SELECT t::text FROM "+table[0]+" t") {
				s.search("the table "+table[0], []byte(row[0]))
			}
		}
	}
}

func (s *stage) search(where string, content []byte) {
	for n, secret := range s.secrets {
		if bytes.Contains(content, []byte(secret)) {
			s.t.Errorf("secret %d is in %s", n+1, where)
		}
	}
}

// process is a program that runs in the background.
type process struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	print bytes.Buffer
	news  chan struct{} // something was printed
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
	return p.print.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.print.String()
}

func start(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(args[1], args[2:]...)
	if path, err := exec.LookPath(args[1]); err == nil {
		cmd.Path = path
	}
	p := &process{cmd: cmd, news: make(chan struct{}, 1)}
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), p, p
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "TERM", "LAMA_DATABASE_URL"} {
		if value := ts.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() }) // where the script failed before the end
	stageOf(ts).started[args[0]] = p
}

func printed(ts *testscript.TestScript, _ bool, args []string) {
	p, late := stageOf(ts).started[args[0]], time.After(patience)
	for !strings.Contains(p.output(), args[1]) {
		select {
		case <-p.news:
		case <-late:
			ts.Fatalf("%s has not printed %q but %s", args[0], args[1], p.output())
		}
	}
}

func signal(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	ts.Check(stageOf(ts).started[args[0]].cmd.Process.Signal(signals[args[1]]))
}

// ends leaves the program's output for stdout to look at.
func ends(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	p := s.started[args[0]]
	code := codeOf(ts, p.cmd.Wait())
	s.keep(p.output())
	_, err := fmt.Fprint(ts.Stdout(), p.output())
	ts.Check(err)
	if strconv.Itoa(code) != args[1] {
		ts.Fatalf("%s: exit code %d, want %s", args[0], code, args[1])
	}
}
