package creds_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"lama/archive"
	"lama/creds"
)

var alice = archive.Account{User: "alice", Instance: "example.org", Scheme: "https"}

// compareTokens lets cmp look into what nothing else may.
var compareTokens = cmp.Transformer("Reveal", creds.Token.Reveal)

// write puts files into a new user_dir's creds folder.
func write(t *testing.T, files map[string]string) (creds.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, "creds", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return creds.In(dir), filepath.Join(dir, "creds")
}

// What Mastodon.py's create_app(to_file) wrote for LAMA, and what people's editors made of it.
func TestReadLAMAsClient(t *testing.T) {
	full := creds.Client{ID: "id", Secret: creds.NewToken("secret"), BaseURL: "https://example.org", Name: "LAMA"}
	short := creds.Client{ID: "id", Secret: creds.NewToken("secret")}
	for name, tc := range map[string]struct {
		file string
		want creds.Client
	}{
		"as written":         {"id\nsecret\nhttps://example.org\nLAMA\n", full},
		"no last line break": {"id\nsecret\nhttps://example.org\nLAMA", full},
		"Windows":            {"\ufeffid\r\nsecret\r\nhttps://example.org\r\nLAMA\r\n", full},
		"before 1.5.2":       {"id\nsecret\n", short},
	} {
		f, _ := write(t, map[string]string{"alice_exampleorg_clientcred.secret": tc.file})
		got, err := f.Client(alice)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if tc.want.Scopes, tc.want.Redirects = []string{}, []string{}; !got.LAMAs() {
			t.Errorf("%s: not taken for LAMA's", name)
		}
		if diff := cmp.Diff(tc.want, got, compareTokens); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What log_in(to_file) wrote.
func TestReadLAMAsToken(t *testing.T) {
	for name, tc := range map[string]struct {
		file string
		want creds.User
	}{
		"as written": {"token\nhttps://example.org\nid\nsecret\n", creds.User{Token: creds.NewToken("token"),
			BaseURL: "https://example.org", ClientID: "id", ClientSecret: creds.NewToken("secret")}},
		"without client": {"token\nhttps://Example.org/", creds.User{Token: creds.NewToken("token"),
			BaseURL: "https://Example.org/"}},
		"token only": {"token", creds.User{Token: creds.NewToken("token")}},
	} {
		f, _ := write(t, map[string]string{"alice_exampleorg_usercred.secret": tc.file})
		got, err := f.User(alice)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tc.want, got, compareTokens); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSaved(t *testing.T) {
	f, dir := write(t, nil)
	client := creds.Client{ID: "id", Secret: creds.NewToken("secret"), BaseURL: "https://example.org", Name: "LAMA",
		Scopes: []string{"read:statuses", "profile"}, Redirects: []string{"http://127.0.0.1:1/callback", "urn:x"}}
	user := creds.User{Token: creds.NewToken("token"), BaseURL: "https://example.org", ClientID: "id",
		ClientSecret: creds.NewToken("secret")}
	for range 2 { // the second time replaces
		if err := errors.Join(f.SaveClient(alice, client), f.SaveUser(alice, user)); err != nil {
			t.Fatal(err)
		}
	}
	gotClient, err := f.Client(alice)
	if diff := cmp.Diff(client, gotClient, compareTokens); diff != "" || err != nil || gotClient.LAMAs() {
		t.Error(diff, err)
	}
	gotUser, err := f.User(alice)
	if diff := cmp.Diff(user, gotUser, compareTokens); diff != "" || err != nil {
		t.Error(diff, err)
	}
	// Mastodon.py, and with it LAMA, reads these by line.
	checkFile(t, filepath.Join(dir, "alice_exampleorg_clientcred.secret"), "id\nsecret\nhttps://example.org\nLAMA\n"+
		"scopes=read:statuses profile\nredirect_uris=http://127.0.0.1:1/callback urn:x\n")
	checkFile(t, filepath.Join(dir, "alice_exampleorg_usercred.secret"), "token\nhttps://example.org\nid\nsecret\n")
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("something else was left: %v", entries)
	}
	if info, _ := os.Stat(dir); runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v", info.Mode())
	}
}

func checkFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s is %v", path, info.Mode())
	}
}

func TestCaseOfFileNames(t *testing.T) {
	f, dir := write(t, map[string]string{"Alice_ExampleOrg_usercred.secret": "old"})
	if u, err := f.User(alice); err != nil || u.Token.Reveal() != "old" {
		t.Fatal(u, err)
	}
	if err := f.SaveUser(alice, creds.User{Token: creds.NewToken("new")}); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a second file was made: %v", entries)
	}
}

