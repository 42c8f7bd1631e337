package cli

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strings"

	"lama/web"
)

// door is how browsers come to the reader.
type door struct {
	listen string
	public *url.URL    // of --public-url; nil: they come to the address that it listens on, on this machine
	tls    *tls.Config // nil: http, which a proxy makes https of where there is a public address
}

// newDoor reads the flags. It refuses whatever would let others read private posts: without a name and https there is none
// but this machine.
func newDoor(listen, public, cert, key string) (d door, err error) {
	d.listen = listen
	if _, _, err := net.SplitHostPort(listen); err != nil {
		return d, usagef("--listen %s must be host:port, as in %s", listen, readerAddress)
	}
	if public != "" {
		if d.public, err = url.Parse(strings.TrimSuffix(public, "/")); err != nil || d.public.Scheme != "https" || d.public.Host == "" ||
			d.public.Path != "" || d.public.RawQuery != "" {
			return d, usagef("--public-url %s must be an https address and nothing behind it, as in https://lama.example.org", public)
		}
	}
	switch {
	case d.public == nil && (cert != "" || key != ""):
		return d, usagef("--tls-cert needs --public-url https://…, the name under which browsers reach the reader")
	case d.public == nil && !web.Loopback(listen):
		return d, usagef("--listen %s can be reached from other machines, which needs https and sign-in: say --public-url https://… "+
			"with --tls-cert and --tls-key or behind a proxy, and lama invite each person; or listen on %s", listen, readerAddress)
	case d.public != nil && cert == "" && key == "" && !web.Loopback(listen):
		return d, usagef("--listen %s can be reached from other machines without https: say --tls-cert and --tls-key, or listen on %s "+
			"and let a proxy on this machine come there", listen, readerAddress)
	case cert != "" || key != "":
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return d, usagef("--tls-cert and --tls-key: %w", err)
		}
		d.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	return d, nil
}

// signIn says whether others than who sits at this machine can come.
func (d door) signIn() bool { return d.public != nil }

// hosts are the names that a request may call the reader by.
func (d door) hosts(at net.Addr) []string {
	if d.public == nil {
		return web.Hosts(at)
	}
	hosts := []string{d.public.Host}
	if d.public.Port() == "" {
		hosts = append(hosts, d.public.Host+":443")
	}
	return hosts
}

func (d door) address(at net.Addr) string {
	if d.public == nil {
		return "http://" + at.String()
	}
	return d.public.String()
}

// open begins to listen.
func (d door) open(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; --listen 127.0.0.1:0 takes any port that is free", d.listen, err)
	}
	if d.tls != nil {
		l = tls.NewListener(l, d.tls)
	}
	return l, nil
}
