package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// answer is a response whose body is valid JSON.
type answer struct {
	url    *url.URL
	body   []byte
	header http.Header
}

// malformed is the error about an answer of a wrong shape.
func (a answer) malformed(message string) error {
	return &Error{URL: redacted(a.url), Status: http.StatusOK, Message: message, Kind: Malformed}
}

// list is the items of an answer that must be a list.
func (a answer) list() ([]json.RawMessage, error) {
	all, ok := items(a.body)
	if !ok {
		return nil, a.malformed("not a list")
	}
	return all, nil
}

// get reads the whole answer to a request.
func (c *Client) get(ctx context.Context, address string, query url.Values) (answer, error) {
	u, resp, err := c.open(ctx, address, query)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := whole(io.LimitReader(resp.Body, c.MaxBytes+1))
	if err != nil {
		return answer{}, c.networkError(ctx, u, err)
	}
	return c.check(u, resp, body)
}

// coming are buffers for answers that come: how long one will be is not known before.
var coming = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// mostKept is how large a buffer may be, in bytes, to be used again: most pages are shorter.
const mostKept = 1 << 20

// whole reads all there is. A page takes no more memory than it has bytes; what is longer keeps its buffer.
func whole(r io.Reader) ([]byte, error) {
	b := coming.Get().(*bytes.Buffer)
	b.Reset()
	_, err := b.ReadFrom(r)
	if b.Cap() > mostKept {
		return b.Bytes(), err
	}
	defer coming.Put(b)
	return bytes.Clone(b.Bytes()), err
}

// getObject asks for what must be an object.
func (c *Client) getObject(ctx context.Context, address string) (object, error) {
	a, err := c.get(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	o, err := decodeObject(a.body)
	if err != nil {
		return nil, a.malformed("not an object")
	}
	return o, nil
}

// check turns a response into an answer or an error.
func (c *Client) check(u *url.URL, resp *http.Response, body []byte) (answer, error) {
	a := answer{u, body, resp.Header}
	switch {
	case !success(resp):
		message := c.clean(u, serverMessage(body))
		return answer{}, &Error{URL: redacted(u), Status: resp.StatusCode, Message: message,
			Kind: kindOfStatus(resp.StatusCode, message, resp.Header)}
	case int64(len(body)) > c.MaxBytes:
		return answer{}, a.malformed(c.tooLarge())
	case !hasJSON(resp.Header.Get("Content-Type")):
		return answer{}, a.malformed(c.clean(u, fmt.Sprintf("not JSON but %q", resp.Header.Get("Content-Type"))))
	case !valid(body):
		return answer{}, a.malformed(damaged)
	}
	return a, nil
}

const damaged = "the JSON is damaged"

func (c *Client) tooLarge() string {
	return fmt.Sprintf("the answer is larger than %d bytes", c.MaxBytes)
}

func success(resp *http.Response) bool { return resp.StatusCode >= 200 && resp.StatusCode <= 299 }
