package config_test

import (
	"errors"
	"strings"
	"testing"

	"lama/config"
)

// checkError compares the whole text of a refusal, the folder written as DIR.
func checkError(t *testing.T, err error, want, dir string) {
	t.Helper()
	var refused *config.Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	accounts := func(s string) string { return "{\"accounts\": [\n" + s + "\n]}" }
	const noAccount = `DIR/prefs.json: no account: add {"username": "…", "instance": "https://…"} to "accounts"`
	for name, tc := range map[string]struct{ src, want string }{
		"unknown key": {alice("\n" + `"fetch_favorites": 1`),
			`DIR/prefs.json:2: unknown key "fetch_favorites" in prefs: the nearest valid key is "fetch_favourites"`},
		"unknown key at the top": {`{"acounts": []}`,
			`DIR/prefs.json:1: unknown key "acounts" in the file: the nearest valid key is "accounts"`},
		"key at the wrong place": {`{"user_dir": "x"}`, `DIR/prefs.json:1: key "user_dir" belongs into "prefs"`},
		"unknown key in an account": {accounts(`{"user": "alice"}`),
			`DIR/prefs.json:2: unknown key "user" in an account: the nearest valid key is "username"`},
		"duplicate": {alice("\"save_json\": 1,\n\"save_json\": 0"),
			`DIR/prefs.json:2: key "save_json" is given twice`},
		"duplicate, escaped": {alice("\"save_json\": 1,\n\"save\\u005fjson\": 0"),
			`DIR/prefs.json:2: key "save_json" is given twice`},
		"switch": {alice(`"save_json": 2`),
			`DIR/prefs.json:1: save_json must be 0 or 1 (or false or true), not 2`},
		"switch as text": {alice(`"save_json": "1"`),
			`DIR/prefs.json:1: save_json must be 0 or 1 (or false or true), not "1"`},
		"null": {alice(`"save_json": null`),
			`DIR/prefs.json:1: save_json must be 0 or 1 (or false or true), not null`},
		"number as text": {alice(`"recursion_limit": "5"`),
			`DIR/prefs.json:1: recursion_limit must be a whole number from 0 to 1000000, not "5"`},
		"fraction": {alice(`"recursion_limit": 1.5`),
			`DIR/prefs.json:1: recursion_limit must be a whole number from 0 to 1000000, not 1.5`},
		"negative": {alice(`"media_max_bytes": -1`),
			`DIR/prefs.json:1: media_max_bytes must be a whole number from 0 to 1125899906842624, not -1`},
		"no worker": {alice(`"api_concurrency": 0`),
			`DIR/prefs.json:1: api_concurrency must be a whole number from 1 to 16, not 0`},
		"share": {alice(`"rate_share": 1.1`),
			`DIR/prefs.json:1: rate_share must be a number above 0, up to 1, not 1.1`},
		"level": {alice(`"log_level": "warn"`), `DIR/prefs.json:1: log_level must be one of debug, info, warning, ` +
			`critical, not "warn": the nearest is "warning"`},
		"folder": {alice(`"user_dir": 5`), `DIR/prefs.json:1: user_dir must be text, not 5`},
		"list": {alice(`"allow_private_hosts": "nas"`),
			`DIR/prefs.json:1: allow_private_hosts must be a list of hosts, not "nas"`},
		"list of addresses": {alice(`"allow_private_hosts": ["http://nas/"]`), `DIR/prefs.json:1: allow_private_hosts ` +
			`must be a list of hosts, without scheme or path; "http://nas/" is none`},
		"database": {alice(`"database_url": "mysql://root:hunter2@db"`), `DIR/prefs.json:1: database_url must be ` +
			`postgres://user:password@host/database or sqlite:path (what stands there is not shown: it may hold a password)`},
		"prefs": {`{"prefs": []}`, `DIR/prefs.json:1: prefs must be an object, not a list`},
		"file":  {`[]`, `DIR/prefs.json:1: the file must be an object, not a list`},
		"syntax": {"{\n\"prefs\": {\"database_url\": \"hunter2\\q\"}}",
			`DIR/prefs.json: is not JSON: line 2, column 27`},
		"empty":          {"", "DIR/prefs.json: is not JSON: line 1, column 1"},
		"no accounts":    {`{}`, noAccount},
		"empty accounts": {`{"accounts": []}`, noAccount},
		"accounts' type": {`{"accounts": "alice"}`, `DIR/prefs.json:1: accounts must be a list, not "alice"`},
		"account's type": {accounts(`"alice"`), `DIR/prefs.json:2: an account must be an object, not "alice"`},
		"no instance":    {accounts(`{"username": "alice"}`), `DIR/prefs.json:2: an account has no "instance"`},
		"username's type": {accounts(`{"username": 1, "instance": "x.org"}`),
			`DIR/prefs.json:2: username must be text, not 1`},
		"whole handle": {accounts(`{"username": "@alice@x.org", "instance": "x.org"}`),
			`DIR/prefs.json:2: username "alice@x.org" must be the name alone, as in "alice"`},
		"instance with path": {accounts(`{"username": "alice", "instance": "https://x.org/@alice"}`),
			`DIR/prefs.json:2: instance "https://x.org/@alice" must be a host, as in "https://example.org": ` +
				`nothing may follow or precede the host but a port`},
		"instance's scheme": {accounts(`{"username": "alice", "instance": "ftp://x.org"}`),
			`DIR/prefs.json:2: instance "ftp://x.org" must be a host, as in "https://example.org": ` +
				`its scheme must be https or http`},
		"instance's port": {accounts(`{"username": "alice", "instance": "x.org:70000"}`),
			`DIR/prefs.json:2: instance "x.org:70000" must be a host, as in "https://example.org": its port is none`},
		"instance's name": {accounts(`{"username": "alice", "instance": "x y.org"}`),
			`DIR/prefs.json:2: instance "x y.org" must be a host, as in "https://example.org": it is no address`},
		"twice": {accounts(`{"username": "alice", "instance": "x.org"},` + "\n" +
			`{"username": "Alice", "instance": "https://X.org"}`),
			`DIR/prefs.json:3: account Alice@x.org is listed twice`},
		"same file names": {accounts(`{"username": "foo_bar", "instance": "x.org"},` + "\n" +
			`{"username": "FooBar", "instance": "x.org"}`),
			`DIR/prefs.json:3: accounts foo_bar@x.org and FooBar@x.org would share the credentials FooBar_xorg_*.secret: ` +
				`give one of them a prefs.json and a user_dir of its own`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHousehold(t, map[string]string{"prefs.json": tc.src})
			_, err := config.Load(h.options())
			checkError(t, err, tc.want, h.dir)
		})
	}
}

