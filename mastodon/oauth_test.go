package mastodon_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"lama/mastodon"
)

const loopback = "http://127.0.0.1:17427/callback"

// An authority is a server that registers apps and hands out tokens, as far as a test tells it to.
type authority struct {
	metadata []string                      // scopes_supported; nil: it publishes none
	refuse   func(scopes, uris string) int // the status that registering gets; nil: none is refused
	forms    []url.Values                  // what was registered, exchanged and revoked
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = r.ParseForm()
	if r.Method == http.MethodPost {
		a.forms = append(a.forms, r.PostForm)
	}
	switch r.URL.Path {
	case "/.well-known/oauth-authorization-server":
		if a.metadata == nil {
			http.NotFound(w, r)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"scopes_supported": a.metadata})
	case "/api/v1/apps":
		if a.refuse != nil {
			if status := a.refuse(r.FormValue("scopes"), r.FormValue("redirect_uris")); status != 0 {
				w.WriteHeader(status)
				fmt.Fprint(w, `{"error": "Scopes doesn't match configured on the server"}`)
				return
			}
		}
		fmt.Fprint(w, `{"client_id": "id", "client_secret": "sesame"}`)
	case "/oauth/token":
		if r.FormValue("code") != "good" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error": "invalid_grant", "error_description": "sesame \u001b[31m"}`)
			return
		}
		fmt.Fprint(w, `{"access_token": "token", "token_type": "Bearer", "scope": "read"}`)
	case "/oauth/revoke":
		w.Header().Del("Content-Type") // RFC 7009 promises no body
	case "/api/v1/accounts/verify_credentials":
		if r.Header.Get("Authorization") != "Bearer token" || r.UserAgent() != "LAMA/test" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"username": "alice"}`)
	}
}

func serve(t *testing.T, h http.Handler) mastodon.OAuth {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return mastodon.OAuth{BaseURL: server.URL, HTTP: server.Client(), UserAgent: "LAMA/test"}
}

func TestRegister(t *testing.T) {
	const granular = "read:accounts read:statuses read:favourites read:bookmarks read:notifications read:search " +
		"read:lists read:follows read:blocks read:mutes read:filters"
	only := func(accepted string) func(string, string) int {
		return func(scopes, _ string) int {
			if scopes == accepted {
				return 0
			}
			return http.StatusUnprocessableEntity
		}
	}
	both := []string{loopback, mastodon.OutOfBand}
	for name, tc := range map[string]struct {
		authority authority
		scopes    string
		redirects []string
		requests  int
	}{
		"Mastodon 4.6": {authority{metadata: strings.Fields(granular + " read write profile read:collections")},
			"profile " + granular + " read:collections", both, 1},
		"Mastodon 4.3":  {authority{metadata: append(strings.Fields(granular), "profile")}, "profile " + granular, both, 1},
		"no metadata":   {authority{}, granular, both, 1},
		"knows no such": {authority{metadata: []string{"read", "write", "follow"}}, "read", both, 1},
		"refuses them":  {authority{refuse: only("read")}, "read", both, 2},
		"one redirect": {authority{refuse: func(_, uris string) int {
			if uris == mastodon.OutOfBand {
				return 0
			}
			return http.StatusBadRequest
		}}, "read", []string{mastodon.OutOfBand}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			o := serve(t, &tc.authority)
			app, err := o.Register(t.Context(), "LAMA", both)
			if err != nil {
				t.Fatal(err)
			}
			got := []any{app.ID, app.Secret, strings.Join(app.Scopes, " "), app.Redirects, len(tc.authority.forms)}
			if diff := cmp.Diff([]any{"id", "sesame", tc.scopes, tc.redirects, tc.requests}, got); diff != "" {
				t.Error(diff)
			}
			sent := tc.authority.forms[len(tc.authority.forms)-1]
			if got := strings.Split(sent.Get("redirect_uris"), "\n"); !slices.Equal(got, tc.redirects) {
				t.Errorf("sent %q", sent)
			}
			if shown := fmt.Sprintf("%v %+v %#v", app, app, app); strings.Contains(shown, "sesame") {
				t.Errorf("the secret is shown: %s", shown)
			}
		})
	}
}

// A refusal to be asked at all is not met by asking again: registering is limited to 5 in 10 minutes.
func TestRegisterGivesUp(t *testing.T) {
	a := &authority{refuse: func(string, string) int { return http.StatusTooManyRequests }}
	o := serve(t, a)
	_, err := o.Register(t.Context(), "LAMA", []string{mastodon.OutOfBand})
	var refused *mastodon.OAuthError
	if !errors.As(err, &refused) || refused.Status != http.StatusTooManyRequests || len(a.forms) != 1 {
		t.Errorf("got %v after %d requests", err, len(a.forms))
	}
}

func TestAuthorizeURL(t *testing.T) {
	o := mastodon.OAuth{BaseURL: "https://example.org"}
	app := mastodon.App{ID: "id", Secret: "sesame", Scopes: []string{"profile", "read:statuses"}}
	u, err := url.Parse(o.AuthorizeURL(app, loopback, "state", "verifier"))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"response_type": {"code"}, "client_id": {"id"}, "redirect_uri": {loopback}, "state": {"state"},
		"scope": {"profile read:statuses"}, "force_login": {"true"}, "code_challenge_method": {"S256"},
		"code_challenge": {oauth2.S256ChallengeFromVerifier("verifier")}}
	if diff := cmp.Diff(want, u.Query()); diff != "" || u.Host+u.Path != "example.org/oauth/authorize" {
		t.Error(u, diff)
	}
}

func TestFlow(t *testing.T) {
	a := &authority{}
	o := serve(t, a)
	app := mastodon.App{ID: "id", Secret: "sesame", Scopes: []string{"read"}}
	token, err := o.Exchange(t.Context(), app, loopback, "good", "verifier")
	if err != nil || token != "token" {
		t.Fatal(token, err)
	}
	if name, err := o.Username(t.Context(), token); err != nil || name != "alice" {
		t.Errorf("got %q, %v", name, err)
	}
	if err := o.Revoke(t.Context(), app, token); err != nil {
		t.Error(err)
	}
	want := []url.Values{
		{"grant_type": {"authorization_code"}, "code": {"good"}, "redirect_uri": {loopback}, "code_verifier": {"verifier"},
			"client_id": {"id"}, "client_secret": {"sesame"}},
		{"client_id": {"id"}, "client_secret": {"sesame"}, "token": {"token"}},
	}
	if diff := cmp.Diff(want, a.forms); diff != "" {
		t.Error(diff)
	}
}

// A server's own words stay out of errors: they may hold anything.
func TestRefusedCode(t *testing.T) {
	o := serve(t, &authority{})
	_, err := o.Exchange(t.Context(), mastodon.App{ID: "id", Secret: "sesame"}, loopback, "bad", "v")
	host := strings.TrimPrefix(o.BaseURL, "http://")
	want := "exchange the code for a token: " + host + " answered 400 Bad Request (invalid_grant)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	_, err = o.Username(t.Context(), "revoked")
	want = "ask whose token it is: " + host + " answered 401 Unauthorized"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestHostileServers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a secret left for another server")
	}))
	defer elsewhere.Close()
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "sends us to another address, which is refused"},
		"turns round and round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}, "too many redirects"},
		"answers with a page": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<html>`)
		}, "did not answer with JSON"},
		"never ends": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"username": "`)
			for range 2 << 10 {
				fmt.Fprint(w, strings.Repeat("a", 1<<10))
			}
		}, "larger than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			o := serve(t, tc.handler)
			_, exchange := o.Exchange(t.Context(), mastodon.App{ID: "id", Secret: "sesame"}, loopback, "good", "v")
			_, register := o.Register(t.Context(), "LAMA", []string{mastodon.OutOfBand})
			_, username := o.Username(t.Context(), "token")
			for _, err := range []error{register, username} {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %s", err, tc.want)
				}
			}
			if exchange == nil {
				t.Error("a token was accepted")
			}
		})
	}
}
