package mastodontest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const loopback = "http://127.0.0.1:4711/callback"

// register makes an app and gives its id and secret.
func register(t *testing.T, i *Instance, scopes string) (id, secret string) {
	t.Helper()
	a := postForm(i, "/api/v1/apps", url.Values{
		"client_name": {"test"}, "redirect_uris": {loopback + "\n" + oobURI}, "scopes": {scopes},
	})
	if a.code != http.StatusOK {
		t.Fatalf("registering answers %d %s", a.code, a.body)
	}
	app := value[struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}](t, a)
	return app.ID, app.Secret
}

// authorize opens the authorisation page and gives the parameters that come back.
func authorize(t *testing.T, i *Instance, q url.Values) url.Values {
	t.Helper()
	a := serve(i, httptest.NewRequest(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil))
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.code != http.StatusFound {
		t.Fatalf("authorising answers %d %s %s", a.code, u, a.body)
	}
	return u.Query()
}

func TestCodeFlow(t *testing.T) {
	w := New()
	clock := start
	w.Now = func() time.Time { return clock }
	i := w.Instance("a.example", Mastodon45)
	i.Person("ana")
	bo := i.Person("bo")
	id, secret := register(t, i, "profile read:statuses")
	sum := sha256.Sum256([]byte("verifier"))
	page := url.Values{
		"response_type": {"code"}, "client_id": {id}, "redirect_uri": {loopback}, "scope": {"profile read:statuses"},
		"state": {"s"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	exchange := func(name, text string) answer {
		bo.SignIn()
		came := authorize(t, i, page)
		if came.Get("state") != "s" || came.Get("code") == "" {
			t.Fatalf("came back with %v", came)
		}
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {came.Get("code")}, "redirect_uri": {loopback},
			"client_id": {id}, "client_secret": {secret}, "code_verifier": {"verifier"},
		}
		form.Set(name, text)
		if name == "late" {
			clock = clock.Add(11 * time.Minute)
		}
		return postForm(i, "/oauth/token", form)
	}
	type token struct {
		Token string `json:"access_token"`
		Scope string
	}
	good := value[token](t, exchange("as", "it is"))
	if good.Token == "" || good.Scope != "profile read:statuses" {
		t.Fatalf("the token is %+v", good)
	}
	if again := value[token](t, exchange("as", "it is")); again.Token != good.Token {
		t.Error("the same app, person and scopes have two tokens")
	}
	for name, a := range map[string]answer{
		"another verifier": exchange("code_verifier", "x"), "none": exchange("code_verifier", ""),
		"another redirect": exchange("redirect_uri", oobURI), "another code": exchange("code", "x"),
		"too late": exchange("late", ""),
	} {
		if a.code != http.StatusBadRequest || !strings.Contains(a.body, `"invalid_grant"`) {
			t.Errorf("%s: %d %s", name, a.code, a.body)
		}
	}
	if a := exchange("client_secret", "x"); a.code != http.StatusUnauthorized {
		t.Errorf("another secret: %d", a.code)
	}
	if a := exchange("grant_type", "password"); !strings.Contains(a.body, "unsupported_grant_type") {
		t.Errorf("a password: %s", a.body)
	}

	use := func(path string) answer {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer "+good.Token)
		return serve(i, r)
	}
	if a := use("/api/v1/accounts/verify_credentials"); !strings.Contains(a.body, `"acct":"bo"`) {
		t.Errorf("the token is of %s", a.body)
	}
	if a := use("/api/v1/favourites"); a.code != 403 || !strings.Contains(a.body, "outside the authorized scopes") {
		t.Errorf("a scope that was not granted: %d %s", a.code, a.body)
	}
	form := url.Values{"client_id": {id}, "client_secret": {secret}, "token": {good.Token}}
	for range 2 { // revoking is idempotent
		if a := postForm(i, "/oauth/revoke", form); a.code != 200 || a.body != "{}" {
			t.Errorf("revoking answers %d %s", a.code, a.body)
		}
	}
	a := use("/api/v1/accounts/verify_credentials")
	if a.code != 401 || a.body != `{"error":"The access token is invalid"}` {
		t.Errorf("a revoked token: %d %s", a.code, a.body)
	}
}

func TestCodeIsShownToThoseWhoPaste(t *testing.T) {
	i := New().Instance("a.example", GoToSocial)
	i.Person("ana")
	id, _ := register(t, i, "read")
	q := url.Values{"response_type": {"code"}, "client_id": {id}, "redirect_uri": {oobURI}}
	code := authorize(t, i, q).Get("code")
	a := serve(i, httptest.NewRequest(http.MethodGet, "/oauth/authorize/native?code="+code, nil))
	if code == "" || !strings.Contains(a.body, `value="`+code+`"`) {
		t.Errorf("the page does not show %q: %s", code, a.body)
	}
}

func TestAuthorisationIsRefused(t *testing.T) {
	w := New()
	willing, denying := w.Instance("a.example", Mastodon45), w.Instance("b.example", Mastodon45, Denies)
	willing.Person("ana")
	denying.Person("bo")
	for _, test := range []struct {
		name   string
		inst   *Instance
		change url.Values
		want   string
	}{
		{"by the person", denying, nil, "access_denied"},
		{"for a scope that the app has not", willing, url.Values{"scope": {"write"}}, "invalid_scope"},
		{"for a plain challenge", willing, url.Values{"code_challenge": {"x"}, "code_challenge_method": {"plain"}},
			"invalid_code_challenge_method"},
		{"for another response", willing, url.Values{"response_type": {"token"}}, "unsupported_response_type"},
	} {
		id, _ := register(t, test.inst, "read")
		q := url.Values{"response_type": {"code"}, "client_id": {id}, "redirect_uri": {loopback}, "state": {"s"}}
		for name, values := range test.change {
			q[name] = values
		}
		came := authorize(t, test.inst, q)
		if came.Get("error") != test.want || came.Has("code") || came.Get("state") != "s" {
			t.Errorf("%s: came back with %v, want %s", test.name, came, test.want)
		}
	}
	a := serve(willing, httptest.NewRequest(http.MethodGet, "/oauth/authorize?client_id=x", nil))
	if a.code != http.StatusUnauthorized || a.header.Get("Location") != "" {
		t.Errorf("an unknown app: %d", a.code)
	}
}

func TestAppsAreRefused(t *testing.T) {
	w := New()
	old, strict := w.Instance("a.example", Mastodon42), w.Instance("b.example", Mastodon45, RefuseGranular)
	for name, test := range map[string]struct {
		inst *Instance
		form url.Values
		want string
	}{
		"profile before 4.3": {old, url.Values{"scopes": {"profile"}}, "Scopes doesn't match configured on the server."},
		"granular":           {strict, url.Values{"scopes": {"read:statuses"}}, "Scopes doesn't match configured on the server."},
		"no redirect":        {old, url.Values{"redirect_uris": {""}}, "Redirect URI can't be blank"},
		"a relative one":     {old, url.Values{"redirect_uris": {"x"}}, "Redirect URI must be an absolute URI."},
		"no name":            {old, url.Values{"client_name": {""}}, "Application name can't be blank"},
	} {
		form := url.Values{"client_name": {"test"}, "redirect_uris": {oobURI}, "scopes": {"read"}}
		for name, values := range test.form {
			form[name] = values
		}
		a := postForm(test.inst, "/api/v1/apps", form)
		if a.code != http.StatusUnprocessableEntity || a.body != `{"error":"Validation failed: `+test.want+`"}` {
			t.Errorf("%s: %d %s", name, a.code, a.body)
		}
	}
	register(t, strict, "read")
}

func TestAppAsJSON(t *testing.T) {
	i := New().Instance("a.example", Mastodon45)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/apps",
		strings.NewReader(`{"client_name":"x","redirect_uris":["`+loopback+`","`+oobURI+`"],"scopes":"read"}`))
	r.Header.Set("Content-Type", "application/json")
	a := serve(i, r)
	if app := value[struct {
		Redirects []string `json:"redirect_uris"`
	}](t, a); len(app.Redirects) != 2 {
		t.Errorf("the app is %s", a.body)
	}
}

func TestServerMetadata(t *testing.T) {
	w := New()
	a := ask(w.Instance("a.example", Mastodon45), nil, "/.well-known/oauth-authorization-server")
	if !strings.Contains(a.body, `"profile"`) || !strings.Contains(a.body, `"S256"`) {
		t.Errorf("the metadata is %s", a.body)
	}
	for host, software := range map[string]Software{"b.example": Mastodon42, "c.example": GoToSocial} {
		if a := ask(w.Instance(host, software), nil, "/.well-known/oauth-authorization-server"); a.code != 404 {
			t.Errorf("%s has metadata: %d", software.Version, a.code)
		}
	}
}
