package cli_test

import (
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
)

// only makes a test of one database, where there is it.
func only(t *testing.T, name string) func(testing.TB) string {
	t.Helper()
	if databases[name] == nil {
		t.Skipf("built without %s: use -tags sqlite", name)
	}
	return databases[name]
}

// answers are what can be wrong with one answer of an API.
var answers = map[string]mastodontest.Fault{
	"500":                      mastodontest.Status(500, `{"error": "oops"}`),
	"502 in HTML":              mastodontest.Status(502, "<html>", "Content-Type", "text/html"),
	"503":                      mastodontest.Status(503, `{"error": "Remote data could not be fetched"}`),
	"503 with a short time":    mastodontest.Status(503, "", "Retry-After", "20"),
	"429":                      mastodontest.Status(429, `{"error": "Too many requests"}`),
	"429 with a short time":    mastodontest.Status(429, "", "Retry-After", "20"),
	"429 with a long time":     mastodontest.Status(429, "", "Retry-After", "600"),
	"a web page":               mastodontest.HTML(),
	"half of the JSON":         mastodontest.Truncate(),
	"a cut connection":         mastodontest.Cut(),
	"no answer":                mastodontest.Drop(),
	"a redirect elsewhere":     mastodontest.Redirect("https://evil.example/"),
	"another type":             mastodontest.ContentType("text/html"),
	"a gzip bomb":              mastodontest.GzipBomb(),
	"a body without end":       mastodontest.Endless(),
	"a stall before an answer": mastodontest.Stall(),
	"a stall within an answer": mastodontest.StallWithin(),
}

// What goes wrong twice in a row is tried again, and the archive is complete; nobody else's requests meet it.
func TestAPassingFaultIsWaitedFor(t *testing.T) {
	for name, fault := range answers {
		t.Run(name, func(t *testing.T) {
			bubble(t, only(t, "sqlite"), oneMember, func(h *house) {
				home := h.members[0].Instance()
				home.Break(mastodontest.Rule{Prefix: "/api/v1/favourites", Times: 2}, fault)
				home.Break(mastodontest.Rule{Prefix: "/api/v1/statuses", First: 2, Times: 1}, fault)
				h.lama(0)
				if n := len(h.world.Log().To("/api/v1/favourites")); n < 3 {
					t.Errorf("%d requests: the fault was not met", n)
				}
				h.expectRows("two faults")
			})
		})
	}
}

func oneMember(mix *mastodontest.Mix) { mix.Members = mix.Members[:1] }

// A collection that can't be read is named, the rest is archived, and the next run completes the archive. A 429 is
// not here: a run waits for as long as a server says so.
func TestALastingFaultIsReported(t *testing.T) {
	for _, name := range []string{"500", "503", "a web page", "half of the JSON", "a stall within an answer"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, only(t, "sqlite"), oneMember, func(h *house) {
				mend := h.members[0].Instance().Break(mastodontest.Rule{Prefix: "/api/v1/favourites"}, answers[name])
				_, stderr := h.lama(3)
				if !strings.Contains(stderr, "favourites of "+h.members[0].Handle()) || strings.Contains(stderr, "bookmarks") {
					t.Errorf("the favourites are to be named, and only they: %s", stderr)
				}
				if got := h.activities(); len(got) == 0 {
					t.Error("nothing else was archived")
				}
				mend()
				h.lama(0)
				h.expectRows("the fault was mended")
			})
		})
	}
}

// A fault that meets the very first request leaves the account for the next run.
func TestAFaultWhileTheServerIsAskedWhatItIs(t *testing.T) {
	bubble(t, only(t, "sqlite"), oneMember, func(h *house) {
		h.members[0].Instance().Break(mastodontest.Rule{Times: 1}, answers["502 in HTML"])
		_, stderr := h.lama(3)
		h.expectNamed(stderr, h.members[0], "502")
		h.lama(0)
		h.expectRows("the server answers")
	})
}
