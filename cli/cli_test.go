package cli_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/cli"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMain lets the test binary be the program: completion needs a process.
func TestMain(m *testing.M) {
	if os.Getenv("LAMA_TEST_AS_PROGRAM") != "" {
		os.Exit(cli.Run(context.Background(), os.Args, cli.Environment{Stdin: os.Stdin, Stdout: os.Stdout,
			Stderr: os.Stderr, Getenv: os.Getenv, Dir: ".", Schema: os.Getenv("LAMA_TEST_SCHEMA"), Imported: dieAtImport()}))
	}
	os.Exit(m.Run())
}

// A home is where a person runs the program. Its environment is empty.
type home struct {
	t       *testing.T
	dir     string
	env     map[string]string
	stdin   io.Reader
	browser func(string) error
	stdout  func(string) // is told what is printed; may be nil
}

func newHome(t *testing.T) *home {
	return &home{t: t, dir: t.TempDir(), env: map[string]string{}, stdin: strings.NewReader("")}
}

// outcome is what a person sees; addresses, folders and random parts have names.
type outcome struct {
	code           int
	stdout, stderr string
}

var query = regexp.MustCompile(`/oauth/authorize\?\S+`)

func (h *home) run(servers *server, args ...string) outcome {
	h.t.Helper()
	var stderr strings.Builder
	stdout := screen{watch: h.stdout}
	code := cli.Run(h.t.Context(), append([]string{"lama"}, args...), cli.Environment{
		Stdin: h.stdin, Stdout: &stdout, Stderr: &stderr, Dir: h.dir, OpenBrowser: h.browser,
		Getenv: func(name string) string { return h.env[name] },
	})
	clean := func(s string) string {
		if servers != nil {
			s = strings.ReplaceAll(s, servers.host(), "HOST")
			s = strings.ReplaceAll(s, strings.TrimPrefix(servers.safe(""), "_"), "SAFE")
		}
		return query.ReplaceAllString(strings.ReplaceAll(s, h.dir, "DIR"), "/oauth/authorize?…")
	}
	return outcome{code, clean(stdout.String()), clean(stderr.String())}
}

