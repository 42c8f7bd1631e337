package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"lama/archive"
	"lama/store"
	"lama/web"
)

// lock makes the fixture's reader one at which persons sign in.
func (f *fixture) lock() {
	f.reader = web.New(web.Options{Store: f.store, Data: f.data, Hosts: []string{host}, SignIn: true, Log: zerolog.New(zerolog.NewTestWriter(f.t)),
		Viewer: func(q *http.Request) (store.Viewer, error) {
			person, err := f.store.SignedIn(q.Context(), web.Secret(q))
			if person == "" {
				return store.Viewer{}, web.ErrSignIn
			}
			return viewers[person], err
		},
		Status: func(context.Context, store.Viewer) (web.Status, error) { return web.Status{}, nil },
	})
}

// post sends a form, with headers in pairs.
func (f *fixture) post(path string, form url.Values, header ...string) *http.Response {
	f.t.Helper()
	q := httptest.NewRequestWithContext(f.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	q.Host = host
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.reader.ServeHTTP(w, q)
	return w.Result()
}

// enter signs a person in and returns the cookie.
func (f *fixture) enter(person string) *http.Cookie {
	f.t.Helper()
	if err := f.store.Invite(f.t.Context(), person, "code of "+person); err != nil {
		f.t.Fatal(err)
	}
	r := f.post("/signin", url.Values{"code": {"code of " + person}})
	if r.StatusCode != http.StatusSeeOther || len(r.Cookies()) != 1 {
		f.t.Fatalf("%s signs in: %d %v", person, r.StatusCode, r.Header)
	}
	return r.Cookies()[0]
}

func (f *fixture) as(c *http.Cookie, path string) (int, string) {
	f.t.Helper()
	r := f.ask("", path, "Cookie", c.Name+"="+c.Value)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestEachPersonSignsInAndSeesTheirOwn(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.lock()
		p := status("ana@home.example", "10", "private", nil)
		f.did(ana, archive.BasePost, p)
		asAna, asBob := f.enter("ana"), f.enter("bob")
		if !asAna.Secure || !asAna.HttpOnly || asAna.SameSite != http.SameSiteLaxMode || asAna.Path != "/" || asAna.Domain != "" {
			t.Errorf("the cookie is %v", asAna)
		}
		path := at("/post", "uri", p.URI)
		if code, page := f.as(asAna, path); code != http.StatusOK || !strings.Contains(page, "Sign out") {
			t.Errorf("ana: %d", code)
		}
		if code, _ := f.as(asBob, path); code != http.StatusNotFound {
			t.Errorf("bob: %d", code)
		}
		if r := f.post("/signout", nil, "Cookie", asAna.Name+"="+asAna.Value); r.Header.Get("Clear-Site-Data") != `"cache"` {
			t.Errorf("what the browser keeps is not cleared: %v", r.Header)
		}
		if code, _ := f.as(asAna, path); code != http.StatusSeeOther {
			t.Errorf("after signing out: %d", code)
		}
	})
}

func TestWithoutASessionThereIsNothingToSee(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.lock()
	s := f.newSecret(ana, archive.BasePost, "ana@home.example", "10", "public")
	for _, path := range routesOf(f, s) {
		r := f.ask("", path, "Cookie", "__Host-lama=nonsense")
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/signin" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Location"))
		}
	}
	page := f.page("", http.StatusOK, "/signin?code=abc")
	shows(t, page, `value="abc"`)
}

func TestFormsOfOtherPagesAreRefused(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.lock()
	c := f.enter("ana")
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		for _, path := range []string{"/signin", "/signout"} {
			r := f.post(path, url.Values{"code": {"x"}}, header[0], header[1], "Cookie", c.Name+"="+c.Value)
			if r.StatusCode != http.StatusForbidden || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s with %v: %d", path, header, r.StatusCode)
			}
		}
	}
	if code, _ := f.as(c, "/"); code != http.StatusOK {
		t.Errorf("another page has signed ana out: %d", code)
	}
}

func TestCodesCanNotBeTriedOut(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.lock()
	for range 10 {
		if r := f.post("/signin", url.Values{"code": {"wrong"}}); r.StatusCode != http.StatusForbidden {
			t.Fatalf("a wrong code: %d", r.StatusCode)
		}
	}
	if err := f.store.Invite(t.Context(), "ana", "right"); err != nil {
		t.Fatal(err)
	}
	if r := f.post("/signin", url.Values{"code": {"right"}}); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Set-Cookie") != "" {
		t.Errorf("after ten wrong ones: %d", r.StatusCode)
	}
}
