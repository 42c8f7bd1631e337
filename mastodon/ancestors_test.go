package mastodon_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"lama/mastodon"
)

func TestAncestors(t *testing.T) {
	const replies = `"descendants":[{"id":"9"}]`
	for name, tc := range map[string]struct {
		status int
		kind   string
		body   string
		want   int
		err    mastodon.Kind
	}{
		"the ancestors":          {200, typeJSON, `{"ancestors":[{"id":"1"},{"id":"2"}],` + replies + `}`, 2, 0},
		"none":                   {200, typeJSON, `{"ancestors":[],` + replies + `}`, 0, 0},
		"behind the replies":     {200, typeJSON, `{` + replies + `,"ancestors":[{"id":"1"}]}`, 1, 0},
		"damage behind them":     {200, typeJSON, `{"ancestors":[{"id":"1"}],"descendants":[{"id":`, 1, 0},
		"damage among them":      {200, typeJSON, `{"ancestors":[{"id":"1"},{"id":`, 0, mastodon.Malformed},
		"no list":                {200, typeJSON, `{"ancestors":{"id":"1"}}`, 0, mastodon.Malformed},
		"a list":                 {200, typeJSON, `[{"id":"1"}]`, 0, mastodon.Malformed},
		"without a bottom":       {200, typeJSON, `{"x":` + strings.Repeat("[", 100_000), 0, mastodon.Malformed},
		"no ancestors":           {200, typeJSON, `{` + replies + `}`, 0, mastodon.Malformed},
		"a page":                 {200, "text/html", `<html>`, 0, mastodon.Malformed},
		"gone":                   {404, typeJSON, `{"error":"Record not found"}`, 0, mastodon.NotFound},
		"an outage":              {502, "text/html", `<html>`, 0, mastodon.Temporary},
		"larger than is allowed": {200, typeJSON, `{"ancestors":[{"x":"` + strings.Repeat("x", 2<<20) + `"}]}`, 0, mastodon.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			c := serveClient(t, says(tc.status, tc.kind, tc.body))
			got, err := c.Ancestors(t.Context(), "3")
			if len(got) != tc.want || mastodon.KindOf(err) != tc.err || (err == nil) != (tc.err == 0) {
				t.Errorf("got %d posts and %v", len(got), err)
			}
		})
	}
}

// The replies to a post are many: nobody waits for them.
func TestAncestorsDoNotWaitForTheReplies(t *testing.T) {
	gone := make(chan struct{})
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(gone)
		w.Header().Set("Content-Type", typeJSON)
		_, err := io.WriteString(w, `{"ancestors":[{"id":"1"}],"descendants":[`)
		for n := 0; err == nil; n++ {
			_, err = fmt.Fprintf(w, `{"id":"%d"},`, n)
			err = errors.Join(err, http.NewResponseController(w).Flush())
		}
	}))
	if posts, err := c.Ancestors(t.Context(), "2"); err != nil || len(posts) != 1 {
		t.Errorf("got %d posts and %v", len(posts), err)
	}
	<-gone
}
