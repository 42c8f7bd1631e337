package mastodon_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/mastodon"
)

// A capable server answers for the paths that it has; HOME and HOST stand for its address.
type capable map[string]string

func (s capable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s[r.URL.Path]
	if !ok {
		says(404, typeJSON, `{"error": "Not Found"}`).ServeHTTP(w, r)
		return
	}
	body = strings.NewReplacer("HOME", "http://"+r.Host, "HOST", r.Host).Replace(body)
	says(200, typeJSON, body).ServeHTTP(w, r)
}

// nodeinfo is the index of a server that has one version of it.
func nodeinfo(href string) string {
	return fmt.Sprintf(`{"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": %q}]}`, href)
}

func TestProbe(t *testing.T) {
	const v1, v2 = "/api/v1/instance", "/api/v2/instance"
	const index, info = "/.well-known/nodeinfo", "/nodeinfo/2.0"
	here := nodeinfo("HOME" + info)
	software := func(name string) string { return `{"version": "2.0", "software": {"name": "` + name + `"}}` }
	long := strings.Repeat("x", 300)
	for name, tc := range map[string]struct {
		capable capable
		want    mastodon.Server
		from    string // of the instance
	}{
		"Mastodon 4.5": {
			capable{v2: `{"domain": "Social.Example", "version": "4.5.0", "api_versions": {"mastodon": 7}}`, v1: `{}`,
				index: here, info: software("mastodon")},
			mastodon.Server{Domain: "social.example", Software: "mastodon", Version: "4.5.0", APIVersion: 7, Batch: mastodon.BatchID},
			v2,
		},
		"Mastodon 4.2": {
			capable{v2: `{"domain": "social.example", "version": "4.2.0"}`, index: here, info: software("mastodon")},
			mastodon.Server{Domain: "social.example", Software: "mastodon", Version: "4.2.0"},
			v2,
		},
		"before 4.3": {
			capable{v2: `{"domain": "social.example", "api_versions": {"mastodon": 1}}`},
			mastodon.Server{Domain: "social.example", APIVersion: 1},
			v2,
		},
		"Mastodon 3.1": {
			capable{v1: `{"uri": "social.example", "version": "3.1.0"}`, index: here, info: software("mastodon")},
			mastodon.Server{Domain: "social.example", Software: "mastodon", Version: "3.1.0"},
			v1,
		},
		"GoToSocial": {
			capable{v2: `{"domain": "gts.example", "version": "0.20.0+git-57cb4fe"}`, index: here, info: software("GoToSocial")},
			mastodon.Server{Domain: "gts.example", Software: "gotosocial", Version: "0.20.0+git-57cb4fe"},
			v2,
		},
		"Akkoma": {
			capable{v1: `{"uri": "https://akkoma.example/", "version": "2.7.2 (compatible; Akkoma 3.13)"}`,
				index: here, info: software("akkoma")},
			mastodon.Server{Domain: "akkoma.example", Software: "akkoma", Version: "2.7.2 (compatible; Akkoma 3.13)",
				Batch: mastodon.BatchIDs},
			v1,
		},
		"no nodeinfo": {capable{v2: `{"domain": "a.example"}`}, mastodon.Server{Domain: "a.example"}, v2},
		"nodeinfo elsewhere": {
			capable{v2: `{"domain": "a.example"}`, index: nodeinfo("https://b.example" + info), info: software("pleroma")},
			mastodon.Server{Domain: "a.example"},
			v2,
		},
		"TLS ends before it": {
			capable{v2: `{"domain": "a.example"}`, index: nodeinfo("https://HOST" + info), info: software("pleroma")},
			mastodon.Server{Domain: "a.example", Software: "pleroma", Batch: mastodon.BatchIDs},
			v2,
		},
		"second nodeinfo": {
			capable{v2: `{"domain": "a.example"}`, info: software("sharkey"), index: `{"links": [7,
				{"rel": "self", "href": "HOME/x"},
				{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "HOME/no"},
				{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "HOME/nodeinfo/2.0"}]}`},
			mastodon.Server{Domain: "a.example", Software: "sharkey"},
			v2,
		},
		"mistyped": {
			capable{v2: `{"domain": {}, "version": {}, "api_versions": [], "uri": "a.example"}`, index: `{"links": {}}`},
			mastodon.Server{Domain: "a.example"},
			v2,
		},
		"hostile": {
			capable{v2: `{"domain": "a.example/../<b>@c", "version": "\u001b[31m` + long + `", "uri": "b c"}`,
				index: here, info: software(`\u001b` + long)},
			mastodon.Server{Domain: "HOST", Software: long[:200] + "…", Version: "[31m" + long[:196] + "…"},
			v2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := serveClient(t, tc.capable)
			got, err := c.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if tc.want.Domain == "HOST" {
				tc.want.Domain = strings.TrimPrefix(c.BaseURL, "http://")
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(mastodon.Server{}, "Evidence")); diff != "" {
				t.Error(diff)
			}
			if got.Evidence["instance"] != tc.from || got.Evidence["batch"] == "" {
				t.Errorf("evidence: %v", got.Evidence)
			}
		})
	}
}

