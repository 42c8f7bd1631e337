package outward

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxRedirects is how often an answer may point elsewhere.
const maxRedirects = 5

// Options says whom a client may reach beyond the public addresses, and how long it waits. Its zero value is good.
type Options struct {
	// Own are the base URLs of the configured instances. Their host and port may have any address.
	Own []string

	// Allow is the owner's allow_private_hosts. A host or a host:port may have any address, but only under that
	// name: another name that resolves to the same address is refused. A prefix (192.168.1.0/24, or 64:ff9b::/96
	// where IPv4 is reached by NAT64) opens its addresses to every name, so a host is the better choice.
	Allow []string

	// Dial connects to those of the hosts above that are reached by their names, instead of the network; for tests.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	UserAgent string // "LAMA" unless set

	Connect time.Duration // for a connection, and again for its TLS handshake; 10 s unless set
	Header  time.Duration // for the answer to begin; 60 s unless set: a media proxy fetches the file first
	Idle    time.Duration // for the next 16 KiB of a body; 60 s unless set
}

// NewClient makes a client of these options. Its errors are about Own and Allow. A request that it refuses to make
// fails with [*Refused].
//
// Proxies of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) are used, as going around them could show an address
// that they hide. A proxy resolves names itself: then only addresses that are written as numbers are refused here,
// and the rest is the proxy's to refuse.
func NewClient(o Options) (*http.Client, error) { return newClient(o, http.ProxyFromEnvironment) }

func newClient(o Options, proxy func(*http.Request) (*url.URL, error)) (*http.Client, error) {
	connect := cmp.Or(o.Connect, 10*time.Second)
	guard, err := newGuard(o.Own, o.Allow, connect)
	if err != nil {
		return nil, err
	}
	if o.Dial != nil {
		guard.open = o.Dial
	}
	transport := &transport{
		guard:     guard,
		proxy:     proxy,
		userAgent: cmp.Or(o.UserAgent, "LAMA"),
		idle:      cmp.Or(o.Idle, time.Minute),
		base: &http.Transport{
			Proxy:                  func(r *http.Request) (*url.URL, error) { return proxyOf(r.Context()), nil },
			DialContext:            guard.dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    connect,
			ResponseHeaderTimeout:  cmp.Or(o.Header, time.Minute),
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // a file's bytes are wanted as they are, and a gzip bomb stays small
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
		},
	}
	return &http.Client{Transport: transport, CheckRedirect: checkRedirect}, nil
}

func checkRedirect(_ *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &Refused{"more than 5 redirects"}
	}
	return nil
}

// transport makes the requests: each with the same two headers, those that ask for a part of a file, and no others;
// and with a body that can't stall.
type transport struct {
	guard     *guard
	proxy     func(*http.Request) (*url.URL, error)
	userAgent string
	idle      time.Duration
	base      *http.Transport
}

// RoundTrip does what [http.RoundTripper] says.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := t.permit(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(withProxy(r.Context(), proxy))
	resp, err := t.base.RoundTrip(t.bare(ctx, r))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	resp.Body = newBody(ctx, cancel, resp.Body, t.idle)
	return resp, nil
}

// bare is a request without what whoever made it, or a redirect, put into its headers.
func (t *transport) bare(ctx context.Context, r *http.Request) *http.Request {
	header := http.Header{"User-Agent": {t.userAgent}, "Accept": {"*/*"}}
	for _, name := range []string{"Range", "If-Range"} {
		if value := r.Header.Get(name); value != "" {
			header.Set(name, value)
		}
	}
	r = r.Clone(ctx)
	r.Header = header
	return r
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// permit says by which proxy a request goes, or why it may not be made.
func (t *transport) permit(r *http.Request) (proxy *url.URL, err error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" || r.URL.Hostname() == "" {
		return nil, &Refused{"not an address of http or https"}
	}
	if proxy, err = t.proxy(r); err != nil || proxy == nil {
		return nil, err
	}
	return proxy, t.guard.literal(r.URL)
}

type proxyKey struct{}

// withProxy notes the proxy of a request for whoever dials: the address that is dialled is then the proxy's.
func withProxy(ctx context.Context, proxy *url.URL) context.Context {
	return context.WithValue(ctx, proxyKey{}, proxy)
}

func proxyOf(ctx context.Context) *url.URL {
	proxy, _ := ctx.Value(proxyKey{}).(*url.URL)
	return proxy
}
