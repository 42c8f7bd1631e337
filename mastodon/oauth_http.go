package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// oauthBody bounds an answer, in bytes; verify_credentials carries a profile with its fields.
const oauthBody = 1 << 20

func (o OAuth) get(ctx context.Context, path, token string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.BaseURL+path, nil)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return o.do(req, into)
}

func (o OAuth) post(ctx context.Context, path string, form url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.BaseURL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.do(req, into)
}

// do makes a request and decodes the answer into into, or ignores it where that is nil.
func (o OAuth) do(req *http.Request, into any) error {
	resp, err := o.client(into != nil).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		var answer struct {
			Error string `json:"error"`
		}
		_ = json.NewDecoder(resp.Body).Decode(&answer) // without a code the status says enough
		return newOAuthError(resp, answer.Error)
	}
	if into == nil {
		return nil
	}
	err = json.NewDecoder(resp.Body).Decode(into)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = fmt.Errorf("it is larger than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", resp.Request.URL.Host, err)
	}
	return nil
}

// client is a copy of the caller's that stays on the server and reads no more than it must.
func (o OAuth) client(wantJSON bool) *http.Client {
	c := http.Client{Timeout: 30 * time.Second}
	if o.HTTP != nil {
		c = *o.HTTP
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	c.Transport = guarded{c.Transport, o.UserAgent, wantJSON}
	c.CheckRedirect = stayHome
	return &c
}

// stayHome refuses to carry codes, secrets and tokens to another origin.
func stayHome(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
		return fmt.Errorf("%s sends us to another address, which is refused", first.Host)
	}
	if len(via) > 3 {
		return errors.New("too many redirects")
	}
	return nil
}

// guarded bounds every answer and refuses a successful one that is not JSON: a login page, a parked domain.
type guarded struct {
	next      http.RoundTripper
	userAgent string
	wantJSON  bool
}

func (g guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Accept", "application/json")
	if g.userAgent != "" {
		req.Header.Set("User-Agent", g.userAgent)
	}
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if g.wantJSON && resp.StatusCode/100 == 2 && !hasJSON(resp.Header.Get("Content-Type")) {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s did not answer with JSON: it may be no server of the fediverse", req.URL.Host)
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, oauthBody)
	return resp, nil
}

func hasJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}