func (h *home) write(name, content string) {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *home) read(name string) string {
	h.t.Helper()
	b, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

// configure writes a prefs.json with accounts of one server.
func (h *home) configure(s *server, users ...string) {
	var accounts []string
	for _, u := range users {
		accounts = append(accounts, fmt.Sprintf(`{"username": %q, "instance": %q}`, u, s.URL))
	}
	h.write("user/prefs.json", `{"accounts": [`+strings.Join(accounts, ", ")+`]}`)
}

func check(t *testing.T, got, want outcome) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Error(diff)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestUsage(t *testing.T) {
	const prefs = `{"accounts": [{"username": "alice", "instance": "example.org"}]}`
	const notConfigured = "lama: --account: bob@x.de is not among the accounts of DIR/prefs.json: " +
		"the nearest is alice@example.org\n"
	for line, want := range map[string]outcome{
		"inti":                    {2, "", "lama: unknown command inti: the nearest is init (see lama --help)\n"},
		"--acount a@b":            {2, "", "lama: unknown flag --acount: the nearest is --account (see lama --help)\n"},
		"init --nobrowser":        {2, "", "lama: unknown flag --nobrowser: the nearest is --no-browser (see lama --help)\n"},
		"init --account":          {2, "", "lama: flag needs an argument: -account\n"},
		"init alice@example.org":  {2, "", "lama: usage: lama init [options]\n"},
		"init --account bob@x.de": {2, "", notConfigured},
		"init --config gone.json": {2, "", "lama: --config: open DIR/gone.json: no such file or directory\n"},
		"revoke":                  {2, "", "lama: usage: lama revoke [options] user@host\n"},
		"revoke bob@x.de":         {2, "", notConfigured},
		"revoke a@b --config x":   {2, "", "lama: flags stand before the arguments: lama revoke --config …\n"},
		"config --json=maybe":     {2, "", "lama: invalid boolean value \"maybe\" for -json: parse error\n"},
		"completion tcsh":         {2, "", "lama: unknown shell tcsh: the nearest is bash (see lama --help)\n"},
		"help inti":               {2, "", "lama: unknown command inti: the nearest is init (see lama --help)\n"},
	} {
		t.Run(line, func(t *testing.T) {
			h := newHome(t)
			h.write("prefs.json", prefs)
			check(t, h.run(nil, strings.Fields(line)...), want)
			if entries, _ := os.ReadDir(h.dir); len(entries) != 1 {
				t.Errorf("something was touched: %v", entries)
			}
		})
	}
}

func TestWithoutFile(t *testing.T) {
	for _, command := range []string{"init", "config", "revoke a@b.de"} {
		got := newHome(t).run(nil, strings.Fields(command)...)
		check(t, got, outcome{2, "", "lama: prefs.json: no prefs.json in DIR/user/prefs.json, DIR/prefs.json, " +
			"/etc/lama/prefs.json: `lama init --account user@host` writes one\n"})
	}
}

func TestHelp(t *testing.T) {
	got := newHome(t).run(nil, "--help")
	if got.code != 0 || !strings.HasSuffix(got.stdout, "\nEXIT CODES:\n"+cli.ExitCodes()) {
		t.Errorf("got %d: %s", got.code, got.stdout)
	}
	if again := newHome(t).run(nil, "help"); again != got {
		t.Errorf("`lama help` shows something else: %s", again.stdout)
	}
	if one := newHome(t).run(nil, "help", "init"); !strings.Contains(one.stdout, "--token-stdin") || one.code != 0 {
		t.Errorf("got %v", one)
	}
	for part := range strings.FieldsSeq("init revoke config completion --account --config --log-level --log-format") {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("the help does not name %s:\n%s", part, got.stdout)
		}
	}
}

func TestVersion(t *testing.T) {
	got := newHome(t).run(nil, "--version")
	if !regexp.MustCompile(`^lama version \S+ \(.*go1\.\d+.*\)\n$`).MatchString(got.stdout) || got.code != 0 {
		t.Errorf("got %d: %q", got.code, got.stdout)
	}
}

// A signal while the program waits for a person ends it with the code that shells know.
func TestSignals(t *testing.T) {
	for signal, want := range map[syscall.Signal]outcome{
		syscall.SIGINT:  {130, "", "lama: interrupted (interrupt): the next run goes on where this one stopped\n"},
		syscall.SIGTERM: {143, "", "lama: interrupted (terminated): the next run goes on where this one stopped\n"},
	} {
		s := newServer(t, "alice")
		h := newHome(t)
		h.configure(s, "alice")
		in, w := io.Pipe()
		defer w.Close()
		h.stdin = readerFunc(func(p []byte) (int, error) { // it is asked for the code: now
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Signal(signal)
			}
			return in.Read(p)
		})
		got := h.run(s, "init", "--no-browser")
		got.stdout = ""
		check(t, got, want)
	}
}

// screen keeps what is printed, and shows it to who watches.
type screen struct {
	strings.Builder
	watch func(string)
}

func (s *screen) Write(p []byte) (int, error) {
	if s.watch != nil {
		s.watch(string(p))
	}
	return s.Builder.Write(p)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// What servers say reaches a terminal without its control characters.
func TestHostileNames(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	s.tokens["token"] = "\x1b[2Jm\u202eallory\n" + strings.Repeat("x", 300)
	h.stdin = strings.NewReader("token\n")
	got := h.run(s, "init", "--token-stdin")
	want := "alice@HOST: not authorised: wrong user: the token belongs to \"�[2Jm�allory�" +
		strings.Repeat("x", 87) + "…\" on HOST, not to \"alice\"\nlama: 1 of 1 accounts could not be authorised\n"
	check(t, got, outcome{3, "", want})
}
