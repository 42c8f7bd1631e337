package mastodontest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// start is the time of the first thing in hand-made worlds.
var start = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// after is so many minutes later.
func after(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// answer is what a handler answered.
type answer struct {
	code   int
	header http.Header
	body   string
}

// get asks a person's server as that person; nil asks without a token.
func get(p *Person, path string) answer { return ask(p.home, p, path) }

func ask(i *Instance, p *Person, path string) answer {
	r := httptest.NewRequest(http.MethodGet, i.BaseURL()+path, nil)
	r.Header.Set("Accept", "application/json")
	if p != nil {
		r.Header.Set("Authorization", "Bearer "+p.Token())
	}
	return serve(i, r)
}

func serve(i *Instance, r *http.Request) answer {
	r.Header.Set("User-Agent", "test")
	w := httptest.NewRecorder()
	i.world.Handler(i.host).ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// post sends a form.
func postForm(i *Instance, path string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, i.BaseURL()+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return serve(i, r)
}

// value reads the answer's JSON.
func value[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("answer %d is no JSON of that kind: %v\n%s", a.code, err, a.body)
	}
	return v
}

// item is an item of a collection, as far as tests look.
type item struct {
	ID      string
	URI     string
	Content string
	Type    string
	Status  *item
	Reblog  *item
	Parent  *string `json:"in_reply_to_id"`
}

func uris(items []item) []string {
	all := make([]string, len(items))
	for n, i := range items {
		all[n] = i.URI
		if i.Status != nil {
			all[n] = i.Status.URI
		}
	}
	return all
}

func urisOf(posts ...*Post) []string {
	all := make([]string, len(posts))
	for n, p := range posts {
		all[n] = p.uri
	}
	return all
}

var linkPattern = regexp.MustCompile(`<([^>]*)>; rel="(\w+)"`)

// link is the path and query of a Link header's relation; empty for none.
func (a answer) link(rel string) string {
	for _, m := range linkPattern.FindAllStringSubmatch(a.header.Get("Link"), -1) {
		if m[2] == rel {
			u, err := url.Parse(m[1])
			if err != nil {
				panic(err)
			}
			return u.RequestURI()
		}
	}
	return ""
}

// walk reads a collection page by page over a relation of its Link headers.
func walk(t *testing.T, p *Person, path, rel string) (items []item, pages int) {
	t.Helper()
	for path != "" {
		a := get(p, path)
		if a.code != http.StatusOK {
			t.Fatalf("GET %s answers %d: %s", path, a.code, a.body)
		}
		page := value[[]item](t, a)
		items, pages, path = append(items, page...), pages+1, a.link(rel)
		if pages > 1000 {
			t.Fatalf("%s does not end", path)
		}
	}
	return items, pages
}

// statusesOf is the path of a person's own posts.
func statusesOf(p *Person) string {
	return "/api/v1/accounts/" + p.home.accounts.ids[p] + "/statuses"
}
