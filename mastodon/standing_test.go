package mastodon_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/mastodon"
)

func TestDecodeStanding(t *testing.T) {
	for body, want := range map[string]mastodon.Standing{
		`{"created_at": "2026-01-02", "account": {"statuses_count": 7, "moved": null}}`:          {Statuses: 7, CreatedAt: "2026-01-02"},
		`{"account": {"statuses_count": "7"}, "reblog": {"account": {"statuses_count": 9}}}`:     {Statuses: 7},
		`{"account": {"moved": {"acct": "ana@new.example", "url": "https://new.example/@ana"}}}`: {Moved: mastodon.Account{Acct: "ana@new.example", URL: "https://new.example/@ana"}},
		`{"account": {"statuses_count": "a lot", "moved": true}}`:                                {},
		`{"account": []}`: {}, `[]`: {}, `{`: {},
	} {
		if d := cmp.Diff(want, mastodon.DecodeStanding([]byte(body))); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
}

func TestHidingFilters(t *testing.T) {
	body := `[{"title": "soup", "context": ["home", "account"], "filter_action": "hide"},
{"title": "cats", "context": ["account"], "filter_action": "warn"}, 7, {"title": "a\u001bb", "filter_action": "hide", "context": "x"}]`
	got, err := serveClient(t, says(200, typeJSON, body)).HidingFilters(t.Context())
	want := []mastodon.HidingFilter{{Title: "soup", Contexts: []string{"home", "account"}}, {Title: "a b", Contexts: []string{"x"}}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%s (%v)", d, err)
	}
	if !got[0].Hides("statuses") || got[0].Hides("notifications") || got[0].Hides("bookmarks") {
		t.Error("soup takes own posts out, and nothing else")
	}
	if got, err := serveClient(t, says(200, typeJSON, "[]")).HidingFilters(t.Context()); got == nil || len(got) > 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := serveClient(t, says(403, typeJSON, "{}")).HidingFilters(t.Context()); mastodon.KindOf(err) != mastodon.Forbidden {
		t.Errorf("got %v", err)
	}
}

// unreachable is a network in which no request gets through.
type unreachable struct{ error }

func (u unreachable) RoundTrip(*http.Request) (*http.Response, error) { return nil, u.error }

// A server is gone when it says so itself, or when nobody knows its name: not while it, or DNS, is only out of order.
func TestGone(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.Handler
		want   bool
	}{
		"410":              {says(410, typeJSON, `{"error": "Gone"}`), true},
		"410 of its proxy": {says(410, "text/html", "gone"), true},
		"404":              {says(404, typeJSON, `{}`), false},
		"502":              {says(502, "text/html", ""), false},
	} {
		_, err := serveClient(t, c.answer).Page(t.Context(), mastodon.PageRequest{Collection: "bookmarks"})
		if mastodon.InstanceGone(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for cause, want := range map[error]bool{
		&net.DNSError{Err: "no such host", IsNotFound: true}:        true,
		&net.DNSError{Err: "server misbehaving", IsTemporary: true}: false,
		errors.New("connection refused"):                            false,
	} {
		client := mastodon.New(mastodon.Options{BaseURL: "https://gone.example", HTTP: &http.Client{Transport: unreachable{cause}}})
		_, err := client.Page(t.Context(), mastodon.PageRequest{Collection: "bookmarks"})
		if mastodon.InstanceGone(err) != want || mastodon.KindOf(err) != mastodon.Temporary {
			t.Errorf("%v: %v", cause, err)
		}
	}
	if mastodon.InstanceGone(nil) || mastodon.InstanceGone(context.Canceled) {
		t.Error("what did not come from the API says nothing")
	}
}

// What each kind of server counts and omits is a fact of its source.
func TestWhatServersCountAndOmit(t *testing.T) {
	for software, want := range map[string][]any{
		"mastodon":   {true, false, true, "", "", false},
		"gotosocial": {true, true, true, "backdated", "", true},
		"akkoma":     {false, false, false, "", "", false},
		"pixelfed":   {true, false, true, "replies", "", false},
		"friendica":  {true, false, true, "", "post order", false},
	} {
		s := mastodon.Server{Software: software}
		boosts, direct, private := s.Counts()
		got := []any{boosts, direct, private, string(s.Omits("statuses")), string(s.Omits("favourites")), s.Filters()}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", software, d)
		}
	}
}