// An older name is tried where the newer one is not there, whatever answers in its place; not where the server is
// down or the token is not good.
func TestProbeFallsBack(t *testing.T) {
	const v1, v2 = "/api/v1/instance", "/api/v2/instance"
	for name, tc := range map[string]struct {
		answer http.Handler // to the newer name
		asked  []string
		kind   mastodon.Kind
	}{
		"not there":    {says(404, typeJSON, `{"error": "Not Found"}`), []string{v2, v1}, mastodon.Other},
		"closed":       {says(403, typeJSON, `{}`), []string{v2, v1}, mastodon.Other},
		"a page":       {says(404, "text/html", "<html>"), []string{v2, v1}, mastodon.Other},
		"a start page": {says(200, "text/html", "<html>"), []string{v2, v1}, mastodon.Other},
		"a list":       {says(200, typeJSON, "[]"), []string{v2, v1}, mastodon.Other},
		"down":         {says(502, "text/html", "<html>"), []string{v2}, mastodon.Temporary},
		"busy":         {says(429, typeJSON, `{}`), []string{v2}, mastodon.Throttled},
		"revoked":      {says(401, typeJSON, `{"error": "The access token was revoked"}`), []string{v2}, mastodon.Unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			_, err := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case v2:
					asked = append(asked, v2)
					tc.answer.ServeHTTP(w, r)
				case v1:
					asked = append(asked, v1)
					says(200, typeJSON, "{}").ServeHTTP(w, r)
				default:
					http.NotFound(w, r)
				}
			})).Probe(t.Context())
			if !slices.Equal(asked, tc.asked) || mastodon.KindOf(err) != tc.kind || (err == nil) != (tc.kind == mastodon.Other) {
				t.Errorf("asked for %v, got %v", asked, err)
			}
		})
	}
}

// No server of the fediverse: nothing that it has is an instance.
func TestProbeOfNoServer(t *testing.T) {
	_, err := serveClient(t, says(404, "text/html", "<html>")).Probe(t.Context())
	if mastodon.KindOf(err) != mastodon.Malformed || !strings.HasPrefix(err.Error(), "ask the server what it is: ") {
		t.Errorf("got %v", err)
	}
}

// That nodeinfo is down does not mean that there is none.
func TestProbeWithoutNodeinfoNow(t *testing.T) {
	_, err := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			says(200, typeJSON, "{}").ServeHTTP(w, r)
			return
		}
		says(502, "text/html", "").ServeHTTP(w, r)
	})).Probe(t.Context())
	if mastodon.KindOf(err) != mastodon.Temporary {
		t.Errorf("got %v", err)
	}
}

// A long index does not make us ask for long.
func TestProbeIsBounded(t *testing.T) {
	asked := 0
	link := `{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "/no"}`
	long := capable{"/api/v2/instance": "{}", "/.well-known/nodeinfo": `{"links": [` + strings.Repeat(link+",", 1000) + link + `]}`}
	_, err := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		long.ServeHTTP(w, r)
	})).Probe(t.Context())
	if err != nil || asked > 10 {
		t.Errorf("got %v after %d requests", err, asked)
	}
}

func TestServer(t *testing.T) {
	for _, tc := range []struct {
		software                                      string
		statuses, favourites, bookmarks, notification int
		perIP                                         bool
	}{
		{"mastodon", 40, 40, 40, 80, false},
		{"", 40, 40, 40, 80, false},
		{"gotosocial", 100, 100, 100, 80, true},
		{"pixelfed", 20, 20, 20, 80, false},
	} {
		s := mastodon.Server{Software: tc.software}
		got := []int{s.Limit("statuses"), s.Limit("favourites"), s.Limit("bookmarks"), s.Limit("notifications")}
		if !slices.Equal(got, []int{tc.statuses, tc.favourites, tc.bookmarks, tc.notification}) || s.PerIP() != tc.perIP {
			t.Errorf("%s: got %v, %v", tc.software, got, s.PerIP())
		}
	}
	for software, inserts := range map[string]string{"mastodon": "", "gotosocial": "statuses", "friendica": "favourites bookmarks"} {
		for _, c := range []string{"statuses", "favourites", "bookmarks", "notifications"} {
			if s := (mastodon.Server{Software: software}); s.Inserts(c) != strings.Contains(inserts, c) {
				t.Errorf("%s of %s: %v", c, software, s.Inserts(c))
			}
		}
	}
	for batch, want := range map[mastodon.Batch]int{mastodon.BatchNone: 1, mastodon.BatchID: 20, mastodon.BatchIDs: 100} {
		if got := batch.Size(); got != want {
			t.Errorf("%q: got %d", batch, got)
		}
	}
}
