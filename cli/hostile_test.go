package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"lama/mastodon/mastodontest"
)

// obeyed is what a terminal would obey, or show backwards, written as JSON may have it: as it is, or escaped.
const obeyed = "\\u001b]0;owned\\u0007\\u001b[2J\u009b31m\u202egpj.exe\u2028\u2066\\u009d\\u202a\u200f\u00ad\U000e0041\\u000a\\u0000"

// spoilt answers with obeyed in every place where a server has free text or an address.
func spoilt(next http.Handler) http.Handler {
	places := strings.NewReplacer("HOSTILE", obeyed, `"version":"`, `"version":"`+obeyed, `"name":"`, `"name":"`+obeyed,
		`"acct":"bo@`, `"acct":"bo`+obeyed+`@`, `"display_name":"`, `"display_name":"`+obeyed,
		`"remote_url":"http://`, `"remote_url":"http://`+obeyed, `"id":"7`, `"id":"7`+obeyed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(places.Replace(answer.Body.String())))
	})
}

// Whatever servers send and say, nothing of it that a terminal would obey is printed, or logged.
func TestNothingThatATerminalObeysIsShown(t *testing.T) {
	const refusal = `{"error":"HOSTILE","error_description":"HOSTILE"}`
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.Mastodon45, mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana, bo := at[0].Person("ana"), at[1].Person("bo")
			files := []mastodontest.Media{{Alt: "HOSTILE", CopyGone: true}, {Alt: "HOSTILE", OriginalGone: true}}
			above := bo.Post(day(1), mastodontest.Draft{Text: "HOSTILE", Warning: "HOSTILE", Language: "HOSTILE", Media: files})
			ana.Post(day(2), mastodontest.Draft{Text: "HOSTILE", ReplyTo: above})
			ana.Bookmark(day(3), bo.Post(day(2), mastodontest.Draft{Text: "HOSTILE #HOSTILE", Media: files}))
			for _, i := range at {
				i.Break(mastodontest.Rule{Prefix: "/api/v1/statuses"}, refused(404, refusal))
				i.Break(mastodontest.Rule{Prefix: "/api/v1/favourites"}, refused(403, refusal))
				i.Break(mastodontest.Rule{Prefix: "/oauth/revoke"}, refused(503, refusal))
				i.Break(mastodontest.Rule{}, spoilt)
			}
			return []*mastodontest.Person{ana}
		})
	for _, args := range [][]string{
		{"run", "--plan"}, {"--log-level", "debug"}, {"--log-level", "debug", "--log-format", "text"}, {"status"},
		{"status", "--json"}, {"config"}, {"config", "--json"}, {"revoke", h.members[0].Handle()},
	} {
		if args[0] == "status" { // as if one had slipped through
			h.sql("UPDATE walks SET reason = ?", "\u009b31m\u202egpj.exe\u2028\x1b[2J")
		}
		_, stdout, stderr := h.exec(t.Context(), args...)
		if stdout+stderr == "" {
			t.Errorf("lama %v printed nothing", args)
		}
		expectInert(t, strings.Join(args, " "), stdout+stderr)
	}
	logs, err := filepath.Glob(filepath.Join(h.userDir(), "logs", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d log files (%v)", len(logs), err)
	}
	seen := false
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		expectInert(t, path, string(text))
		seen = seen || bytes.Contains(text, []byte("gpj.exe"))
	}
	if !seen {
		t.Error("what the servers sent is in no log: nothing was tried")
	}
}

// refused is a refusal in which the server says what it likes.
func refused(status int, body string) mastodontest.Fault {
	return mastodontest.Status(status, strings.ReplaceAll(body, "HOSTILE", obeyed), "Content-Type", "application/json")
}

func expectInert(t *testing.T, where, text string) {
	t.Helper()
	for n, line := range strings.Split(text, "\n") {
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s, line %d: %q", where, n+1, line[max(0, i-200):min(len(line), i+40)])
		}
	}
}
