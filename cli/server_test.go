package cli_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A server registers apps, asks whoever is logged in for consent, and hands out, tells and takes back tokens. It
// is strict: an app must register what it asks for, and a code goes with its redirect and its PKCE challenge.
type server struct {
	*httptest.Server
	mu        sync.Mutex
	user      string // who is logged in in the browser
	deny      bool   // the person says no
	plainOnly bool   // granular scopes are refused, as before Mastodon 2.4.3
	apps      map[string]registered
	codes     map[string]consent
	tokens    map[string]string // to the user
	requests  []string
}

type registered struct{ scopes, redirects []string }

type consent struct{ app, redirect, challenge, user string }

func newServer(t *testing.T, user string) *server {
	t.Helper()
	s := &server{user: user, apps: map[string]registered{}, codes: map[string]consent{}, tokens: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/apps", s.register)
	mux.HandleFunc("GET /oauth/authorize", s.authorize)
	mux.HandleFunc("POST /oauth/token", s.token)
	mux.HandleFunc("POST /oauth/revoke", s.revoke)
	mux.HandleFunc("GET /api/v1/accounts/verify_credentials", s.verify)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error": %q}`, code)
}

func (s *server) register(w http.ResponseWriter, r *http.Request) {
	scopes := strings.Fields(r.FormValue("scopes"))
	if s.plainOnly && !slices.Equal(scopes, []string{"read"}) {
		refuse(w, http.StatusUnprocessableEntity, "Validation failed")
		return
	}
	id := fmt.Sprintf("id%d", len(s.apps))
	s.apps[id] = registered{scopes, strings.Split(r.FormValue("redirect_uris"), "\n")}
	fmt.Fprintf(w, `{"client_id": %q, "client_secret": "secret of %s"}`, id, id)
}

func (s *server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	app, known := s.apps[q.Get("client_id")]
	redirect := q.Get("redirect_uri")
	scopes := strings.Fields(q.Get("scope"))
	for _, scope := range scopes {
		known = known && slices.Contains(app.scopes, scope)
	}
	if !known || len(scopes) == 0 || !slices.Contains(app.redirects, redirect) || q.Get("code_challenge_method") != "S256" ||
		q.Get("force_login") != "true" {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if s.deny {
		back := url.Values{"error": {"access_denied"}, "state": {q.Get("state")}}
		http.Redirect(w, r, redirect+"?"+back.Encode(), http.StatusFound)
		return
	}
	code := fmt.Sprintf("code%d", len(s.codes))
	s.codes[code] = consent{q.Get("client_id"), redirect, q.Get("code_challenge"), s.user}
	if strings.HasPrefix(redirect, "urn:") {
		fmt.Fprint(w, code)
		return
	}
	http.Redirect(w, r, redirect+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// client says whether the app's secret is right.
func (s *server) client(r *http.Request) bool {
	id := r.FormValue("client_id")
	_, known := s.apps[id]
	return known && r.FormValue("client_secret") == "secret of "+id
}

func (s *server) token(w http.ResponseWriter, r *http.Request) {
	given, ok := s.codes[r.FormValue("code")]
	delete(s.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case !s.client(r):
		refuse(w, http.StatusUnauthorized, "invalid_client")
	case !ok, given.app != r.FormValue("client_id"), given.redirect != r.FormValue("redirect_uri"),
		given.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		refuse(w, http.StatusBadRequest, "invalid_grant")
	default:
		token := "token" + given.user
		s.tokens[token] = given.user
		fmt.Fprintf(w, `{"access_token": %q, "token_type": "Bearer"}`, token)
	}
}

func (s *server) revoke(w http.ResponseWriter, r *http.Request) {
	if !s.client(r) {
		refuse(w, http.StatusForbidden, "unauthorized_client")
		return
	}
	delete(s.tokens, r.FormValue("token"))
	fmt.Fprint(w, `{}`)
}

func (s *server) verify(w http.ResponseWriter, r *http.Request) {
	user, ok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok {
		refuse(w, http.StatusUnauthorized, "The access token was revoked")
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"username": user})
}

// host is the server's, as accounts have it.
func (s *server) host() string { return strings.TrimPrefix(s.URL, "http://") }

// safe is an account's file name.
func (s *server) safe(user string) string {
	return user + "_" + strings.NewReplacer(".", "", ":", "").Replace(s.host())
}
