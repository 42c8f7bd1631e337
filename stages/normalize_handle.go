package stages

import (
	"net/url"
	"strings"

	"lama/mastodon"
)

// bluesky is how Bridgy Fed writes the address of a Bluesky account.
const bluesky = "https://bsky.brid.gy/r/https://bsky.app/profile/"

// handle is an account as user@domain. It comes from acct, which has no domain for the instance's own users, and
// not from an address: those may end in a number (Mastodon 4.5). Bridged Bluesky accounts are name@bsky.app, as
// in LAMA 1.1.
func (v View) handle(a mastodon.Account) string {
	if name, ok := strings.CutPrefix(a.URL, bluesky); ok && name != "" && !strings.Contains(name, "/") {
		return name + "@bsky.app"
	}
	acct := strings.TrimPrefix(a.Acct, "@")
	switch {
	case acct == "" && a.Username == "":
		return ""
	case acct == "" && hostOf(a.URL) != "":
		return a.Username + "@" + hostOf(a.URL)
	case acct == "":
		acct = a.Username
	}
	if strings.Contains(acct, "@") {
		return acct
	}
	return acct + "@" + v.domain()
}

func (v View) domain() string {
	if v.Domain != "" {
		return v.Domain
	}
	return v.Account.Instance
}

// origin says whether the instance is the author's own server, so that nobody knows the post better.
func (v View) origin(s mastodon.Status) bool {
	if s.Account.Acct != "" && !strings.Contains(s.Account.Acct, "@") {
		return true
	}
	host := hostOf(s.URI)
	if host == "" { // tag: URIs of OStatus
		host = hostOf(s.URL)
	}
	return host == v.Account.Instance
}

// hostOf is the host of a web address, with its port, or empty.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
