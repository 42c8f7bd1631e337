package mastodon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/mastodon"
)

// Each method makes one request.
func TestRequests(t *testing.T) {
	type ask func(context.Context, *mastodon.Client) error
	page := func(r mastodon.PageRequest) ask {
		return func(ctx context.Context, c *mastodon.Client) error { _, err := c.Page(ctx, r); return err }
	}
	posts := func(b mastodon.Batch, ids ...string) ask {
		return func(ctx context.Context, c *mastodon.Client) error { _, err := c.Posts(ctx, b, ids); return err }
	}
	one := func(id string) ask {
		return func(ctx context.Context, c *mastodon.Client) error { _, err := c.Post(ctx, id); return err }
	}
	history := func(ctx context.Context, c *mastodon.Client) error { _, err := c.History(ctx, "a/1"); return err }
	search := func(ctx context.Context, c *mastodon.Client) error {
		_, err := c.Search(ctx, "https://a.example/1")
		return err
	}
	credentials := func(ctx context.Context, c *mastodon.Client) error { _, err := c.VerifyCredentials(ctx); return err }
	forty := url.Values{"limit": {"40"}}
	for name, tc := range map[string]struct {
		ask  ask
		body string
		path string // escaped
		want url.Values
	}{
		"statuses": {page(mastodon.PageRequest{Collection: "statuses", AccountID: "01ABC", Limit: 40, Types: []string{"mention"}}),
			"[]", "/api/v1/accounts/01ABC/statuses", forty},
		"favourites":    {page(mastodon.PageRequest{Collection: "favourites", Limit: 40}), "[]", "/api/v1/favourites", forty},
		"bookmarks":     {page(mastodon.PageRequest{Collection: "bookmarks", Limit: 40}), "[]", "/api/v1/bookmarks", forty},
		"its own limit": {page(mastodon.PageRequest{Collection: "bookmarks"}), "[]", "/api/v1/bookmarks", url.Values{}},
		"notifications": {page(mastodon.PageRequest{Collection: "notifications", Limit: 80, Types: []string{"mention", "poll"}}),
			"[]", "/api/v1/notifications",
			url.Values{"limit": {"80"}, "types[]": {"mention", "poll"}, "include_filtered": {"true"}}},
		"bridged account": {page(mastodon.PageRequest{Collection: "statuses", AccountID: "did:plc/1?x#y%", Limit: 40}),
			"[]", "/api/v1/accounts/did:plc%2F1%3Fx%23y%25/statuses", forty},
		"batch": {posts(mastodon.BatchID, "1", "a&b"), "[]", "/api/v1/statuses", url.Values{"id[]": {"1", "a&b"}}},
		"batch of Akkoma": {posts(mastodon.BatchIDs, "9vvOI4du3rkuhoX8wS"),
			"[]", "/api/v1/statuses", url.Values{"ids[]": {"9vvOI4du3rkuhoX8wS"}}},
		"post":         {one("1"), post, "/api/v1/statuses/1", url.Values{}},
		"bridged post": {one("https://a.example/../1"), post, "/api/v1/statuses/https:%2F%2Fa.example%2F..%2F1", url.Values{}},
		"history":      {history, "[]", "/api/v1/statuses/a%2F1/history", url.Values{}},
		"search": {search, `{"statuses": [` + post + `]}`, "/api/v2/search",
			url.Values{"q": {"https://a.example/1"}, "resolve": {"true"}, "limit": {"5"}}},
		"credentials": {credentials, `{"id": "1", "username": "alice"}`, "/api/v1/accounts/verify_credentials", url.Values{}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			err := tc.ask(t.Context(), serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				if r.Method != http.MethodGet || r.URL.EscapedPath() != tc.path {
					t.Errorf("got %s %s", r.Method, r.URL.EscapedPath())
				}
				if diff := cmp.Diff(tc.want, r.URL.Query()); diff != "" {
					t.Error(diff)
				}
				says(200, typeJSON, tc.body).ServeHTTP(w, r)
			})))
			if err != nil || asked != 1 {
				t.Errorf("got %v after %d requests", err, asked)
			}
		})
	}
}

