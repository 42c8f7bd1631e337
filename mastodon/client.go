package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// DefaultMaxBytes bounds an answer, unpacked. The largest that a server is known to give is a context of 8,192
// posts (mastodon-api.md §1.2).
const DefaultMaxBytes = 64 << 20

// maxRedirects bounds the redirects of one request, all within the server's own origin.
const maxRedirects = 3

// Options for [New].
type Options struct {
	BaseURL   string        // scheme://host of the server
	Token     func() string // nil, or an empty token, asks without one
	HTTP      *http.Client  // its transport and timeout are used
	UserAgent string        // GoToSocial refuses requests without one
	MaxBytes  int64         // of an answer; 0 is DefaultMaxBytes
}

// Client asks one server as one account. It is safe for concurrent use.
type Client struct {
	Options
	base *url.URL
	http *http.Client
}

// New makes a client. A base URL that can't be read shows with the first request.
func New(o Options) *Client {
	base, err := url.Parse(strings.TrimSuffix(o.BaseURL, "/"))
	if err != nil {
		base = &url.URL{}
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	c := &Client{Options: o, base: base}
	inner := http.Client{}
	if o.HTTP != nil {
		inner = *o.HTTP
	}
	inner.CheckRedirect = c.checkRedirect
	c.http = &inner
	return c
}

var errElsewhere = errors.New("redirected to another server, which is refused")

// checkRedirect keeps a request, and its token, with its own server.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	if !c.own(req.URL) {
		return errElsewhere
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	return nil
}

// own says whether an address belongs to the client's server: the same scheme, host and port.
func (c *Client) own(u *url.URL) bool {
	return u.Scheme == c.base.Scheme && strings.EqualFold(u.Host, c.base.Host)
}

// open makes a request for a path of the server, or for one of its links. Everything that the package asks goes
// through here. The caller closes the body.
func (c *Client) open(ctx context.Context, address string, query url.Values) (*url.URL, *http.Response, error) {
	u, err := c.base.Parse(address)
	if err != nil {
		return nil, nil, &Error{URL: c.base.Host, Message: "was asked for what is no address", Kind: Malformed}
	}
	if !c.own(u) {
		return nil, nil, &Error{URL: redacted(u), Message: "is not an address of " + c.base.Host, Kind: Malformed}
	}
	if query != nil {
		u.RawQuery = query.Encode()
	}
	resp, err := c.send(ctx, u)
	if err != nil {
		return nil, nil, c.networkError(ctx, u, err)
	}
	return u, resp, nil
}

func (c *Client) send(ctx context.Context, u *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.UserAgent)
	if token := c.token(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return c.http.Do(req)
}

func (c *Client) token() string {
	if c.Token == nil {
		return ""
	}
	return c.Token()
}

// networkError is a request that got no whole answer. The context's own end stays what it is.
func (c *Client) networkError(ctx context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	kind := Temporary
	if errors.Is(err, errElsewhere) {
		kind = Malformed
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // its text repeats the address, query included
	}
	return &Error{URL: redacted(u), Message: c.clean(u, err.Error()), Kind: kind, cause: err}
}

// clean is foreign text fit for errors: bounded, and without the token and the query's values, which a server may
// repeat.
func (c *Client) clean(u *url.URL, text string) string {
	secrets := []string{c.token()}
	for _, values := range u.Query() {
		secrets = append(secrets, values...)
	}
	return bounded(hide(text, secrets))
}
