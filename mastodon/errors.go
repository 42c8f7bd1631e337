package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// Kind is what an error of the API means for whoever asked.
type Kind int

// The kinds of error. The zero value is an error that did not come from the API.
const (
	Other        Kind = iota
	Unauthorized      // the token is invalid or was revoked (401)
	Frozen            // the account may not log in (403 with those words; Mastodon base_controller.rb:61-75)
	Forbidden         // this is not for the token's user, or not in its scopes (403)
	NotFound          // gone, or not visible: nobody can tell (404, 410, an empty search, an id that can't be one)
	Throttled         // too many requests (429, or 503 with Retry-After): the throttle read when to go on
	Temporary         // the server or the way to it failed: 5xx, timeouts, cut connections
	Malformed         // an answer that is not the API's: no JSON (a parked domain, a proxy's 404), or of a wrong shape
	Invalid           // the request was wrong for this server (400, 422 and the like)
)

// Error is a request that did not get its answer. Its text never holds a token or the query.
type Error struct {
	URL     string // without its query
	Status  int    // 0 when there was no answer
	Message string // the server's own words, or the network's error: one short line without control characters
	Kind    Kind
	cause   error
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: %s", e.URL, e.Message)
	}
	return fmt.Sprintf("%s answered %d %s: %s", e.URL, e.Status, http.StatusText(e.Status), e.Message)
}

func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of an error that the API caused, else Other.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Other
}

// InstanceGone says whether an error means that the whole server is no more, where it is about what every server has: it says so
// itself, or its name is no longer known to DNS.
func InstanceGone(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	unknown, ok := errors.AsType[*net.DNSError](e.cause)
	return e.Status == http.StatusGone || ok && unknown.IsNotFound
}

// kindOfStatus is what a status code other than success means; message is the server's. Proxies answer in HTML for
// a server that is down or busy, but whether a post or a token is still good only the API itself can say.
func kindOfStatus(status int, message string, header http.Header) Kind {
	switch {
	case status == http.StatusTooManyRequests,
		status == http.StatusServiceUnavailable && header.Get("Retry-After") != "":
		return Throttled
	case status >= 500, status == http.StatusRequestTimeout:
		return Temporary
	case !hasJSON(header.Get("Content-Type")):
		return Malformed
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden && strings.Contains(strings.ToLower(message), "your login"):
		return Frozen
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	}
	return Invalid
}

// redacted is an address fit for errors: without its query, which may hold search words, and without a password.
func redacted(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return bounded(shown.String())
}

// hide replaces what must not be read, in plain or escaped. Very short values are no secrets: hiding every "40" and
// "true" would spoil the text.
func hide(text string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) < 6 {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, form, "[hidden]")
		}
	}
	return text
}

// serverMessage is what a server says of its refusal: {"error": …} in nearly all of them.
func serverMessage(body []byte) string {
	var said struct {
		Error       any    `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &said) != nil || said.Error == nil {
		return "without a reason"
	}
	text, isText := said.Error.(string)
	if !isText {
		text = fmt.Sprint(said.Error) // validations by field, in some
	}
	if said.Description != "" {
		text += ": " + said.Description
	}
	return text
}

// bounded is a server's text in one line of at most 200 characters without control characters.
func bounded(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}
