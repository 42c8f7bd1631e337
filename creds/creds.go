// Package creds keeps the accounts' credentials in the files and the format of LAMA 1.1, so that an authorisation
// given to LAMA goes on working. It knows nothing of the network; what it reads can't be printed by accident.
package creds

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"lama/archive"
)

// Folder holds two files per account: who the app is, and the token that a person gave it.
type Folder struct {
	path   string
	handed string // empty for none
}

// In is the folder of credentials of a user_dir. Nothing is made before something is saved.
func In(userDir string) Folder { return Folder{path: filepath.Join(userDir, "creds")} }

// Handed adds a folder with files of the same names that somebody else keeps, as systemd does for LoadCredential= (it
// tells the folder in $CREDENTIALS_DIRECTORY): what is there is read before our own, and never written or removed.
func (f Folder) Handed(dir string) Folder {
	f.handed = dir
	return f
}

// Client is the app as the account's server registered it.
type Client struct {
	ID        string
	Secret    Token
	BaseURL   string
	Name      string
	Scopes    []string
	Redirects []string // empty: LAMA registered it
}

// LAMAs says whether LAMA 1.x registered the app: for the scope `read` and codes that are pasted.
func (c Client) LAMAs() bool { return len(c.Redirects) == 0 }

// User is what an account's person has authorised.
type User struct {
	Token        Token
	BaseURL      string
	ClientID     string // empty for a token that was made by hand
	ClientSecret Token
}

// ClientPath is our own file of an account's app, UserPath that of its token. On disk the case may differ from
// prefs.json: hosts have none, and LAMA kept what was written.
func (f Folder) ClientPath(a archive.Account) string { return f.find(clientFile(a)) }

// UserPath is our own file of an account's token.
func (f Folder) UserPath(a archive.Account) string { return f.find(userFile(a)) }

func clientFile(a archive.Account) string { return a.Safe() + "_clientcred.secret" }
func userFile(a archive.Account) string   { return a.Safe() + "_usercred.secret" }

// source is the file to read: one that was handed over, or else our own.
func (f Folder) source(name string) string {
	if f.handed != "" {
		handed := Folder{path: f.handed}.find(name)
		if _, err := os.Lstat(handed); err == nil {
			return handed
		}
	}
	return f.find(name)
}

func (f Folder) find(name string) string {
	exact := filepath.Join(f.path, name)
	if _, err := os.Lstat(exact); err == nil {
		return exact
	}
	entries, _ := os.ReadDir(f.path) // a folder that can't be read shows when the file is opened
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return filepath.Join(f.path, e.Name())
		}
	}
	return exact
}

// Client reads an account's app; [fs.ErrNotExist] where it has none. The first four lines are those of
// Mastodon.py's create_app (id, secret, base URL, name); it reads no further, so ours stand below.
func (f Folder) Client(a archive.Account) (Client, error) {
	path := f.source(clientFile(a))
	l, err := readLines(path)
	if err != nil {
		return Client{}, fmt.Errorf("credentials of the app for %s: %w", a.Name(), err)
	}
	c := Client{ID: l.at(0), Secret: NewToken(l.at(1)), BaseURL: l.at(2), Name: l.at(3),
		Scopes: strings.Fields(l.value("scopes=")), Redirects: strings.Fields(l.value("redirect_uris="))}
	if c.ID == "" || c.Secret.Reveal() == "" {
		return Client{}, fmt.Errorf("%s holds no client id and secret: remove it and run `lama init`", path)
	}
	return c, checkServer(path, c.BaseURL, a)
}

// User reads an account's token; [fs.ErrNotExist] where it has none. The lines are those of Mastodon.py's log_in:
// token, base URL, client id, client secret; old versions wrote fewer.
func (f Folder) User(a archive.Account) (User, error) {
	path := f.source(userFile(a))
	l, err := readLines(path)
	if err != nil {
		return User{}, fmt.Errorf("token of %s: %w", a.Name(), err)
	}
	u := User{Token: NewToken(l.at(0)), BaseURL: l.at(1), ClientID: l.at(2), ClientSecret: NewToken(l.at(3))}
	if u.Token.Reveal() == "" {
		return User{}, fmt.Errorf("%s holds no token: remove it and run `lama init`", path)
	}
	return u, checkServer(path, u.BaseURL, a)
}

// checkServer keeps a token at home: accounts of two servers may share a file's name (a.bc and ab.c).
func checkServer(path, baseURL string, a archive.Account) error {
	if baseURL == "" {
		return nil
	}
	if !strings.Contains(baseURL, "://") {
		baseURL = "https://" + baseURL
	}
	if u, err := url.Parse(baseURL); err == nil && strings.EqualFold(u.Host, a.Instance) {
		return nil
	}
	return fmt.Errorf("%s is for another server than %s: mend the instance in prefs.json, or move the file away "+
		"and run `lama init`", path, a.Name())
}

// SaveClient keeps an account's app.
func (f Folder) SaveClient(a archive.Account, c Client) error {
	err := f.write(f.ClientPath(a), []string{c.ID, c.Secret.Reveal(), c.BaseURL, c.Name,
		"scopes=" + strings.Join(c.Scopes, " "), "redirect_uris=" + strings.Join(c.Redirects, " ")})
	if err != nil {
		return fmt.Errorf("keep the credentials of the app for %s: %w", a.Name(), err)
	}
	return nil
}

// SaveUser keeps an account's token.
func (f Folder) SaveUser(a archive.Account, u User) error {
	err := f.write(f.UserPath(a), []string{u.Token.Reveal(), u.BaseURL, u.ClientID, u.ClientSecret.Reveal()})
	if err != nil {
		return fmt.Errorf("keep the token of %s: %w", a.Name(), err)
	}
	return nil
}

// Delete removes both files of an account; that one is missing is no error.
func (f Folder) Delete(a archive.Account) error {
	var all error
	for _, path := range []string{f.UserPath(a), f.ClientPath(a)} {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
