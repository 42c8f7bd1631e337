package mastodontest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// bulkOf is a server of one person.
func bulkOf(size BulkSize) *Bulk {
	b := NewBulk(BulkOptions{Host: "bulk.example:1", Media: true})
	b.Resize(0, size)
	return b
}

// ask asks as the first person.
func (b *Bulk) ask(path string) answer {
	_, tokens := b.Accounts()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+tokens[0])
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// walk reads a collection down to its end, and each page's address.
func (b *Bulk) walk(t *testing.T, path string) (items []item, pages []string) {
	t.Helper()
	for ; path != ""; path = b.link(t, &items, path) {
		pages = append(pages, path)
	}
	return items, pages
}

func (b *Bulk) link(t *testing.T, items *[]item, path string) (next string) {
	t.Helper()
	a := b.ask(path)
	if a.code != http.StatusOK {
		t.Fatalf("GET %s answers %d: %s", path, a.code, a.body)
	}
	*items = append(*items, value[[]item](t, a)...)
	return a.link("next")
}

func (b *Bulk) own(t *testing.T) string {
	t.Helper()
	return "/api/v1/accounts/" + value[item](t, b.ask("/api/v1/accounts/verify_credentials")).ID + "/statuses"
}

// Down by rel=next, every collection gives each of its posts once, the newest first, and no post is in two.
func TestBulkWalksGiveAll(t *testing.T) {
	size := BulkSize{Statuses: 95, Favourites: 80, Bookmarks: 1, Mentions: 161}
	b := bulkOf(size)
	seen := map[string]bool{}
	for path, want := range map[string][2]int{ // items, pages: an exact multiple costs an empty one
		b.own(t): {95, 3}, "/api/v1/favourites": {80, 3}, "/api/v1/bookmarks": {1, 1}, "/api/v1/notifications": {161, 3},
	} {
		items, pages := b.walk(t, path+"?limit=80")
		if len(items) != want[0] || len(pages) != want[1] {
			t.Errorf("%s: %d items on %d pages, want %v", path, len(items), len(pages), want)
		}
		for _, uri := range uris(items) {
			if seen[uri] {
				t.Errorf("%s comes twice", uri)
			}
			seen[uri] = true
		}
		if !slices.IsSortedFunc(items, func(x, y item) int { return compareIDs(idOf(y), idOf(x)) }) {
			t.Errorf("%s does not go down", path)
		}
	}
	if len(seen) != size.Total() || b.Requests() < 10 {
		t.Errorf("%d posts in %d requests, want %d", len(seen), b.Requests(), size.Total())
	}
}

// idOf is the id of an item's post.
func idOf(i item) string {
	if i.Status != nil {
		return i.Status.ID
	}
	return i.ID
}

// What is added is above what was there, which stays as it is.
func TestBulkGrowsOnTop(t *testing.T) {
	b := bulkOf(BulkOf(100))
	before, _ := b.walk(t, b.own(t))
	b.Resize(0, BulkOf(140))
	after, _ := b.walk(t, b.own(t))
	added := len(after) - len(before)
	if added != BulkOf(140).Statuses-BulkOf(100).Statuses {
		t.Fatalf("%d statuses were added", added)
	}
	if !slices.Equal(uris(after[added:]), uris(before)) {
		t.Error("what was there has changed")
	}
}

// Replies lead to posts that a batch gives, and a context too; what is not there is left out without a word.
func TestBulkParents(t *testing.T) {
	b := bulkOf(BulkOf(2000))
	own, _ := b.walk(t, b.own(t)+"?limit=40")
	mentions, _ := b.walk(t, "/api/v1/notifications?limit=80")
	all, parents := map[string]bool{}, []string{}
	for _, i := range own {
		all[i.ID] = true
	}
	for _, i := range append(own, mentions...) {
		if i.Status != nil {
			i = *i.Status
		}
		if i.Parent == nil {
			continue
		}
		parents = append(parents, *i.Parent)
		if !all[*i.Parent] {
			t.Errorf("the parent %s of %s is nowhere", *i.Parent, i.URI)
		}
		a := b.ask("/api/v1/statuses/" + i.ID + "/context")
		if c := value[struct{ Ancestors []item }](t, a).Ancestors; len(c) == 0 || c[len(c)-1].ID != *i.Parent {
			t.Errorf("the context of %s does not end with its parent", i.URI)
		}
	}
	if len(parents) < 200 {
		t.Fatalf("only %d replies", len(parents))
	}
	q := url.Values{"id[]": append(parents[:19:19], "1")}
	if got := value[[]item](t, b.ask("/api/v1/statuses?"+q.Encode())); len(got) != 19 {
		t.Errorf("a batch of 19 and one that is not there gives %d", len(got))
	}
	q["id[]"] = parents[:21]
	if a := b.ask("/api/v1/statuses?" + q.Encode()); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a batch of 21 is answered with %d", a.code)
	}
}

