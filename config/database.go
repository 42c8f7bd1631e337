package config

import (
	"errors"
	"fmt"
	"io"
	"net/url"
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
