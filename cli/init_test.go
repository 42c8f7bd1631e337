package cli_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// visit is a browser: it follows the server's redirect to the program.
func visit(t *testing.T) func(string) error {
	return func(address string) error {
		go func() { // a browser is not waited for
			resp, err := http.Get(address)
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		}()
		return nil
	}
}

// person opens the address that is printed and pastes the code that the server shows.
func person(t *testing.T, h *home, s *server) {
	in, out := io.Pipe()
	h.stdin = in
	h.browser = func(string) error { t.Error("a browser was opened"); return nil }
	addresses := make(chan string, 1)
	go func() {
		resp, err := http.Get(<-addresses)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		code, _ := io.ReadAll(resp.Body)
		_, _ = out.Write(append(code, '\n'))
	}()
	h.stdout = func(printed string) {
		if i := strings.Index(printed, s.URL+"/oauth/authorize?"); i >= 0 {
			addresses <- strings.Fields(printed[i:])[0]
		}
	}
}

const granular = "read:accounts read:statuses read:favourites read:bookmarks read:notifications read:search " +
	"read:lists read:follows read:blocks read:mutes read:filters"

const inBrowser = "alice@HOST: allow the app in your browser. If none has opened, open this address on this machine, " +
	"or end with Ctrl-C and use --no-browser:\n\n  http://HOST/oauth/authorize?…\n\n"

const byPaste = "alice@HOST: open this address in a browser, log in as alice and allow the app:\n\n" +
	"  http://HOST/oauth/authorize?…\n\nPaste the code that is shown there: "

const authorised = "alice@HOST: authorised; the token is in DIR/user/creds/alice_SAFE_usercred.secret\n"

const ready = "ready: `lama` archives what is new\n"

func TestInitInBrowser(t *testing.T) {
	s := newServer(t, "Alice") // whatever the case
	h := newHome(t)
	h.configure(s, "alice")
	h.browser = visit(t)
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: registered the app with http://HOST, to read only (" + granular +
		")\n" + inBrowser + authorised + ready, ""})

	client := strings.Split(h.read("user/creds/"+s.safe("alice")+"_clientcred.secret"), "\n")
	if diff := cmp.Diff([]string{"id0", "secret of id0", s.URL, "LAMA"}, client[:4]); diff != "" {
		t.Error(diff)
	}
	token := h.read("user/creds/" + s.safe("alice") + "_usercred.secret")
	if diff := cmp.Diff("tokenAlice\n"+s.URL+"\nid0\nsecret of id0\n", token); diff != "" {
		t.Error(diff)
	}
	if got := s.apps["id0"].redirects; len(got) != 4 || got[3] != "urn:ietf:wg:oauth:2.0:oob" {
		t.Errorf("registered for %q", got)
	}

	// The second run has nothing to do but to see that the token works.
	s.requests = nil
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: already authorised\n" + ready, ""})
	if diff := cmp.Diff([]string{"GET /api/v1/accounts/verify_credentials"}, s.requests); diff != "" {
		t.Error(diff)
	}

	// A token that was taken back is replaced, with the app that is registered.
	clear(s.tokens)
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: the server no longer accepts the token in " +
		"DIR/user/creds/alice_SAFE_usercred.secret\nalice@HOST: the app was registered before\n" +
		inBrowser + authorised + ready, ""})
	if len(s.apps) != 1 {
		t.Errorf("%d apps were registered", len(s.apps))
	}
}

func TestInitByPaste(t *testing.T) {
	for name, prepare := range map[string]func(*home) []string{
		"--no-browser": func(*home) []string { return []string{"init", "--no-browser"} },
		"Docker":       func(h *home) []string { h.env["DOCKER_MODE"] = "1"; return []string{"init"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, "alice")
			h := newHome(t)
			h.configure(s, "alice")
			person(t, h, s)
			got := h.run(s, prepare(h)...)
			check(t, got, outcome{0, "alice@HOST: registered the app with http://HOST, to read only (" + granular + ")\n" +
				byPaste + authorised + ready, ""})
		})
	}
}