// A server's link is followed as it is, and what a page's links say is told.
func TestPage(t *testing.T) {
	const next = "/api/v1/favourites?types%5B%5D=b&limit=40&a=FALSE&max_id=7"
	for name, tc := range map[string]struct {
		link       string // HOME and HOST stand for the server's address
		next, prev string // after that address
		has        bool
	}{
		"both":               {`<HOME` + next + `>; rel="next", <HOME/x?min_id=9>; rel="prev"`, next, "/x?min_id=9", true},
		"relative":           {`<` + next + `>; rel="next"`, next, "", true},
		"newest":             {`<HOME/x?min_id=9>; rel="prev"`, "", "/x?min_id=9", true},
		"none":               {``, "", "", false},
		"another kind":       {`<https://cdn.example>; rel="preconnect"`, "", "", false},
		"TLS ends before it": {`<https://HOST` + next + `>; rel="next"`, next, "", true},
		"wrong way round":    {`<HOME/x?min_id=9>; rel="next", <HOME/x?max_id=5>; rel="prev"`, "/x?max_id=5", "/x?min_id=9", true},
		"newest, wrongly":    {`<HOME/x?max_id=5>; rel="prev"`, "/x?max_id=5", "", true},
		"to the page itself": {`<HOME` + next + `>; rel="prev"`, "", next, true},
		"foreign prev":       {`<` + next + `>; rel="next", <https://b.example/x?min_id=9>; rel="prev"`, next, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var asked string
			c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.RequestURI
				w.Header().Set("Link", strings.NewReplacer("HOME", "http://"+r.Host, "HOST", r.Host).Replace(tc.link))
				says(200, typeJSON, `[{"id": 1}, {"id":"2" }]`).ServeHTTP(w, r)
			}))
			got, err := c.Page(t.Context(), mastodon.PageRequest{Collection: "favourites", Limit: 40, Next: c.BaseURL + next})
			if err != nil || asked != next {
				t.Fatalf("got %v, asked for %s", err, asked)
			}
			want := mastodon.List{Items: []json.RawMessage{[]byte(`{"id": 1}`), []byte(`{"id":"2" }`)}, HasLink: tc.has}
			if tc.next != "" {
				want.Next = c.BaseURL + tc.next
			}
			if tc.prev != "" {
				want.Prev = c.BaseURL + tc.prev
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Pixelfed says with each favourite which like it is, and in the links the wrong ones (ApiV1Controller.php:1305-1309).
func TestThePageBelowTheOldestLike(t *testing.T) {
	for name, tc := range map[string]struct{ body, next, prev string }{
		"numbers":         {`[{"like_id": 30}, {"like_id": 9}, {"like_id": 12}]`, "9", "30"},
		"text":            {`[{"like_id": "30"}]`, "30", "30"},
		"not one of them": {`[{"like_id": 30}, {"id": 9}]`, "31", "8"},
		"of another kind": {`[{"like_id": "x1"}]`, "31", "8"},
		"none":            {`[]`, "31", "8"},
	} {
		c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", `</f?limit=3&max_id=31>; rel="next",</f?limit=3&min_id=8>; rel="prev"`)
			says(200, typeJSON, tc.body).ServeHTTP(w, r)
		}))
		got, err := c.Page(t.Context(), mastodon.PageRequest{Collection: "favourites"})
		next, prev := c.BaseURL+"/f?limit=3&max_id="+tc.next, c.BaseURL+"/f?limit=3&min_id="+tc.prev
		if err != nil || got.Next != next || got.Prev != prev {
			t.Errorf("%s: got %s and %s (%v)", name, got.Next, got.Prev, err)
		}
	}
}

// A walk must not end quietly because its next page is said to be on another server.
func TestNextPageElsewhere(t *testing.T) {
	for _, to := range []string{"https://b.example/x?max_id=1", "http://127.0.0.1:1/x?max_id=1", "ftp://a.example", "http://[::1"} {
		c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "<"+to+`>; rel="next"`)
			says(200, typeJSON, "[{}]").ServeHTTP(w, r)
		}))
		_, err := c.Page(t.Context(), mastodon.PageRequest{Collection: "bookmarks", Limit: 40})
		if mastodon.KindOf(err) != mastodon.Malformed {
			t.Errorf("%s: got %v", to, err)
		}
	}
}

func TestNoList(t *testing.T) {
	for _, body := range []string{"null", "{}", `{"error": "no"}`, "1"} {
		c := serveClient(t, says(200, typeJSON, body))
		_, page := c.Page(t.Context(), mastodon.PageRequest{Collection: "bookmarks", Limit: 40})
		_, posts := c.Posts(t.Context(), mastodon.BatchID, []string{"1"})
		if mastodon.KindOf(page) != mastodon.Malformed || mastodon.KindOf(posts) != mastodon.Malformed {
			t.Errorf("%s: got %v and %v", body, page, posts)
		}
	}
}

