package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"lama/store"
)

// ErrSignIn is the answer of [Options.Viewer] to who has to sign in first.
var ErrSignIn = errors.New("nobody has signed in")

// cookie holds a session's secret. By its name browsers take it over https alone, and from this host alone.
const cookie = "__Host-lama"

// Secret is what a request's browser has to show for itself; empty where that is nothing.
func Secret(q *http.Request) string {
	c, err := q.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// Attempts at signing in, whoever makes them: a code has 128 bits of chance in it, so this is for the machine's sake.
const (
	attemptsEvery = 6 * time.Second
	attemptsBurst = 10
)

// door is where persons come in.
type door struct {
	keeper   *store.Store
	attempts *rate.Limiter
}

func newDoor(keeper *store.Store) *door {
	return &door{keeper, rate.NewLimiter(rate.Every(attemptsEvery), attemptsBurst)}
}

// signIn is the form. A code that stands in the address is filled in and no more: what previews links must not use it up.
func (d *door) signIn(w http.ResponseWriter, q *http.Request) error {
	return d.form(w, q, http.StatusOK, q.URL.Query().Get("code"), "")
}

func (d *door) form(w http.ResponseWriter, q *http.Request, status int, code, mistake string) error {
	return renderAs(w, q, status, "signin", Page{Title: "Sign in", Alone: true, Body: struct{ Code, Mistake string }{code, mistake}})
}

// maxForm bounds what is sent with a form, in bytes.
const maxForm = 4 << 10

// enter takes the form.
func (d *door) enter(w http.ResponseWriter, q *http.Request) error {
	if !d.attempts.Allow() {
		w.Header().Set("Retry-After", "60")
		return d.form(w, q, http.StatusTooManyRequests, "", "Too many codes were tried. Wait for a minute.")
	}
	q.Body = http.MaxBytesReader(w, q.Body, maxForm)
	secret := rand.Text()
	err := d.keeper.SignIn(q.Context(), strings.TrimSpace(q.PostFormValue("code")), secret, browserName(q.UserAgent()))
	if errors.Is(err, store.ErrNoInvite) {
		return d.form(w, q, http.StatusForbidden, "", "This code is wrong, was used before, or is older than a day. lama invite gives another.")
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, d.cookie(secret, int(store.SessionAge.Seconds())))
	http.Redirect(w, q, "/", http.StatusSeeOther)
	return nil
}

// leave ends the session.
func (d *door) leave(w http.ResponseWriter, q *http.Request) error {
	if err := d.keeper.SignOut(q.Context(), Secret(q)); err != nil {
		return err
	}
	http.SetCookie(w, d.cookie("", -1))
	w.Header().Set("Clear-Site-Data", `"cache"`) // or the way back would show pages to whoever comes next
	http.Redirect(w, q, "/signin", http.StatusSeeOther)
	return nil
}

func (d *door) cookie(secret string, age int) *http.Cookie {
	return &http.Cookie{Name: cookie, Value: secret, Path: "/", MaxAge: age, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// browserName is what tells a person their browsers apart, cut to a decent length.
func browserName(agent string) string {
	agent = visible(strings.ToValidUTF8(agent, "\uFFFD"))
	return strings.ToValidUTF8(agent[:min(len(agent), 200)], "")
}
