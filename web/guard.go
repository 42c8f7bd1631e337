package web

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// contentPolicy lets a page load its own files and nothing else, run its own script and none that stands in it, ask and send
// its forms home alone, and be in no frame.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func protect(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "private, no-cache")
}

// knows says whether a request's Host is one under which the reader is reached.
func (r *Reader) knows(host string) bool {
	return slices.ContainsFunc(r.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// Hosts are the names under which a listener on this address is reached from its own machine: the address itself and,
// where it is a loopback one, localhost.
func Hosts(listen net.Addr) []string {
	address := listen.String()
	ip, port, err := net.SplitHostPort(address)
	if err != nil {
		return []string{address}
	}
	hosts := []string{address}
	if at := net.ParseIP(ip); at != nil && at.IsLoopback() {
		hosts = append(hosts, net.JoinHostPort("localhost", port))
	}
	return hosts
}

// Loopback says whether only this machine can reach an address to listen on.
func Loopback(listen string) bool {
	name, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}