// What can't be asked for is not asked for.
func TestNoRequest(t *testing.T) {
	c := clientOf(elsewhere(t).URL)
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Post(t.Context(), id); mastodon.KindOf(err) != mastodon.NotFound {
			t.Errorf("post %q: got %v", id, err)
		}
		_, err := c.Page(t.Context(), mastodon.PageRequest{Collection: "statuses", AccountID: id})
		if mastodon.KindOf(err) != mastodon.NotFound {
			t.Errorf("statuses of %q: got %v", id, err)
		}
	}
	if _, err := c.Page(t.Context(), mastodon.PageRequest{Collection: "toots"}); err == nil {
		t.Error("an unknown collection was asked for")
	}
	for batch, n := range map[mastodon.Batch]int{mastodon.BatchNone: 1, mastodon.BatchID: 21, mastodon.BatchIDs: 101} {
		if _, err := c.Posts(t.Context(), batch, make([]string, n)); err == nil {
			t.Errorf("%q: a batch of %d was asked for", batch, n)
		}
	}
}

func TestSearch(t *testing.T) {
	const address = "https://b.example/@bob/2?a&b"
	status := func(id, uri, address, content string) string {
		text, _ := json.Marshal(map[string]string{"id": id, "uri": uri, "url": address, "content": content})
		return string(text)
	}
	other := status("1", "https://c.example/1", "https://c.example/@c/1", "see https://b.example/@bob/2?a&amp;b")
	for name, tc := range map[string]struct {
		found []string
		want  int // which of them; -1: none
	}{
		"nothing":                {nil, -1},
		"by url":                 {[]string{other, status("2", "https://b.example/users/bob/2", address, "")}, 1},
		"by uri":                 {[]string{other, status("2", address, "https://b.example/", "")}, 1},
		"under another name":     {[]string{status("2", "https://b.example/objects/2", "https://b.example/notice/2", "")}, 0},
		"by its words":           {[]string{other}, -1},
		"several, none of these": {[]string{other, status("3", "https://d.example/3", "", "")}, -1},
		"odd ones":               {[]string{"null", "7", `{"uri": 7}`, status("2", address, "", "")}, 3},
		"an odd one":             {[]string{"{}"}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"accounts": [{}], "statuses": [` + strings.Join(tc.found, ",") + `], "hashtags": []}`
			c := serveClient(t, says(200, typeJSON, body))
			got, err := c.Search(t.Context(), address)
			switch {
			case tc.want < 0 && mastodon.KindOf(err) != mastodon.NotFound:
				t.Errorf("got %s, %v", got, err)
			case tc.want >= 0 && (err != nil || string(got) != tc.found[tc.want]):
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestSearchOfAnotherShape(t *testing.T) {
	for body, want := range map[string]mastodon.Kind{
		"[]": mastodon.Malformed, `{"statuses": 7}`: mastodon.Malformed,
		"{}": mastodon.NotFound, `{"statuses": null}`: mastodon.NotFound,
	} {
		_, err := serveClient(t, says(200, typeJSON, body)).Search(t.Context(), "https://b.example/1")
		if got := mastodon.KindOf(err); got != want {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestVerifyCredentials(t *testing.T) {
	for body, want := range map[string]mastodon.Credentials{
		`{"id": "01FVW7", "username": "alice", "statuses_count": 7}`:  {ID: "01FVW7", Username: "alice", StatusesCount: 7},
		`{"id": 103270115826048975, "username": "alice"}`:             {ID: "103270115826048975", Username: "alice"},
		`{"id": "a\/b", "username": "alice", "statuses_count": "7"}`:  {ID: "a/b", Username: "alice", StatusesCount: 7},
		`{"id": "1", "username": "alice", "statuses_count": "a lot"}`: {ID: "1", Username: "alice"},
	} {
		got, err := serveClient(t, says(200, typeJSON, body)).VerifyCredentials(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{
		"null", "[]", "{}", `{"id": "1"}`, `{"id": "", "username": "alice"}`, `{"id": null, "username": "alice"}`,
	} {
		_, err := serveClient(t, says(200, typeJSON, body)).VerifyCredentials(t.Context())
		if mastodon.KindOf(err) != mastodon.Malformed || !strings.Contains(fmt.Sprint(err), "not an account") {
			t.Errorf("%s: got %v", body, err)
		}
	}
}
