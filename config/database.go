package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// DatabaseURL says where the database is. It may hold a password, which no way of printing it shows.
type DatabaseURL struct{ secret *string } // a pointer: fmt prints a field that it may not call methods on

// Secret is the whole address, for the driver only.
func (u DatabaseURL) Secret() string {
	if u.secret == nil {
		return ""
	}
	return *u.secret
}

// SQLite is the path of the database file, where it is SQLite's.
func (u DatabaseURL) SQLite() (path string, ok bool) { return strings.CutPrefix(u.Secret(), "sqlite:") }

func sqliteURL(path string) DatabaseURL { return databaseURL("sqlite:" + path) }

func databaseURL(s string) DatabaseURL { return DatabaseURL{&s} }

// String is the address for people: a path, or user, host and database of a server. Its parameters are left out,
// for they may hold a password too.
func (u DatabaseURL) String() string {
	if _, ok := u.SQLite(); ok {
		return u.Secret()
	}
	parsed, err := url.Parse(u.Secret())
	if err != nil {
		return ""
	}
	parsed.RawQuery, parsed.Fragment = "", ""
	return parsed.Redacted()
}

// Format prints [DatabaseURL.String], whatever the verb.
func (u DatabaseURL) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, u.String()) }

// MarshalText is [DatabaseURL.String] for JSON and zerolog.
func (u DatabaseURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// handed is a key's value as systemd hands it over: LoadCredential=database_url:… makes a file of that name. No other
// key holds a secret.
func handed(k Key, o Options) (v given, ok bool, err error) {
	dir := o.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" || k.Name != "database_url" {
		return given{}, false, nil
	}
	path := filepath.Join(dir, k.Name)
	text, err := os.ReadFile(path) // #nosec G304 -- where systemd says that its credentials are
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return given{}, false, nil
	case err != nil:
		return given{}, false, fail("LoadCredential", "%w", err)
	}
	return given{path, literal{text: strings.TrimSpace(string(text))}}, true, nil
}

// Passwords are those in an address: in front of the host, or among the parameters.
func (u DatabaseURL) Passwords() (all []string) {
	parsed, err := url.Parse(u.Secret())
	if err != nil {
		return nil
	}
	all = append(parsed.Query()["password"], parsed.Query()["sslpassword"]...)
	if p, ok := parsed.User.Password(); ok {
		all = append(all, p)
	}
	return slices.DeleteFunc(all, func(p string) bool { return p == "" })
}

// PasswordInFile says whether the file holds the password of the database in force.
func (c Config) PasswordInFile() bool {
	return len(c.Database.Passwords()) > 0 && strings.HasPrefix(c.sources["database_url"], c.File+":")
}

type database struct{ p *DatabaseURL }

func (s database) value() any { return *s.p }

// set never says what was given: it may be a password in the wrong place.
func (s database) set(l literal) error {
	path, sqlite := strings.CutPrefix(l.text, "sqlite:")
	switch {
	case l.kind == 0 && l.text == "":
		*s.p = DatabaseURL{}
	case !l.is('"'):
		return errors.New("must be text")
	case sqlite && strings.TrimPrefix(path, "//") != "":
		*s.p = sqliteURL(strings.TrimPrefix(path, "//"))
	case validServer(l.text):
		*s.p = databaseURL(l.text)
	default:
		return errors.New("must be postgres://user:password@host/database or sqlite:path " +
			"(what stands there is not shown: it may hold a password)")
	}
	return nil
}

func validServer(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Opaque == ""
}
