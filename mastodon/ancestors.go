package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
)

// Ancestors reads the posts above one, as far as the server shows them: the chain of what it replies to, on Pleroma
// and Akkoma all that is older in its conversation. The answer goes on with the replies, of which there may be
// thousands; it is read only as far as needed (Mastodon serialises the ancestors first, context_serializer.rb).
// What is by somebody muted, blocked or limited is left out without a word, as in a batch.
func (c *Client) Ancestors(ctx context.Context, id string) ([]json.RawMessage, error) {
	segment, err := c.segment(id)
	if err != nil {
		return nil, err
	}
	u, resp, err := c.open(ctx, "/api/v1/statuses/"+segment+"/context", nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body := &io.LimitedReader{R: resp.Body, N: c.MaxBytes}
	if !success(resp) || !hasJSON(resp.Header.Get("Content-Type")) {
		said, _ := io.ReadAll(body) // of a refusal that is cut short, what came is told
		_, err := c.check(u, resp, said)
		return nil, err
	}
	posts, err := readAncestors(json.NewDecoder(body))
	switch {
	case err == nil:
		return posts, nil
	case body.N <= 0:
		return nil, answer{url: u}.malformed(c.tooLarge())
	}
	return nil, c.streamError(ctx, u, err)
}

// streamError is about an answer that could not be read to where it was needed.
func (c *Client) streamError(ctx context.Context, u *url.URL, err error) error {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	if syntax || errors.Is(err, errShape) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return answer{url: u}.malformed(damaged)
	}
	return c.networkError(ctx, u, err)
}

var errShape = errors.New("not a context")

// readAncestors reads a context up to the end of its ancestors.
func readAncestors(d *json.Decoder) (posts []json.RawMessage, err error) {
	if err := expect(d, '{'); err != nil {
		return nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		if key == "ancestors" {
			return readList(d)
		}
		if err := skip(d); err != nil {
			return nil, err
		}
	}
	return nil, errShape
}

func readList(d *json.Decoder) (items []json.RawMessage, err error) {
	if err := expect(d, '['); err != nil {
		return nil, err
	}
	for d.More() {
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, expect(d, ']')
}

func expect(d *json.Decoder, want json.Delim) error {
	if t, err := d.Token(); err != nil || t != want {
		return errors.Join(err, errShape)
	}
	return nil
}

// deepest is how deep values may lie in each other. The decoder's tokens know no bound, and remember each level.
const deepest = 1000

// skip reads over a value without keeping it.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		switch {
		case depth == 0:
			return nil
		case depth > deepest:
			return errShape
		}
	}
}