// LAMA registered for pasted codes and `read`; the person authorises it anew without registering anew.
func TestInitWithLAMAsApp(t *testing.T) {
	s := newServer(t, "alice")
	s.apps["lamas"] = registered{[]string{"read"}, []string{"urn:ietf:wg:oauth:2.0:oob"}}
	h := newHome(t)
	h.configure(s, "alice")
	h.write("user/creds/"+s.safe("alice")+"_clientcred.secret", "lamas\nsecret of lamas\n"+s.URL+"\nLAMA\n")
	person(t, h, s)
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: the app was registered before\n" + byPaste + authorised + ready,
		""})
}

// LAMA's files are all that is needed.
func TestInitWithLAMAsToken(t *testing.T) {
	s := newServer(t, "alice")
	s.tokens["lamas"] = "alice"
	h := newHome(t)
	h.configure(s, "alice")
	h.write("user/creds/"+s.safe("alice")+"_usercred.secret", "lamas\n"+s.URL+"\nid\nsecret\n")
	if err := os.Chmod(filepath.Join(h.dir, "user/creds"), 0o755); err != nil {
		t.Fatal(err)
	}
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: already authorised\n" + ready,
		"alice@HOST: DIR/user/creds is open to other users of this machine (0755): chmod 700 DIR/user/creds\n"})
}

func TestInitWithPlainScope(t *testing.T) {
	s := newServer(t, "alice")
	s.plainOnly = true
	h := newHome(t)
	h.configure(s, "alice")
	h.browser = visit(t)
	check(t, h.run(s, "init"), outcome{0, "alice@HOST: registered the app with http://HOST, to read only (read)\n" +
		inBrowser + authorised + ready, ""})
}

func TestInitWritesPrefs(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.browser = visit(t)
	account := "alice@" + s.URL
	check(t, h.run(s, "init", "--account", account), outcome{0, "DIR/user/prefs.json: written\n" +
		"alice@HOST: registered the app with http://HOST, to read only (" + granular + ")\n" + inBrowser +
		authorised + ready, ""})
	if got := h.run(s, "config"); got.code != 0 || !strings.Contains(got.stdout, "account: alice@HOST at http://HOST\n") {
		t.Errorf("got %v", got)
	}

	// With a server that does not answer, nothing is left to stand in the way of the next try.
	h = newHome(t)
	s.Close()
	got := h.run(s, "init", "--account", account)
	if _, err := os.Stat(filepath.Join(h.dir, "user/prefs.json")); !os.IsNotExist(err) || got.code != 3 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestInitDenied(t *testing.T) {
	s := newServer(t, "alice")
	s.deny = true
	h := newHome(t)
	h.configure(s, "alice")
	h.browser = visit(t)
	got := h.run(s, "init")
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: the authorisation was " +
		"denied in the browser\nlama: 1 of 1 accounts could not be authorised\n"})
}

// The others are authorised all the same.
func TestInitWrongUser(t *testing.T) {
	s := newServer(t, "bob")
	h := newHome(t)
	h.configure(s, "alice", "bob")
	h.browser = visit(t)
	got := h.run(s, "init")
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: wrong user: the token " +
		"belongs to \"bob\" on HOST, not to \"alice\": log in as alice in the browser, or use a private window, and run " +
		"`lama init` again\nlama: 1 of 2 accounts could not be authorised\n"})
	if _, err := os.Stat(filepath.Join(h.dir, "user/creds", s.safe("alice")+"_usercred.secret")); !os.IsNotExist(err) {
		t.Errorf("bob's token was kept as alice's: %v", err)
	}
	if diff := cmp.Diff(map[string]string{"tokenbob": "bob"}, s.tokens); diff != "" {
		t.Error(diff)
	}
	if i := slices.Index(s.requests, "POST /oauth/revoke"); i < 0 {
		t.Error("the token that nobody can use was not given back")
	}

	h.write("user/creds/"+s.safe("alice")+"_usercred.secret", "tokenbob\n")
	got = h.run(s, "init", "--account", "alice@"+s.URL)
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: wrong user: the token " +
		"belongs to \"bob\" on HOST, not to \"alice\": mend the username in prefs.json, or remove " +
		"DIR/user/creds/alice_SAFE_usercred.secret\nlama: 1 of 1 accounts could not be authorised\n"})
}

