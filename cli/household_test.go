package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lama/archive"
	"lama/cli"
	"lama/creds"
	"lama/mastodon/mastodontest"
	"lama/store/pgtest"
)

// databases are the addresses of fresh databases, by name; household_sqlite_test.go adds its own.
var databases = map[string]func(t testing.TB) string{"postgres": pgtest.URL}

// house is a household on a fake fediverse, and the folder in which its archive is.
type house struct {
	t        *testing.T
	world    *mastodontest.World
	members  []*mastodontest.Person
	dir      string
	database string
	env      map[string]string
	network  *http.Transport // nil: the real one
	patience time.Duration   // with a database that goes away; 0: as in earnest
	tokens   []string
}

// newHouse serves a generated world on loopback and writes what a household would have: preferences and tokens.
func newHouse(t *testing.T, database string, seed uint64, hosts int, change func(*mastodontest.Mix)) *house {
	t.Helper()
	servers, err := mastodontest.Listen(hosts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(servers.Close)
	mix := mastodontest.Household(servers.Hosts()...)
	mix.Options = append(mix.Options, mastodontest.PlainHTTP)
	if change != nil {
		change(&mix)
	}
	world := mastodontest.Generate(seed, mix)
	servers.Serve(world)
	h := &house{t: t, world: world, members: world.Household(), dir: t.TempDir(), database: database, env: map[string]string{"LAMA_API_PACE": "1000000"}}
	h.authorise(h.members...)
	h.write(nil)
	return h
}

func (h *house) userDir() string { return filepath.Join(h.dir, "user") }

// authorise saves the tokens that `lama init` would get.
func (h *house) authorise(people ...*mastodontest.Person) {
	h.t.Helper()
	for _, p := range people {
		h.entrust(p, p.Token())
	}
}

// entrust saves a token as a person's, whoever's it is.
func (h *house) entrust(p *mastodontest.Person, token string) {
	h.t.Helper()
	h.keep(token)
	user := creds.User{Token: creds.NewToken(token), BaseURL: p.Instance().BaseURL()}
	if err := creds.In(h.userDir()).SaveUser(p.Account(), user); err != nil {
		h.t.Fatal(err)
	}
}

// forget removes a person's credentials.
func (h *house) forget(p *mastodontest.Person) {
	h.t.Helper()
	if err := creds.In(h.userDir()).Delete(p.Account()); err != nil {
		h.t.Fatal(err)
	}
}

// write writes prefs.json.
func (h *house) write(prefs map[string]any) {
	h.t.Helper()
	all := map[string]any{"allow_private_hosts": h.hosts()}
	for k, v := range prefs {
		all[k] = v
	}
	var accounts []map[string]string
	for _, p := range h.members {
		accounts = append(accounts, map[string]string{"username": "@" + p.User(), "instance": p.Instance().BaseURL() + "/"})
	}
	text, err := json.Marshal(map[string]any{"accounts": accounts, "prefs": all})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.userDir(), "prefs.json"), text, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) hosts() []string {
	var hosts []string
	for _, i := range h.world.Instances() {
		hosts = append(hosts, i.Host())
	}
	return hosts
}

// lama runs the command line and expects an exit code. It returns what was written to both streams.
func (h *house) lama(code int, args ...string) (stdout, stderr string) {
	h.t.Helper()
	got, stdout, stderr := h.exec(h.t.Context(), args...)
	if got != code {
		h.t.Fatalf("lama %v: exit code %d, want %d\n%s\n%s", args, got, code, stderr, tail(stdout))
	}
	return stdout, stderr
}

// exec runs the command line until it ends, or until the context does.
func (h *house) exec(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	h.t.Helper()
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		h.t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = cli.Run(ctx, append([]string{"lama"}, args...), cli.Environment{
		Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &errs, Dir: h.dir, Schema: string(schema), Transport: h.network,
		Patience: h.patience,
		Getenv: func(name string) string {
			if name == "LAMA_DATABASE_URL" {
				return h.database
			}
			return h.env[name]
		},
	})
	h.search("what was printed", out.Bytes())
	h.search("what was printed as an error", errs.Bytes())
	return code, out.String(), errs.String()
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

// limits are those of the default preferences.
var limits = archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100}
