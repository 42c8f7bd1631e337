package mastodon_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"lama/mastodon"
)

// trip answers requests without a network.
type trip func(*http.Request) *http.Response

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// answering is a client whose server gives one answer to everything, and fails a test that asks any other server.
func answering(t *testing.T, status int, body []byte) *mastodon.Client {
	return mastodon.New(mastodon.Options{
		BaseURL: "https://a.example", MaxBytes: 1 << 20, Token: func() string { return sesame },
		HTTP: &http.Client{Transport: trip(func(r *http.Request) *http.Response {
			if r.URL.Scheme != "https" || r.URL.Host != "a.example" {
				t.Errorf("%s was asked, with %q", r.URL, r.Header.Get("Authorization"))
			}
			return &http.Response{StatusCode: status, Request: r, Header: http.Header{"Content-Type": {typeJSON}},
				Body: io.NopCloser(bytes.NewReader(body))}
		})},
	})
}

// checkText: what is said of a server is short, and nothing that a terminal would obey.
func checkText(t *testing.T, text string, most int) {
	t.Helper()
	odd := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if len([]rune(text)) > most || strings.ContainsFunc(text, odd) || strings.Contains(text, sesame) {
		t.Errorf("got %q", text)
	}
}

// FuzzProbe: what a server tells of itself, in both its documents, leads nowhere else and is fit to be shown.
func FuzzProbe(f *testing.F) {
	for _, seed := range []string{
		`{"domain":"a.example","version":"4.5.0","api_versions":{"mastodon":7},
"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://a.example/nodeinfo/2.0"}],"software":{"name":"mastodon"}}`,
		`{"uri":"https://b.example","version":"\u001b]0;x\u0007","api_versions":{"mastodon":"99999999999999999999"}}`,
		`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"//evil.example/x"}]}`,
		`{"links":{},"software":[]}`, `[]`, ``, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := answering(t, 200, body).Probe(t.Context())
		if err != nil {
			checkText(t, err.Error(), 600)
			return
		}
		checkText(t, s.Software, 201)
		checkText(t, s.Version, 201)
		checkText(t, s.Domain, 253)
		if s.Batch.Size() < 1 || s.Limit("statuses") < 1 {
			t.Errorf("got %+v", s)
		}
	})
}

// FuzzAncestors: whatever comes as a conversation, what is taken of it is whole JSON that stood in it.
func FuzzAncestors(f *testing.F) {
	for _, seed := range []string{
		`{"ancestors":[{"id":"1"},{"id":"2"}],"descendants":[{"id":"3"}]}`, `{"descendants":[],"ancestors":[null]}`,
		`{"x":{"y":[1,{"z":2}]},"ancestors":[[[]]]}`, `{"ancestors":[{"id":"1"}`, `{"ancestors":{}}`, `[]`, `{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		posts, err := answering(t, 200, body).Ancestors(t.Context(), "1")
		if err != nil {
			checkText(t, err.Error(), 600)
		}
		for _, p := range posts {
			if !json.Valid(p) || !bytes.Contains(body, p) {
				t.Errorf("%q is no post of %q", p, body)
			}
		}
	})
}

// FuzzRefusal: whatever a server says with a status, the error is one short line without the token.
func FuzzRefusal(f *testing.F) {
	f.Add(404, []byte(`{"error":"Record not found"}`))
	f.Add(422, []byte(`{"error":{"a":[1,"\u202e"]},"error_description":"`+sesame+`"}`))
	f.Add(200, []byte("<html>\x1b[2J"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		post, err := answering(t, 100+(status&0x7fffffff)%500, body).Post(t.Context(), "1")
		switch {
		case err != nil:
			checkText(t, err.Error(), 600)
		case !json.Valid(post):
			t.Errorf("%q is no post", post)
		}
	})
}
