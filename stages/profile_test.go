package stages_test

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/mastodon"
	"lama/stages"
)

// What a server says of an account comes with the top page of its own posts, and with no other.
func TestTheTopPageOfOwnPostsTellsOfTheAccount(t *testing.T) {
	told := farStatus("1", `,"created_at":"2026-01-02T03:04:05Z","account":{"statuses_count":7,"moved":{"acct":"ann@new.example"}}`)
	got, _ := normalize(t, alice, answerOf(archive.Statuses, told, farStatus("2", "")))
	want := &archive.Profile{Statuses: 7, MovedTo: "ann@new.example", Newest: archive.ParseTime("2026-01-02T03:04:05Z")}
	if d := cmp.Diff(want, got.Profile); d != "" {
		t.Error(d)
	}
	lower := answerOf(archive.Statuses, told)
	lower.Task.Walk.Next = "https://social.home.example/api/v1/accounts/1/statuses?max_id=5"
	for name, page := range map[string]archive.Page{"a page below": lower, "another collection": answerOf(archive.Favourites, told),
		"no posts": answerOf(archive.Statuses)} {
		if got, _ := normalize(t, alice, page); got.Profile != nil {
			t.Errorf("%s: got %+v", name, got.Profile)
		}
	}
}

// failingTransport is a network in which no request gets through.
type failingTransport struct{ error }

func (f failingTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.error }

// A name that DNS does not know is looked up again before the account is given up for this run; what else fails is not
// about the server.
func TestAServerThatIsGoneEndsItsAccount(t *testing.T) {
	outcome := func(cause error, attempts int, post bool) archive.Outcome {
		client := mastodon.New(mastodon.Options{BaseURL: "https://gone.example", HTTP: &http.Client{Transport: failingTransport{cause}}})
		_, err := client.Page(t.Context(), mastodon.PageRequest{Collection: "bookmarks"})
		return stages.Retry{Now: time.Now}.Outcome(err, attempts, post)
	}
	unknown := &net.DNSError{Err: "no such host", IsNotFound: true}
	for name, c := range map[string]struct {
		outcome archive.Outcome
		gone    bool
	}{
		"the first time":     {outcome(unknown, 0, false), false},
		"after two attempts": {outcome(unknown, 2, false), true},
		"a post":             {outcome(unknown, 2, true), false},
		"a refusal":          {outcome(errors.New("connection refused"), 2, false), false},
	} {
		if gone := c.outcome.Account != nil; gone != c.gone || c.outcome.State != archive.Pending {
			t.Errorf("%s: got %+v", name, c.outcome)
		}
	}
}
