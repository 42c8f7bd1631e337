package stages

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lama/archive"
	"lama/mastodon"
)

// What an answer to a conversation, or a refusal, means for the wanted post and for how the server is asked from then on.
func TestWhatComesOfAConversation(t *testing.T) {
	const root, wanted = `{"id":"1","uri":"https://home.example/1"}`, `{"id":"2","uri":"https://home.example/2"}`
	for name, tc := range map[string]struct {
		status int
		body   string
		first  bool // the server has never given one, and refused one
		posts  int
		settle archive.State
		alone  bool
	}{
		"it holds the wanted post":    {200, `{"ancestors":[` + root + `,` + wanted + `]}`, false, 2, archive.Done, false},
		"it is silent about it":       {200, `{"ancestors":[` + root + `]}`, false, 1, archive.Pending, true},
		"the post below is gone":      {404, `{"error":"Record not found"}`, false, 0, archive.Pending, true},
		"the server has none of them": {404, `{"error":"Not found"}`, true, 0, archive.Pending, false}, // asked for a second time
		"an outage":                   {500, `{"error":"oops"}`, true, 0, archive.Pending, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := conversing(t, tc.status, tc.body)
			if tc.first {
				s.Server, _ = s.Server.Learn(mastodon.AbleContext, &mastodon.Error{Kind: mastodon.NotFound})
			} else {
				s.Server, _ = s.Server.Learn(mastodon.AbleContext, nil)
			}
			task := archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: "ana@home.example"}, Above: true, Wants: []archive.Want{{
				Account: "ana@home.example", Name: archive.IDName("home.example", "2"), Below: archive.Below{ID: "3"}}}}
			page, err := Page{Session: func(string) Session { return s }, Retry: Retry{time.Now}, Learn: s.learn}.Fetch(t.Context(), task)
			if err != nil || len(page.Statuses) != tc.posts {
				t.Fatalf("%d posts (%v)", len(page.Statuses), err)
			}
			got := settled(t, s, page)
			if got.State != tc.settle || got.Alone != tc.alone {
				t.Errorf("settled as %+v", got)
			}
		})
	}
}

func conversing(t *testing.T, status int, body string) Session {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/statuses/3/context" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return Session{Account: archive.Account{User: "ana", Instance: "home.example", Scheme: "https"},
		Client: mastodon.New(mastodon.Options{BaseURL: server.URL})}
}

func (s Session) learn(_ context.Context, _ string, what mastodon.Ability, err error) (bool, error) {
	_, news := s.Server.Learn(what, err)
	return news, nil
}

// settled is what normalizing and recursion make of the one want of a page.
func settled(t *testing.T, s Session, p archive.Page) archive.Settle {
	t.Helper()
	b, err := Normalizer{View: func(string) View { return View{Account: s.Account} }}.Normalize(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	b, err = Recurse{Own: func(string) bool { return false }, Now: time.Now}.Recurse(t.Context(), b)
	if err != nil || len(b.Settles) != 1 {
		t.Fatalf("%d settles (%v)", len(b.Settles), err)
	}
	return b.Settles[0]
}
