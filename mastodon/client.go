package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
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
	Token     func() string // nil asks without a token
	HTTP      *http.Client  // its transport and timeout are used
	UserAgent string
	MaxBytes  int64 // of an answer; 0 is DefaultMaxBytes
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

// answer is a response whose body is valid JSON.
type answer struct {
	body   []byte
	header http.Header
}

// get makes a request for a path of the server, or for one of its links. Everything that the package asks goes
// through here.
func (c *Client) get(ctx context.Context, address string, query url.Values) (answer, error) {
	u, err := c.base.Parse(address)
	if err != nil {
		return answer{}, fmt.Errorf("read the address %q: %w", bounded(address), err)
	}
	if !c.own(u) {
		return answer{}, &Error{URL: redacted(u), Message: "is not an address of " + c.base.Host, Kind: Malformed}
	}
	if query != nil {
		u.RawQuery = query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.UserAgent)
	if c.Token != nil {
		req.Header.Set("Authorization", "Bearer "+c.Token())
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.networkError(ctx, u, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.MaxBytes+1))
	if err != nil {
		return answer{}, c.networkError(ctx, u, err)
	}
	return c.check(u, resp, body)
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
	return &Error{URL: redacted(u), Message: bounded(err.Error()), Kind: kind, cause: err}
}

// check turns a response into an answer or an error.
func (c *Client) check(u *url.URL, resp *http.Response, body []byte) (answer, error) {
	e := &Error{URL: redacted(u), Status: resp.StatusCode}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		e.Message = serverMessage(body)
		e.Kind = kindOfStatus(resp.StatusCode, e.Message, resp.Header)
		return answer{}, e
	}
	e.Kind = Malformed
	switch {
	case int64(len(body)) > c.MaxBytes:
		e.Message = fmt.Sprintf("the answer is larger than %d bytes", c.MaxBytes)
	case !isJSON(resp.Header.Get("Content-Type")):
		e.Message = "not JSON but " + bounded(resp.Header.Get("Content-Type"))
	case !json.Valid(body):
		e.Message = "the JSON is damaged"
	default:
		return answer{body, resp.Header}, nil
	}
	return answer{}, e
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// serverMessage is what a server says of its refusal: {"error": …} in nearly all of them.
func serverMessage(body []byte) string {
	var said struct {
		Error       any    `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &said) != nil || said.Error == nil {
		return "without a reason"
	}
	text, isText := said.Error.(string)
	if !isText {
		var b bytes.Buffer
		_ = json.NewEncoder(&b).Encode(said.Error)
		text = b.String()
	}
	if said.Description != "" {
		text += ": " + said.Description
	}
	return bounded(text)
}
