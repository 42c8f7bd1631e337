package stages_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"lama/archive"
	"lama/mastodon/mastodontest"
	"lama/stages"
)

// bulkPage is a page of a collection, as a Mastodon sends it: posts of some 3 KB.
func bulkPage(b *testing.B, c archive.Collection) archive.Page {
	server := mastodontest.NewBulk(mastodontest.BulkOptions{Host: "home.example", People: 1, Media: true})
	server.Resize(0, mastodontest.BulkOf(1000))
	_, tokens := server.Accounts()
	path := "/api/v1/" + string(c)
	if c == archive.Statuses {
		path = "/api/v1/accounts/1000000/statuses"
	}
	r, w := httptest.NewRequest("GET", path+"?limit=40", nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer "+tokens[0])
	server.ServeHTTP(w, r)
	var items []json.RawMessage
	if err := json.Unmarshal(w.Body.Bytes(), &items); err != nil || len(items) != 40 {
		b.Fatalf("got %d items, error %v", len(items), err)
	}
	return answerOf(c, items...)
}

func BenchmarkNormalize(b *testing.B) {
	n := stages.Normalizer{View: func(string) stages.View { return alice }}
	for _, c := range []archive.Collection{archive.Statuses, archive.Notifications} {
		p := bulkPage(b, c)
		b.Run(string(c), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := n.Normalize(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