// A post is about as large as real ones are, and the same whichever way it comes.
func TestBulkPosts(t *testing.T) {
	b := bulkOf(BulkOf(1 << 20))
	page := value[[]json.RawMessage](t, b.ask(b.own(t)+"?limit=40"))
	total := 0
	for _, raw := range page {
		total += len(raw)
		i := item{}
		if err := json.Unmarshal(raw, &i); err != nil {
			t.Fatal(err)
		}
		if alone := b.ask("/api/v1/statuses/" + i.ID); alone.body != string(raw) {
			t.Errorf("alone it is\n%s\non the page\n%s", alone.body, raw)
		}
		if strings.ContainsAny(i.Content+i.URI, "{}") {
			t.Errorf("a place was left open in %s", raw)
		}
	}
	if mean := total / len(page); mean < 2700 || mean > 3300 {
		t.Errorf("a status has %d bytes", mean)
	}
	if oldest, _ := b.walk(t, b.own(t)+"?limit=40&max_id="+fmt.Sprint(bulkPost{number: 3}.id())); len(oldest) != 3 {
		t.Errorf("%d posts are older than the fourth", len(oldest))
	}
}

func TestBulkMedia(t *testing.T) {
	b := bulkOf(BulkOf(100))
	images := map[string]bool{}
	for _, raw := range value[[]json.RawMessage](t, b.ask(b.own(t)+"?limit=40")) {
		var s struct {
			Media []struct{ URL string } `json:"media_attachments"`
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Media {
			a := b.ask(m.URL)
			if a.code != http.StatusOK || http.DetectContentType([]byte(a.body)) != "image/png" || images[a.body] {
				t.Errorf("%s answers %d: an image that nobody else has is wanted", m.URL, a.code)
			}
			images[a.body] = true
		}
	}
	if len(images) != 8 {
		t.Errorf("%d of 40 statuses have an image", len(images))
	}
}

// Whoever asks without a token of the server, for what it has not, or for a page upwards gets no posts.
func TestBulkRefuses(t *testing.T) {
	b := bulkOf(BulkOf(100))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/favourites", nil)
	w := httptest.NewRecorder()
	if b.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	future := bulkPost{kind: bulkStatus, number: 1000}
	for path, want := range map[string]int{
		"/api/v1/accounts/1/statuses":                  http.StatusNotFound,
		"/api/v1/statuses/" + fmt.Sprint(future.id()):  http.StatusNotFound,
		"/api/v1/statuses/" + fmt.Sprint(1<<62):        http.StatusNotFound,
		"/api/v1/statuses/x/context":                   http.StatusNotFound,
		"/api/v1/favourites?max_id=x":                  http.StatusBadRequest,
		"/api/v1/favourites?min_id=1":                  http.StatusBadRequest,
		"/api/v1/timelines/home":                       http.StatusNotFound,
		"/api/v2/search?q=https%3A%2F%2Fa.example%2F1": http.StatusOK,
	} {
		if a := b.ask(path); a.code != want {
			t.Errorf("%s answers %d, want %d", path, a.code, want)
		}
	}
}

// A post's id names it, and the time at which it was made.
func TestBulkIDs(t *testing.T) {
	for _, p := range []bulkPost{{}, {1, bulkMention, 7}, {9, bulkBookmark, 999_999}} {
		if got := bulkPostOf(p.id()); got != p {
			t.Errorf("%v has the id of %v", p, got)
		}
		if at := time.UnixMilli(p.id() >> 16); !at.Equal(p.at()) {
			t.Errorf("%v: made at %v, by its id at %v", p, p.at(), at)
		}
	}
}
