package config_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A household is a folder to load from; its environment is empty unless a test sets it.
type household struct {
	dir string
	env map[string]string
}

func newHousehold(t *testing.T, files map[string]string) household {
	t.Helper()
	h := household{dir: t.TempDir(), env: map[string]string{}}
	for name, content := range files {
		path := filepath.Join(h.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h household) options() config.Options {
	return config.Options{Dir: h.dir, Getenv: func(name string) string { return h.env[name] }}
}

func (h household) load(t *testing.T) config.Config {
	t.Helper()
	c, err := config.Load(h.options())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// alice is a prefs.json with one account and the given members of prefs.
func alice(prefs string) string {
	return `{"accounts": [{"username": "alice", "instance": "https://example.org"}], "prefs": {` + prefs + `}}`
}

func TestDefaults(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": alice("")})
	c := h.load(t)
	type summary struct {
		File, UserDir, Database string
		Switches                []bool
		Numbers                 []any
		LogLevel                string
		Limits                  archive.Limits
	}
	got := summary{c.File, c.UserDir, c.Database.Secret(),
		[]bool{c.SaveJSON, c.FetchReblogs, c.FetchFavourites, c.FetchBookmarks, c.FetchMentions, c.FetchPolls,
			c.DownloadOwn, c.DownloadOthers},
		[]any{c.FetchLimit, c.LogHistoryLimit, c.MediaMaxBytes, c.MediaConcurrency, c.APIConcurrency, c.RateShare,
			c.MediaPace, c.APIPace, len(c.AllowPrivate)},
		c.LogLevel, c.Limits()}
	want := summary{filepath.Join(h.dir, "prefs.json"), filepath.Join(h.dir, "user"),
		"sqlite:" + filepath.Join(h.dir, "user", "data", "lama.db"),
		[]bool{true, true, true, true, true, true, true, true},
		[]any{0, 1000, int64(0), 8, 4, 0.75, 0, 0, 0}, "info",
		archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// LAMA 1.1's prefs.example.json, with comments and trailing commas besides.
func TestLAMAsOwnFile(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": "\ufeff" + `{
		"$schema": "./prefs.schema.json",
		// the household
		"accounts": [
			{"username": "@alice", "instance": "https://example.org/"},
			{"username": "bob", "instance": "http://127.0.0.1:3000"}, /* at home */
		],
		"prefs": {
			"user_dir": "./user", "save_json": 0, "fetch_reblogs": true, "fetch_favourites": false,
			"fetch_bookmarks": 1, "fetch_mentions": 1, "fetch_linked_posts": 0, "fetch_reply_parents": 1,
			"download_own_attachments": 1, "download_others_attachments": 0, "fetch_limit": 25,
			"recursion_limit": 7, "log_level": "debug", "log_history_limit": 0,
		},
	}`})
	c := h.load(t)
	want := []archive.Account{
		{User: "alice", Instance: "example.org", Scheme: "https"},
		{User: "bob", Instance: "127.0.0.1:3000", Scheme: "http"},
	}
	if diff := cmp.Diff(want, c.Accounts); diff != "" {
		t.Error(diff)
	}
	limits := archive.Limits{archive.ChainParent: 7, archive.ChainLink: 0, archive.ChainQuote: 7}
	if diff := cmp.Diff(limits, c.Limits()); diff != "" {
		t.Error(diff)
	}
	if c.SaveJSON || !c.FetchReblogs || c.FetchFavourites || c.DownloadOthers || c.FetchLimit != 0 ||
		c.LogLevel != "debug" || c.LogHistoryLimit != 0 {
		t.Errorf("unexpected %+v", c)
	}
}

func TestSearchOrder(t *testing.T) {
	// Each place is tried with all the later ones present too.
	places := []struct{ file, userDir string }{
		{"flag/any.json", "flag/user"},
		{"env/user/prefs.json", "env/user"},
		{"user/prefs.json", "user"},
		{"prefs.json", "user"},
		{"xdg/lama/prefs.json", "xdg/lama/user"},
	}
	for i, place := range places {
		t.Run(place.file, func(t *testing.T) {
			files := map[string]string{}
			for _, p := range places[i:] {
				files[p.file] = alice("")
			}
			h := newHousehold(t, files)
			h.env["XDG_CONFIG_HOME"] = filepath.Join(h.dir, "xdg")
			o := h.options()
			if i < 2 {
				h.env["LAMA_CONFIG"] = "env/user/prefs.json"
			}
			if i < 1 {
				o.Path = "flag/any.json"
			}
			c, err := config.Load(o)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{c.File, c.UserDir}
			want := []string{filepath.Join(h.dir, place.file), filepath.Join(h.dir, place.userDir)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHomeConfig(t *testing.T) {
	h := newHousehold(t, map[string]string{".config/lama/prefs.json": alice("")})
	h.env["HOME"], h.env["XDG_CONFIG_HOME"] = h.dir, "relative" // which does not count
	h.env["PWD"] = h.dir
	o := h.options()
	o.Dir = t.TempDir()
	c, err := config.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(h.dir, ".config", "lama", "prefs.json"); c.File != want {
		t.Errorf("got %s, want %s", c.File, want)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	for _, tc := range []struct{ file, want string }{
		{"prefs.json", "archive"},
		{"user/prefs.json", "archive"}, // LAMA's own layout: relative to the folder above
		{"user/other.json", "user/archive"},
		{"conf/prefs.json", "conf/archive"},
	} {
		h := newHousehold(t, map[string]string{tc.file: alice(`"user_dir": "archive", "database_url": "sqlite:my.db"`)})
		o := h.options()
		o.Path = filepath.Join(h.dir, tc.file)
		o.Dir = t.TempDir() // where it is called from does not matter
		c, err := config.Load(o)
		if err != nil {
			t.Fatal(err)
		}
		want := filepath.Join(h.dir, tc.want)
		got := []string{c.UserDir, c.Database.Secret()}
		if diff := cmp.Diff([]string{want, "sqlite:" + filepath.Join(filepath.Dir(want), "my.db")}, got); diff != "" {
			t.Errorf("%s: %s", tc.file, diff)
		}
	}
}

// The image of LAMA mounts user/ and perhaps prefs.json below /usr/src/app; user_dir is ignored there.
func TestDocker(t *testing.T) {
	for _, file := range []string{"usr/src/app/user/prefs.json", "usr/src/app/prefs.json"} {
		h := newHousehold(t, map[string]string{file: alice(`"user_dir": "/elsewhere"`)})
		h.env["DOCKER_MODE"], h.env["LAMA_USER_DIR"] = "1", "/elsewhere/too"
		o := h.options()
		o.Dir = filepath.Join(h.dir, "usr/src/app")
		c, err := config.Load(o)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(o.Dir, "user"); c.UserDir != want {
			t.Errorf("%s: user_dir is %s, want %s", file, c.UserDir, want)
		}
		if got := c.Values()[0].Source; got != "DOCKER_MODE" {
			t.Errorf("source is %q", got)
		}
	}
}

func TestPrecedenceAndSources(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": alice("\n" + `"save_json": 0,
		"recursion_limit": 5, "log_level": "debug",
		"fetch_polls": 0`)})
	h.env["LAMA_RECURSION_LIMIT"] = "6"
	h.env["LAMA_LOG_LEVEL"] = "warning"
	h.env["LAMA_FETCH_POLLS"] = "" // compose files set empty variables: not given
	h.env["LAMA_ALLOW_PRIVATE_HOSTS"] = "NAS.lan, 10.0.0.7"
	o := h.options()
	o.Flags = map[string]string{"log_level": "critical"}
	c, err := config.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, v := range c.Values() {
		if v.Source != "default" {
			got[v.Key] = fmt.Sprintf("%v from %s", v.Value, strings.TrimPrefix(v.Source, h.dir))
		}
	}
	want := map[string]string{
		"save_json":           "false from /prefs.json:2",
		"recursion_limit":     "6 from LAMA_RECURSION_LIMIT",
		"log_level":           "critical from --log-level",
		"fetch_polls":         "false from /prefs.json:4",
		"allow_private_hosts": "[nas.lan 10.0.0.7] from LAMA_ALLOW_PRIVATE_HOSTS",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPasswordIsNeverShown(t *testing.T) {
	const secret = "postgres://lama:hunter2@db.lan/lama?sslmode=disable&password=hunter2"
	h := newHousehold(t, map[string]string{"prefs.json": alice("")})
	h.env["LAMA_DATABASE_URL"] = secret
	c := h.load(t)
	if c.Database.Secret() != secret {
		t.Fatalf("the driver got %q", c.Database.Secret())
	}
	type hidden struct{ u config.DatabaseURL }
	var log strings.Builder
	logger := zerolog.New(&log)
	logger.Info().Interface("config", c).Interface("url", c.Database).Stringer("s", c.Database).Send()
	asJSON, err := json.Marshal([]any{c, c.Values(), c.Database})
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %v %+v", c, c, c, c.Database, c.Database, c.Database, c.Values(),
		hidden{c.Database}) + log.String() + string(asJSON)
	if strings.Contains(shown, "hunter2") {
		t.Errorf("the password is shown: %s", shown)
	}
	if !strings.Contains(shown, "lama:xxxxx@db.lan/lama") {
		t.Errorf("the database is not shown: %s", shown)
	}
}

func TestWrite(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": alice(`"user_dir": "in/the/way"`), "in/the": "a file"})
	h.load(t) // reading needs no rights
	o := h.options()
	o.Write = true
	_, err := config.Load(o)
	checkError(t, err, "DIR/prefs.json:1: user_dir DIR/in/the/way can't be written: stat DIR/in/the/way: not a directory",
		h.dir)

	h = newHousehold(t, map[string]string{"prefs.json": alice("")})
	o = h.options()
	o.Write = true
	if _, err := config.Load(o); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(h.dir); len(entries) != 1 {
		t.Errorf("the check left something: %v", entries)
	}
	if runtime.GOOS == "linux" {
		h.env["LAMA_USER_DIR"] = "/proc/lama"
		_, err = config.Load(o)
		if err == nil || !strings.HasPrefix(err.Error(), "LAMA_USER_DIR: user_dir /proc/lama can't be written") {
			t.Errorf("got %v", err)
		}
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	a, err := config.ParseAccount("@alice@http://127.0.0.1:3000")
	if err != nil {
		t.Fatal(err)
	}
	path, err := config.Create(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	c := household{dir: dir}.load(t)
	if c.File != path || len(c.Accounts) != 1 || c.Accounts[0] != a {
		t.Errorf("%s gives %v, want %v", path, c.Accounts, a)
	}
	if _, err := config.Create(dir, a); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second file: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	golden := filepath.Join("testdata", "keys.golden.md")
	got := config.Markdown()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// No file and no variable, however odd, brings the loader down, and every refusal is an *Error.
func TestAnyFile(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": ""})
	word := rapid.SampledFrom([]string{`{`, `}`, `[`, `]`, `,`, `:`, `"accounts"`, `"prefs"`, `"username"`, `"instance"`,
		`"alice"`, `"x.org"`, `"save_json"`, `"database_url"`, `null`, `1`, `true`, `// c` + "\n", `"\ud800"`, "\x00"})
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOf(word).Draw(t, "words"), " ")
		if rapid.Bool().Draw(t, "framed") {
			src = alice(src)
		}
		if err := os.WriteFile(filepath.Join(h.dir, "prefs.json"), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(h.options())
		var refused *config.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%q: %T %v", src, err, err)
		}
	})
}

// systemd hands the database's address over in a file: it goes before prefs.json, and the environment before it.
func TestHandedAddress(t *testing.T) {
	const inFile, handed = `"database_url": "postgres://lama:one@db.lan/lama"`, "postgres://lama@db.lan/lama?password=two"
	h := newHousehold(t, map[string]string{"prefs.json": alice(inFile), "handed/database_url": handed + "\n"})
	folder := filepath.Join(h.dir, "handed")
	for _, c := range []struct {
		folder, env string
		passwords   []string
		inFile      bool
	}{
		{"", "", []string{"one"}, true},
		{h.dir, "", []string{"one"}, true}, // which has no such file
		{folder, "", []string{"two"}, false},
		{folder, "sqlite:x.db", nil, false},
		{"", "postgres://db.lan/lama", nil, false},
	} {
		h.env = map[string]string{"CREDENTIALS_DIRECTORY": c.folder, "LAMA_DATABASE_URL": c.env}
		got := h.load(t)
		if !slices.Equal(got.Database.Passwords(), c.passwords) || got.PasswordInFile() != c.inFile {
			t.Errorf("%+v: got %q, %v", c, got.Database.Passwords(), got.PasswordInFile())
		}
	}
	h.env = map[string]string{"CREDENTIALS_DIRECTORY": folder}
	if err := os.WriteFile(filepath.Join(folder, "database_url"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(h.options())
	if refused := new(config.Error); !errors.As(err, &refused) || refused.Where != filepath.Join(folder, "database_url") {
		t.Errorf("got %v", err)
	}
}