// Any page can send a browser to the program; only the server knows the state.
func TestInitForgedAnswers(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	statuses := make(chan []int, 1)
	h.browser = func(address string) error {
		go func() {
			statuses <- forge(t, address)
			_ = visit(t)(address)
		}()
		return nil
	}
	if o := h.run(s, "init"); o.code != 0 {
		t.Errorf("got %v", o)
	}
	if diff := cmp.Diff([]int{400, 400, 400, 400, 404, 404, 404}, <-statuses); diff != "" {
		t.Error(diff)
	}
}

// forge sends answers that are not the server's, and returns the status of each.
func forge(t *testing.T, address string) []int {
	u, err := url.Parse(address)
	if err != nil {
		t.Error(err)
	}
	redirect, state := u.Query().Get("redirect_uri"), u.Query().Get("state")
	other := strings.TrimSuffix(redirect, "/callback")
	good := redirect + "?code=evil&state=" + state
	return []int{
		status(t, http.MethodGet, redirect+"?code=evil", ""),
		status(t, http.MethodGet, redirect+"?code=evil&state=x", ""),
		status(t, http.MethodGet, redirect+"?error=access_denied&state="+state+"x", ""),
		status(t, http.MethodGet, redirect+"?state="+state, ""),
		status(t, http.MethodGet, other+"/other?code=evil&state="+state, ""),
		status(t, http.MethodPost, good, ""),
		status(t, http.MethodGet, good, "rebound.example"),
	}
}

func status(t *testing.T, method, address, host string) int {
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// Where the first address of the machine is taken, the next one serves; where there is no browser, the person.
func TestInitFallsBack(t *testing.T) {
	if l, err := net.Listen("tcp", "127.0.0.1:17427"); err == nil {
		defer l.Close()
	}
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	h.browser = visit(t)
	if got := h.run(s, "init"); got.code != 0 || !strings.Contains(got.stdout, authorised) {
		t.Errorf("got %v", got)
	}
	h = newHome(t)
	h.configure(s, "alice")
	person(t, h, s)
	h.browser = func(string) error { return os.ErrNotExist }
	if got := h.run(s, "init"); got.code != 0 || !strings.Contains(got.stdout, byPaste) {
		t.Errorf("got %v", got)
	}
}

func TestInitRefusedCodes(t *testing.T) {
	s := newServer(t, "alice")
	h := newHome(t)
	h.configure(s, "alice")
	h.stdin = strings.NewReader("typo\n")
	got := h.run(s, "init", "--no-browser")
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: exchange the code for a " +
		"token: HOST answered 400 Bad Request (invalid_grant): the code is mistyped, used or older than 10 minutes; run " +
		"`lama init` again\nlama: 1 of 1 accounts could not be authorised\n"})

	clear(s.apps)
	h.stdin = strings.NewReader("typo\n")
	got = h.run(s, "init", "--no-browser")
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: exchange the code for a " +
		"token: HOST answered 401 Unauthorized (invalid_client): the server has forgotten the app; remove " +
		"DIR/user/creds/alice_SAFE_clientcred.secret and run `lama init` again\n" +
		"lama: 1 of 1 accounts could not be authorised\n"})

	h.stdin = strings.NewReader("")
	got = h.run(s, "init", "--no-browser")
	check(t, outcome{got.code, "", got.stderr}, outcome{3, "", "alice@HOST: not authorised: read the code: nothing " +
		"was given\nlama: 1 of 1 accounts could not be authorised\n"})
}

func TestInitTokenStdin(t *testing.T) {
	s := newServer(t, "alice")
	s.tokens["made by hand"] = "alice"
	h := newHome(t)
	h.configure(s, "alice", "bob")
	h.stdin = strings.NewReader("made by hand") // echo -n
	check(t, h.run(s, "--account", "alice@"+s.host(), "init", "--token-stdin"), outcome{0, authorised + ready, ""})
	if got := h.read("user/creds/" + s.safe("alice") + "_usercred.secret"); got != "made by hand\n"+s.URL+"\n\n\n" {
		t.Errorf("kept %q", got)
	}
	check(t, h.run(s, "init", "--token-stdin"), outcome{2, "", "lama: --token-stdin takes the token of one account: " +
		"add --account user@host\n"})
}
