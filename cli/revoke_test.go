package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (h *home) credentials() []string {
	var names []string
	entries, _ := os.ReadDir(filepath.Join(h.dir, "user/creds"))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestRevoke(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice", "bob")
	h.browser = visit(t)
	if got := h.run(s, "init", "--account", "alice@"+s.host()); got.code != 0 {
		t.Fatal(got)
	}
	h.write("user/data/lama.db", "the archive")
	check(t, h.run(s, "revoke", "@Alice@"+s.host()), outcome{0, "alice@HOST: the token is given back\n" +
		"alice@HOST: the credentials are deleted; the archive in DIR/user stays\n", ""})
	if len(s.tokens) != 0 || h.credentials() != nil || h.read("user/data/lama.db") != "the archive" {
		t.Errorf("tokens %v, credentials %v", s.tokens, h.credentials())
	}
	check(t, h.run(s, "revoke", "alice@"+s.host()), outcome{0, "alice@HOST: there is no token to give back\n" +
		"alice@HOST: the credentials are deleted; the archive in DIR/user stays\n", ""})
}

// Old files of LAMA hold the token alone; the app's secret is in the other one. And prefs.json may have been
// changed first.
func TestRevokeLAMAs(t *testing.T) {
	s := newServer(t, "alice")
	s.apps["lamas"], s.tokens["lamas token"] = registered{}, "alice"
	h := newHome(t)
	h.configure(s, "bob")
	h.write("user/creds/"+s.safe("alice")+"_clientcred.secret", "lamas\nsecret of lamas\n")
	h.write("user/creds/"+s.safe("alice")+"_usercred.secret", "lamas token")
	if got := h.run(s, "revoke", "alice@"+s.URL); got.code != 0 || len(s.tokens) != 0 || h.credentials() != nil {
		t.Errorf("got %v; tokens %v, credentials %v", got, s.tokens, h.credentials())
	}
}

func TestRevokeByHand(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	h.write("user/creds/"+s.safe("alice")+"_usercred.secret", "made by hand\n")
	check(t, h.run(s, "revoke", "alice@"+s.host()), outcome{0, "alice@HOST: this token was made by hand and can only be " +
		"taken back by hand, in the settings at http://HOST\n" +
		"alice@HOST: the credentials are deleted; the archive in DIR/user stays\n", ""})
}

// What could not be given back is kept.
func TestRevokeRefused(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	h.write("user/creds/"+s.safe("alice")+"_usercred.secret", "token\n"+s.URL+"\nunknown\nsesame\n")
	check(t, h.run(s, "revoke", "alice@"+s.host()), outcome{1, "", "lama: alice@HOST: revoke the token: HOST answered " +
		"403 Forbidden (unauthorized_client); the credentials are kept; where the server is gone, remove " +
		"DIR/user/creds/alice_SAFE_usercred.secret and DIR/user/creds/alice_SAFE_clientcred.secret\n"})
	if diff := cmp.Diff([]string{s.safe("alice") + "_usercred.secret"}, h.credentials()); diff != "" {
		t.Error(diff)
	}
}