func TestRefusedEnvironment(t *testing.T) {
	for name, tc := range map[string]struct{ value, want string }{
		"LAMA_SAVE_JSON":  {"yes", `LAMA_SAVE_JSON: save_json must be 0 or 1 (or false or true), not "yes"`},
		"LAMA_RATE_SHARE": {"NaN", `LAMA_RATE_SHARE: rate_share must be a number above 0, up to 1, not "NaN"`},
		"LAMA_DATABASE_URL": {"hunter2", `LAMA_DATABASE_URL: database_url must be ` +
			`postgres://user:password@host/database or sqlite:path (what stands there is not shown: it may hold a password)`},
		"LAMA_CONFIG": {"gone.json", `LAMA_CONFIG: open DIR/gone.json: no such file or directory`},
	} {
		h := newHousehold(t, map[string]string{"prefs.json": alice("")})
		h.env[name] = tc.value
		_, err := config.Load(h.options())
		checkError(t, err, tc.want, h.dir)
	}
}

func TestRefusedFlags(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": alice("")})
	o := h.options()
	o.Flags = map[string]string{"log_level": "loud"}
	_, err := config.Load(o)
	checkError(t, err, `--log-level: log_level must be one of debug, info, warning, critical, not "loud": `+
		`the nearest is "debug"`, h.dir)

	o = h.options()
	o.Path = "gone.json"
	_, err = config.Load(o)
	checkError(t, err, "--config: open DIR/gone.json: no such file or directory", h.dir)
	if errors.Is(err, config.ErrNoFile) {
		t.Error("a file that was asked for by name is not one to be written unasked")
	}
}

func TestNoFile(t *testing.T) {
	h := newHousehold(t, nil)
	h.env["HOME"] = h.dir
	_, err := config.Load(h.options())
	if !errors.Is(err, config.ErrNoFile) {
		t.Error("not ErrNoFile")
	}
	checkError(t, err, "prefs.json: no prefs.json in DIR/user/prefs.json, DIR/prefs.json, "+
		"DIR/.config/lama/prefs.json, /etc/lama/prefs.json: `lama init --account user@host` writes one", h.dir)
}

func TestAccount(t *testing.T) {
	h := newHousehold(t, map[string]string{"prefs.json": alice("")})
	c := h.load(t)
	for _, name := range []string{"alice@example.org", "@Alice@EXAMPLE.org", "alice@https://example.org/"} {
		if a, err := c.Account(name); err != nil || a.Name() != "alice@example.org" {
			t.Errorf("%s: got %v, %v", name, a, err)
		}
	}
	_, err := c.Account("alice@exmple.org")
	checkError(t, err, "--account: alice@exmple.org is not among the accounts of DIR/prefs.json: "+
		"the nearest is alice@example.org", h.dir)
	_, err = c.Account("alice")
	checkError(t, err, `--account: "alice" must be user@host`, h.dir)
}

func TestParseAccount(t *testing.T) {
	for in, want := range map[string]string{
		"alice@example.org":           "https://example.org alice@example.org",
		"@alice@Example.ORG":          "https://example.org alice@example.org",
		"alice@http://localhost:3000": "http://localhost:3000 alice@localhost:3000",
		"alice@bücher.example":        "https://xn--bcher-kva.example alice@xn--bcher-kva.example",
		"a.l-i_ce@[::1]:3000":         "https://[::1]:3000 a.l-i_ce@[::1]:3000",
	} {
		a, err := config.ParseAccount(in)
		if got := a.BaseURL() + " " + a.Name(); err != nil || got != want {
			t.Errorf("%s: got %s, %v", in, got, err)
		}
	}
}