func TestUnusable(t *testing.T) {
	for name, tc := range map[string]struct{ file, want string }{
		"another server": {"token\nhttps://other.example\n", "DIR/alice_exampleorg_usercred.secret is for another server " +
			"than alice@example.org: mend the instance in prefs.json, or move the file away and run `lama init`"},
		"another port": {"token\nhttps://example.org:8443\n", "DIR/alice_exampleorg_usercred.secret is for another server " +
			"than alice@example.org: mend the instance in prefs.json, or move the file away and run `lama init`"},
		"empty": {"\n", "DIR/alice_exampleorg_usercred.secret holds no token: remove it and run `lama init`"},
	} {
		f, dir := write(t, map[string]string{"alice_exampleorg_usercred.secret": tc.file})
		_, err := f.User(alice)
		if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != tc.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	f, dir := write(t, map[string]string{"alice_exampleorg_clientcred.secret": "id\n"})
	_, err := f.Client(alice)
	const want = "DIR/alice_exampleorg_clientcred.secret holds no client id and secret: remove it and run `lama init`"
	if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != want {
		t.Errorf("got %v", err)
	}
	if _, err := f.User(alice); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := f.SaveUser(alice, creds.User{Token: creds.NewToken("a\nb")}); err == nil {
		t.Error("a token of two lines was kept")
	}
}

// What systemd hands over is read first, and stays as it is.
func TestHanded(t *testing.T) {
	f, dir := write(t, map[string]string{
		"alice_exampleorg_usercred.secret": "own", "alice_exampleorg_clientcred.secret": "own id\nown secret",
	})
	_, handed := write(t, map[string]string{"alice_exampleorg_usercred.secret": "handed"})
	f = f.Handed(handed)
	if u, err := f.User(alice); err != nil || u.Token.Reveal() != "handed" {
		t.Errorf("got %q, %v", u.Token.Reveal(), err)
	}
	if c, err := f.Client(alice); err != nil || c.ID != "own id" {
		t.Errorf("got %q, %v", c.ID, err)
	}
	if err := f.SaveUser(alice, creds.User{Token: creds.NewToken("new")}); err != nil {
		t.Fatal(err)
	}
	checkFile(t, filepath.Join(dir, "alice_exampleorg_usercred.secret"), "new\n\n\n\n")
	if err := f.Delete(alice); err != nil {
		t.Fatal(err)
	}
	checkFile(t, filepath.Join(handed, "alice_exampleorg_usercred.secret"), "handed")
}

func TestDelete(t *testing.T) {
	f, dir := write(t, map[string]string{
		"alice_exampleorg_usercred.secret": "t", "alice_exampleorg_clientcred.secret": "i",
		"bob_exampleorg_usercred.secret": "t",
	})
	for range 2 { // the second time there is nothing to delete
		if err := f.Delete(alice); err != nil {
			t.Fatal(err)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 || entries[0].Name() != "bob_exampleorg_usercred.secret" {
		t.Errorf("left: %v", entries)
	}
}

func TestWarnings(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing of other people here")
	}
	f, dir := write(t, map[string]string{
		"alice_exampleorg_usercred.secret": "t", "alice_exampleorg_clientcred.secret": "i",
	})
	if w := f.Warnings(alice); w != nil {
		t.Errorf("unasked: %q", w)
	}
	path := filepath.Join(dir, "alice_exampleorg_usercred.secret")
	if err := errors.Join(os.Chmod(path, 0o644), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		dir + " is open to other users of this machine (0755): chmod 700 " + dir,
		path + " is open to other users of this machine (0644): chmod 600 " + path,
	}
	if diff := cmp.Diff(want, f.Warnings(alice)); diff != "" {
		t.Error(diff)
	}
}

func TestTokensAreNeverShown(t *testing.T) {
	u := creds.User{Token: creds.NewToken("sesame"), ClientSecret: creds.NewToken("sesame")}
	unexported := struct {
		u  creds.User
		t  creds.Token
		in []any
	}{u, u.Token, []any{&u, u.Token}}
	var log strings.Builder
	logger := zerolog.New(&log)
	logger.Info().Interface("user", u).Any("token", u.Token).Stringer("s", u.Token).Fields(map[string]any{"f": &u}).
		Err(fmt.Errorf("with %v", u)).Send()
	text, err := json.Marshal([]any{u, &u, u.Token, map[string]creds.Token{"t": u.Token}})
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		shown += fmt.Sprintf(verb+verb+verb+verb, u, &u, u.Token, unexported)
	}
	for _, verb := range []string{"%s", "%x", "%X", "%d"} {
		if form := fmt.Sprintf(verb, []byte("sesame")); strings.Contains(shown, form) {
			t.Errorf("the token is shown as %s", form)
		}
	}
	if u.Token.Reveal() != "sesame" || (creds.Token{}).Reveal() != "" {
		t.Error("who asks for it must get it")
	}
}
