package cli_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func household(t *testing.T) *home {
	h := newHome(t)
	h.write("user/prefs.json", `{
  "accounts": [
    {"username": "@alice", "instance": "https://example.org"},
    {"username": "bob", "instance": "http://nas.lan:3000/"} // at home
  ],
  "prefs": {
    "fetch_polls": false,
    "allow_private_hosts": ["nas.lan", "10.0.0.7"],
  }
}`)
	h.env["LAMA_DATABASE_URL"] = "postgres://lama:hunter2@db.lan/lama?sslpassword=hunter2"
	h.env["LAMA_RATE_SHARE"] = "0.5"
	return h
}

func TestConfig(t *testing.T) {
	got := household(t).run(nil, "--log-level", "debug", "config")
	golden(t, "config.golden.txt", regexp.MustCompile("  +").ReplaceAllString(got.stdout, "  ")) // DIR's length varies
	check(t, outcome{got.code, "", got.stderr}, outcome{})
}

func TestConfigJSON(t *testing.T) {
	got := household(t).run(nil, "config", "--json")
	golden(t, "config.golden.json", got.stdout)
	check(t, outcome{got.code, "", got.stderr}, outcome{})
	if !json.Valid([]byte(got.stdout)) || strings.Contains(got.stdout, "hunter2") {
		t.Error("not JSON, or not fit to be shown")
	}
}

// --config is heard before and after the command, the one after it first.
func TestConfigFlag(t *testing.T) {
	h := newHome(t)
	h.write("a.json", `{"accounts": [{"username": "alice", "instance": "a.org"}]}`)
	h.write("b.json", `{"accounts": [{"username": "bob", "instance": "b.org"}]}`)
	for line, want := range map[string]string{
		"--config a.json config":                 "file: DIR/a.json\n",
		"config --config=b.json":                 "file: DIR/b.json\n",
		"--config a.json config --config b.json": "file: DIR/b.json\n",
	} {
		if got := h.run(nil, strings.Fields(line)...); !strings.HasPrefix(got.stdout, want) {
			t.Errorf("%s: got %v", line, got)
		}
	}
}
