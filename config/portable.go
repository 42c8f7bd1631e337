package config

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"

	"github.com/tailscale/hujson"
)

// ParseDatabase reads an address as database_url has it. A path is relative to dir.
func ParseDatabase(address, dir string) (u DatabaseURL, err error) {
	if address == "" {
		return u, errors.New("must be postgres://user:password@host/database or sqlite:path")
	}
	if err := (database{&u}).set(literal{kind: '"', text: address}); err != nil {
		return u, err
	}
	if path, ok := u.SQLite(); ok {
		u = sqliteURL(below(dir, path))
	}
	return u, nil
}

// places are the preferences that hold on one machine alone. One of them may hold a password.
var places = []string{"user_dir", "database_url", "metrics_file"}

// Portable is the text of a prefs.json for a user_dir that is elsewhere, as prefs.json in its folder, with the database
// at its usual place. Comments stay.
func Portable(src []byte, userDir string) ([]byte, error) {
	root, err := hujson.Parse(bytes.TrimPrefix(src, []byte("\ufeff")))
	if err != nil {
		return nil, errors.New(syntaxError(err))
	}
	top, ok := root.Value.(*hujson.Object)
	if !ok {
		return nil, errors.New("is no object")
	}
	prefs := prefsOf(top)
	prefs.Members = slices.DeleteFunc(prefs.Members, func(m hujson.ObjectMember) bool {
		return slices.Contains(places, newLiteral(m.Name).text)
	})
	if filepath.Base(userDir) != "user" { // which is what is meant without it
		prefs.Members = append(prefs.Members, hujson.ObjectMember{Name: hujson.Value{Value: hujson.String("user_dir")},
			Value: hujson.Value{Value: hujson.String(".")}})
	}
	return root.Pack(), nil
}

// prefsOf is the object "prefs", which is made where there is none.
func prefsOf(top *hujson.Object) *hujson.Object {
	for _, m := range top.Members {
		if prefs, ok := m.Value.Value.(*hujson.Object); ok && newLiteral(m.Name).text == "prefs" {
			return prefs
		}
	}
	prefs := &hujson.Object{}
	top.Members = append(top.Members, hujson.ObjectMember{Name: hujson.Value{Value: hujson.String("prefs")},
		Value: hujson.Value{Value: prefs}})
	return prefs
}
