package export

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/importer/stream"
)

// actor is who an export is of.
type actor struct {
	uri       string
	followers string // the collection of those who may see what is private
	host      string // on which all of its posts are
	account   account
}

// identify learns whose export it is, from its actor.json, and where that is missing from the options and the posts.
func (e *Export) identify(given archive.Account) error {
	said, err := e.actorJSON()
	if err != nil {
		return err
	}
	uri := identity(said)
	if uri == "" {
		if uri, err = e.firstActor(); err != nil {
			return err
		}
	}
	host := hostOf(uri)
	user := cmp.Or(text(said.Get("preferredUsername")), userIn(uri))
	switch {
	case given.User != "" && user != "" && !strings.EqualFold(user, given.User):
		return fmt.Errorf("it is of %s@%s, not of %s: name that account", user, host, given.Name())
	case given.User != "" && host != "" && !strings.EqualFold(host, given.Instance):
		return fmt.Errorf("its posts are on %s, not on %s: name the account %s@%s", host, given.Instance, given.User, host)
	case given.User == "" && (user == "" || host == ""):
		return errors.New("it does not say whose it is: name the account with --account USER@HOST")
	}
	e.Account = given
	if given.User == "" {
		scheme, _, _ := strings.Cut(uri, "://")
		e.Account = archive.Account{User: user, Instance: host, Scheme: scheme}
	}
	e.actor = actor{uri: uri, host: cmp.Or(host, strings.ToLower(given.Instance))}
	e.actor.account = accountOf(said, uri, e.Account)
	if e.actor.followers = text(said.Get("followers")); e.actor.followers == "" && uri != "" {
		e.actor.followers = uri + "/followers"
	}
	return nil
}

// actorJSON is the export's actor.json; exports without one can be read too.
func (e *Export) actorJSON() (gjson.Result, error) {
	r, err := e.open(actorFile)
	if errors.Is(err, fs.ErrNotExist) {
		return gjson.Result{}, nil
	}
	if err != nil {
		return gjson.Result{}, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, stream.Largest))
	if err != nil {
		return gjson.Result{}, fmt.Errorf("%s: %w", actorFile, err)
	}
	if !json.Valid(data) {
		return gjson.Result{}, fmt.Errorf("%s is no whole JSON: fetch the export again, or take that file out", actorFile)
	}
	return gjson.ParseBytes(data), nil
}

// firstActor is who did the first thing in the outbox.
func (e *Export) firstActor() (uri string, err error) {
	r, err := e.open(outbox)
	if err != nil {
		return "", err
	}
	defer r.Close()
	err = each(r, func(_ int, item json.RawMessage) bool {
		uri = identity(gjson.ParseBytes(item).Get("actor"))
		return uri == ""
	})
	if err != nil && uri == "" {
		return "", fmt.Errorf("%s: %w", outbox, err)
	}
	return uri, nil
}

// userIn is the user that the address of an actor ends in; empty where that is a number, as on Mastodon 4.5.
func userIn(uri string) string {
	user := strings.TrimPrefix(path.Base(uri), "@")
	if strings.Trim(user, "0123456789") == "" || user == "." || user == "/" {
		return ""
	}
	return user
}

// hostOf is the host of a web address with its port, or empty.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(u.Host)
}
