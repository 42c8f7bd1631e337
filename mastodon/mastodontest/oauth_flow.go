package mastodontest

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLife is how long a code is good.
const codeLife = 10 * time.Minute

// authorize answers GET /oauth/authorize: whoever is signed in says yes at once, unless the instance denies.
func (i *Instance) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	i.mu.Lock()
	a := i.oauth.apps[q.Get("client_id")]
	i.mu.Unlock()
	c := &code{app: a, person: i.signedIn(), redirect: q.Get("redirect_uri"), scopes: strings.Fields(q.Get("scope"))}
	if len(c.scopes) == 0 {
		c.scopes = []string{"read"}
	}
	switch {
	case a == nil:
		page(w, http.StatusUnauthorized, "Client authentication failed due to unknown client.")
	case !slices.Contains(a.redirects, c.redirect):
		page(w, http.StatusBadRequest, "The redirect uri included is not valid.")
	default:
		if problem := i.objection(c, q); problem != "" {
			i.send(w, r, c.redirect, "error", problem)
			return
		}
		i.send(w, r, c.redirect, "code", i.keepCode(c, q))
	}
}

// objection is why an authorisation is refused; empty where it is not.
func (i *Instance) objection(c *code, q url.Values) string {
	beyond := func(scope string) bool { return !slices.Contains(c.app.scopes, scope) }
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type"
	case slices.ContainsFunc(c.scopes, beyond):
		return "invalid_scope"
	case i.software.PKCE && q.Has("code_challenge") && q.Get("code_challenge_method") != "S256":
		return "invalid_code_challenge_method"
	case i.denies || c.person == nil:
		return "access_denied"
	}
	return ""
}

// keepCode notes what was authorised and gives the code for it.
func (i *Instance) keepCode(c *code, q url.Values) string {
	c.at = i.world.Now()
	if i.software.PKCE {
		c.challenge = q.Get("code_challenge")
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	text := i.oauth.secret()
	i.oauth.codes[text] = c
	return text
}

// send takes the browser back to the program, or to a page that shows what came out.
func (i *Instance) send(w http.ResponseWriter, r *http.Request, redirect, name, value string) {
	if redirect == oobURI {
		redirect = i.BaseURL() + "/oauth/authorize/native"
	}
	u, err := url.Parse(redirect)
	if err != nil {
		page(w, http.StatusBadRequest, "The redirect uri included is not valid.")
		return
	}
	q := u.Query()
	q.Set(name, value)
	if name == "error" {
		q.Set("error_description", "The resource owner or authorization server denied the request.")
	}
	if state := r.URL.Query().Get("state"); state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

// showCode is the page for those who paste.
func (i *Instance) showCode(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Has("error") {
		page(w, http.StatusOK, q.Get("error")+": "+q.Get("error_description"))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(`<!DOCTYPE html><html><body><p>Copy this code:</p><input class="oauth-code" readonly value="` +
		html.EscapeString(q.Get("code")) + `"></body></html>` + "\n")) // the client may have gone
}

// token answers POST /oauth/token.
func (i *Instance) token(w http.ResponseWriter, r *http.Request) {
	q := parameters(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	a := i.client(r, q)
	if a == nil {
		refuse(w, http.StatusUnauthorized, "invalid_client", "Client authentication failed due to unknown client, "+
			"no client authentication included, or unsupported authentication method.")
		return
	}
	switch q.Get("grant_type") {
	case "authorization_code":
		c := i.oauth.codes[q.Get("code")]
		delete(i.oauth.codes, q.Get("code"))
		if !i.good(c, a, q) {
			refuse(w, http.StatusBadRequest, "invalid_grant", "The provided authorization grant is invalid, expired, "+
				"revoked, does not match the redirection URI used in the authorization request, or was issued to another client.")
			return
		}
		handOut(w, i.grant(a, c.person, c.scopes))
	case "client_credentials":
		handOut(w, i.grant(a, nil, a.scopes))
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type",
			"The authorization grant type is not supported by the authorization server.")
	}
}

func handOut(w http.ResponseWriter, g *grant) {
	reply(w, http.StatusOK, appendJSON(nil, object{
		{"access_token", g.token}, {"token_type", "Bearer"}, {"scope", strings.Join(g.scopes, " ")},
		{"created_at", int(g.at.Unix())},
	}))
}

// good says whether a code is that of this app and request, and its challenge is met.
func (i *Instance) good(c *code, a *app, q url.Values) bool {
	if c == nil || c.app != a || c.redirect != q.Get("redirect_uri") || i.world.Now().Sub(c.at) > codeLife {
		return false
	}
	sum := sha256.Sum256([]byte(q.Get("code_verifier")))
	return c.challenge == "" || c.challenge == base64.RawURLEncoding.EncodeToString(sum[:])
}

// client is the app that a request authenticates as; nil for none.
func (i *Instance) client(r *http.Request, q url.Values) *app {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = q.Get("client_id"), q.Get("client_secret")
	}
	if a := i.oauth.apps[id]; a != nil && a.secret == secret {
		return a
	}
	return nil
}

// revokeToken answers POST /oauth/revoke; a token that is unknown or revoked already is no error.
func (i *Instance) revokeToken(w http.ResponseWriter, r *http.Request) {
	q := parameters(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	a, g := i.client(r, q), i.oauth.tokens[q.Get("token")]
	if a == nil || g != nil && g.app != a {
		refuse(w, http.StatusForbidden, "unauthorized_client", "You are not authorized to revoke this token")
		return
	}
	if g != nil {
		g.revoked = true
	}
	reply(w, http.StatusOK, []byte("{}"))
}

func refuse(w http.ResponseWriter, status int, problem, description string) {
	reply(w, status, appendJSON(nil, object{{"error", problem}, {"error_description", description}}))
}
