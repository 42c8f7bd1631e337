package mastodon_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"lama/mastodon"
)

// Each refusal has a meaning, and the words of whoever refuses reach the person.
func TestKinds(t *testing.T) {
	for _, tc := range []struct {
		status int
		words  string
		want   mastodon.Kind
	}{
		{401, "The access token is invalid", mastodon.Unauthorized},
		{401, "The access token was revoked", mastodon.Unauthorized},
		{401, "This API requires an authenticated user", mastodon.Unauthorized},
		{403, "Your login is currently disabled", mastodon.Frozen},
		{403, "Your login is missing a confirmed e-mail address", mastodon.Frozen},
		{403, "Your login is currently pending approval", mastodon.Frozen},
		{403, "This action is outside the authorized scopes", mastodon.Forbidden},
		{403, "This action is not allowed", mastodon.Forbidden},
		{404, "Record not found", mastodon.NotFound},
		{410, "Gone", mastodon.NotFound},
		{429, "Too many requests", mastodon.Throttled},
		{400, "param is missing or the value is empty: id", mastodon.Invalid},
		{406, "Not acceptable", mastodon.Invalid},
		{418, "I'm a teapot", mastodon.Invalid},
		{422, "Validation failed", mastodon.Invalid},
		{408, "Timeout", mastodon.Temporary},
		{500, "Something went wrong on our end", mastodon.Temporary},
		{502, "Bad gateway", mastodon.Temporary},
		{503, "Remote data could not be fetched", mastodon.Temporary},
		{504, "Gateway timeout", mastodon.Temporary},
		{520, "Unknown", mastodon.Temporary},
	} {
		t.Run(fmt.Sprint(tc.status, " ", tc.words), func(t *testing.T) {
			c := serveClient(t, says(tc.status, typeJSON, fmt.Sprintf(`{"error": %q}`, tc.words)))
			_, err := c.Post(t.Context(), "1")
			if got := mastodon.KindOf(fmt.Errorf("fetch: %w", err)); got != tc.want {
				t.Errorf("got kind %d, want %d", got, tc.want)
			}
			want := fmt.Sprintf("/api/v1/statuses/1 answered %d %s: %s", tc.status, http.StatusText(tc.status), tc.words)
			if err.Error() != c.BaseURL+want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if e, ok := errors.AsType[*mastodon.Error](err); !ok || e.Status != tc.status {
				t.Errorf("the status is lost: %#v", err)
			}
		})
	}
}

// What a proxy or a parked domain answers says nothing about a post or a token; that it is busy or down, it may say.
func TestKindsOfPages(t *testing.T) {
	for status, want := range map[int]mastodon.Kind{
		200: mastodon.Malformed, 401: mastodon.Malformed, 403: mastodon.Malformed, 404: mastodon.Malformed,
		410: mastodon.Malformed, 422: mastodon.Malformed, 429: mastodon.Throttled, 500: mastodon.Temporary,
		503: mastodon.Temporary, 520: mastodon.Temporary,
	} {
		_, err := serveClient(t, says(status, "text/html", "<html>Your login</html>")).Post(t.Context(), "1")
		if got := mastodon.KindOf(err); got != want {
			t.Errorf("%d: got kind %d, want %d", status, got, want)
		}
	}
}

func TestMaintenanceIsThrottled(t *testing.T) {
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	if _, err := c.Post(t.Context(), "1"); mastodon.KindOf(err) != mastodon.Throttled {
		t.Errorf("got %v", err)
	}
}

func TestKindOfOtherErrors(t *testing.T) {
	for _, err := range []error{nil, errors.New("disk full")} {
		if got := mastodon.KindOf(err); got != mastodon.Other {
			t.Errorf("%v: got kind %d", err, got)
		}
	}
}

// A server's words are one short line of text, whatever it sends.
func TestMessages(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"described":        {`{"error": "invalid_token", "error_description": "It expired"}`, "invalid_token: It expired"},
		"control":          {`{"error": "a\u001b[31m\n\tb\u0000\u202ec\u200b"}`, "a [31m b c"},
		"no reason":        {`{"error": null}`, "without a reason"},
		"no object":        {`["error"]`, "without a reason"},
		"no JSON":          {`oops`, "without a reason"},
		"nothing":          {``, "without a reason"},
		"fields":           {`{"error": {"id": ["is too long"]}}`, "map[id:[is too long]]"},
		"number":           {`{"error": 42}`, "42"},
		"broken character": {"{\"error\": \"a\xffb\"}", "a\uFFFDb"},
		"long":             {`{"error": "` + strings.Repeat("ä", 5000) + `"}`, strings.Repeat("ä", 200) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serveClient(t, says(422, typeJSON, tc.body)).Post(t.Context(), "1")
			e, ok := errors.AsType[*mastodon.Error](err)
			if !ok || e.Message != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("control characters in %q", err)
			}
		})
	}
}
