package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/tailscale/hujson"
	"golang.org/x/net/idna"

	"lama/archive"
)

// readAccounts reads the accounts, and to which persons they belong, by their names.
func (d document) readAccounts() (accounts []archive.Account, persons map[string]string, err error) {
	list, ok := d.accounts.Value.(*hujson.Array)
	if !ok && d.accounts.Value != nil {
		return nil, nil, fail(d.at(d.accounts), "accounts must be a list, not %s", newLiteral(d.accounts))
	}
	if list == nil || len(list.Elements) == 0 {
		return nil, nil, fail(d.file, `no account: add {"username": "…", "instance": "https://…"} to "accounts"`)
	}
	persons = map[string]string{}
	for _, v := range list.Elements {
		a, person, err := d.readAccount(v)
		if err != nil {
			return nil, nil, err
		}
		if err := distinct(accounts, a); err != nil {
			return nil, nil, fail(d.at(v), "%w", err)
		}
		accounts, persons[a.Name()] = append(accounts, a), cmp.Or(person, a.Name())
	}
	return accounts, persons, nil
}

func (d document) readAccount(v hujson.Value) (a archive.Account, person string, err error) {
	members, err := d.members(v, "an account", []string{"username", "instance", "person"})
	if err != nil {
		return a, "", err
	}
	var user, instance string
	for _, field := range []struct {
		name string
		p    *string
		must bool
	}{{"username", &user, true}, {"instance", &instance, true}, {"person", &person, false}} {
		value, ok := members[field.name]
		switch {
		case !ok && field.must:
			return a, "", fail(d.at(v), "an account has no %q", field.name)
		case !ok:
			continue
		}
		if err := (text{field.p}).set(newLiteral(value)); err != nil {
			return a, "", fail(d.at(value), "%s %w", field.name, err)
		}
	}
	if strings.ContainsFunc(person, unicode.IsControl) {
		return a, "", fail(d.at(v), "person %q must be a name", person)
	}
	if a, err = newAccount(user, instance); err != nil {
		return a, "", fail(d.at(v), "%w", err)
	}
	return a, person, nil
}

// ParseAccount reads user@host, as --account takes it: with or without a leading @, https unless a scheme
// stands before the host.
func ParseAccount(s string) (archive.Account, error) {
	user, instance, ok := strings.Cut(strings.TrimPrefix(s, "@"), "@")
	if !ok {
		return archive.Account{}, fail("--account", "%q must be user@host", s)
	}
	a, err := newAccount(user, instance)
	if err != nil {
		return archive.Account{}, fail("--account", "%w", err)
	}
	return a, nil
}

func newAccount(user, instance string) (archive.Account, error) {
	user = strings.TrimPrefix(user, "@")
	if user == "" || strings.ContainsAny(user, "@/:?#") || strings.ContainsFunc(user, isBlank) {
		return archive.Account{}, fmt.Errorf("username %q must be the name alone, as in \"alice\"", user)
	}
	scheme, host, err := parseInstance(instance)
	if err != nil {
		return archive.Account{}, fmt.Errorf("instance %q must be a host, as in \"https://example.org\": %w",
			instance, err)
	}
	return archive.Account{User: user, Instance: host, Scheme: scheme}, nil
}

func isBlank(r rune) bool { return r == 0x7f || r <= ' ' }

// parseInstance reads a host with or without scheme, port and trailing slash. Names are lower case and in their
// ASCII form: the host is a part of keys.
func parseInstance(s string) (scheme, host string, err error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(strings.TrimRight(s, "/"))
	switch {
	case err != nil:
		return "", "", errors.New("it is no address")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", "", errors.New("its scheme must be https or http")
	case u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "":
		return "", "", errors.New("nothing may follow or precede the host but a port")
	}
	if host, err = asciiHost(u.Hostname()); err != nil {
		return "", "", err
	}
	if u.Port() == "" {
		return u.Scheme, host, nil
	}
	if _, err := strconv.ParseUint(u.Port(), 10, 16); err != nil {
		return "", "", errors.New("its port is none")
	}
	return u.Scheme, host + ":" + u.Port(), nil
}

func asciiHost(host string) (string, error) {
	if net.ParseIP(host) != nil {
		if strings.Contains(host, ":") {
			return "[" + host + "]", nil
		}
		return host, nil
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil || host == "" {
		return "", errors.New("it is no host name")
	}
	return host, nil
}

// distinct refuses an account that can't be told from another one: LAMA's file names drop all but letters and
// digits, and some file systems drop the case.
func distinct(others []archive.Account, a archive.Account) error {
	for _, o := range others {
		switch {
		case strings.EqualFold(o.Name(), a.Name()):
			return fmt.Errorf("account %s is listed twice", a.Name())
		case strings.EqualFold(o.Safe(), a.Safe()):
			return fmt.Errorf("accounts %s and %s would share the credentials %s_*.secret: "+
				"give one of them a prefs.json and a user_dir of its own", o.Name(), a.Name(), a.Safe())
		}
	}
	return nil
}

// Account finds a configured account by user@host, in any case, with or without a leading @.
func (c Config) Account(name string) (archive.Account, error) {
	wanted, err := ParseAccount(name)
	if err != nil {
		return archive.Account{}, err
	}
	names := make([]string, len(c.Accounts))
	for i, a := range c.Accounts {
		if names[i] = a.Name(); strings.EqualFold(names[i], wanted.Name()) {
			return a, nil
		}
	}
	return archive.Account{}, fail("--account", "%s is not among the accounts of %s: the nearest is %s",
		wanted.Name(), c.File, Nearest(wanted.Name(), names))
}
