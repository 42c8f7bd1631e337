// Package permalink knows which URLs are posts of the fediverse, and which id they carry on their own server.
// It goes by the form of the URL alone: certainty costs a request.
package permalink

import (
	"net/url"
	"slices"
	"strings"
)

// Looks says whether a URL has the form of a post's address.
func Looks(address string) bool {
	_, _, ok := ID(address)
	return ok
}

// ID gives the id that a post's URL carries, and which software writes URLs like it: a hint, for several share
// one form. The id is opaque, and not always one that the server's API knows; see [LocalID].
func ID(address string) (id, software string, ok bool) {
	m, ok := match(address)
	return m.id, m.software, ok
}

// LocalID gives the id by which the API of host knows the post that one of its own URLs names: nothing needs to
// be looked up. host may have a port. ok is false for URLs of other hosts, and for forms whose id is none of
// the API's (Pleroma's /objects/UUID).
func LocalID(address, host string) (id string, ok bool) {
	m, ok := match(address)
	if !ok || !m.api || m.host != authority(m.scheme, host) {
		return "", false
	}
	return m.id, true
}

// Canonical writes a URL in the one form that serves as a name: scheme and host in lower case, without default
// port and fragment. Path and query stay as they are: they may hold a URL themselves. What is no web
// address comes back unchanged.
func Canonical(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	scheme = strings.ToLower(scheme)
	if scheme != "https" && scheme != "http" {
		return address
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + authority(scheme, rest[:end]) + rest[end:]
}

// authority is a host in lower case, without the scheme's own port.
func authority(scheme, host string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "https":
		return strings.TrimSuffix(host, ":443")
	case "http":
		return strings.TrimSuffix(host, ":80")
	}
	return host
}

// found is what a URL was recognised as.
type found struct {
	form
	id     string
	scheme string
	host   string // with the port where that is not the scheme's own
}

func match(address string) (found, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return found{}, false
	}
	host := strings.ToLower(u.Hostname())
	if slices.ContainsFunc(strangers, func(site string) bool { return within(host, site) }) {
		return found{}, false
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	for _, f := range forms {
		if f.site != "" && !within(host, f.site) {
			continue
		}
		if parts := f.path.FindStringSubmatch(path); parts != nil {
			return found{form: f, id: parts[1], scheme: u.Scheme, host: authority(u.Scheme, u.Host)}, true
		}
	}
	return found{}, false
}

// within says whether a host is a site or one of its subdomains.
func within(host, site string) bool { return host == site || strings.HasSuffix(host, "."+site) }
