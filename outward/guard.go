package outward

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Refused says that a request was not made, and that trying again won't help.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "refused: " + e.Reason }

// Permanent tells it from failures that may pass.
func (e *Refused) Permanent() bool { return true }

// guard decides what may be dialled.
type guard struct {
	trusted map[string]bool // host:port, or a host with all its ports
	public  *ssrf.Guardian
	open    func(ctx context.Context, network, addr string) (net.Conn, error) // dials anything
	closed  net.Dialer                                                        // dials public addresses and those in allowed prefixes
}

func newGuard(own, allow []string, connect time.Duration) (*guard, error) {
	g := &guard{trusted: make(map[string]bool)}
	for _, base := range own {
		u, err := url.Parse(base)
		if err != nil || u.Hostname() == "" {
			return nil, fmt.Errorf("instance %q: not an address such as https://example.social", base)
		}
		g.trusted[target(u)] = true
	}
	var v4, v6 []netip.Prefix
	for _, entry := range allow {
		prefix, err := netip.ParsePrefix(entry)
		switch {
		case err == nil && prefix.Addr().Is4():
			v4 = append(v4, prefix)
		case err == nil:
			v6 = append(v6, prefix)
		case entry == "" || strings.ContainsAny(entry, "/ "):
			return nil, fmt.Errorf("allow_private_hosts: %q is not a host, a host:port or a prefix such as "+
				"192.168.1.0/24", entry)
		default:
			g.trusted[strings.ToLower(entry)] = true
		}
	}
	g.public = ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	g.open = (&net.Dialer{Timeout: connect}).DialContext
	g.closed = net.Dialer{Timeout: connect, Control: g.control}
	return g, nil
}

// dial is for [net/http.Transport]: addr is the host and port of the URL, or of the proxy. What is trusted is decided
// by that, before the name is resolved, so that nobody else's name can borrow the trust.
func (g *guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if proxyOf(ctx) != nil || g.trusts(addr) {
		return g.open(ctx, network, addr)
	}
	return g.closed.DialContext(ctx, network, addr)
}

// control sees every address that is about to be connected to, after the name was resolved.
func (g *guard) control(network, address string, conn syscall.RawConn) error {
	if err := g.public.Safe(network, address, conn); err != nil {
		return notPublic(address)
	}
	return nil
}

// literal refuses a URL whose host is written as an address that is not public.
func (g *guard) literal(u *url.URL) error {
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil || g.trusts(target(u)) || g.public.SafeAddr(ip) == nil {
		return nil
	}
	return notPublic(u.Host)
}

func (g *guard) trusts(addr string) bool {
	addr = strings.ToLower(addr)
	host, _, err := net.SplitHostPort(addr)
	return g.trusted[addr] || err == nil && g.trusted[host]
}

// target is the host and port that a URL leads to.
func target(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	return strings.ToLower(net.JoinHostPort(u.Hostname(), port))
}

func notPublic(address string) error {
	return &Refused{address + " is not a public address (where it is yours, name its host in allow_private_hosts)"}
}
