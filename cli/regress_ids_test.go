package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// Mastoferr (6b1be08): int(id) ends the run on servers whose ids are no numbers. TestTheArchiveEqualsTheTruth has
// more of them.
func TestAnAccountWithoutNumbersAndLinks(t *testing.T) {
	h := newHouse(t, only(t, "sqlite")(t), 8, 3, func(mix *mastodontest.Mix) {
		oneMember(mix)
		mix.Servers[0].Software = mastodontest.Sharkey
		mix.Posts, mix.Polls, mix.Depth = 8, 1, 6
	})
	h.lama(0)
	h.expectTruth("the first run")
	h.world.MoreActivity(9)
	h.lama(0)
	h.expectTruth("the second run")
}

// odd is a server of one user, ana, whose posts are what a test says. It is in two domains: handles are of
// example.org, and the API and the profiles are where it listens.
func odd(t *testing.T, database string, statuses ...map[string]any) *house {
	t.Helper()
	mux := http.NewServeMux()
	answer := func(pattern string, value any) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(value)
		})
	}
	answer("/", []string{})
	answer("/api/v2/instance", map[string]any{"domain": "example.org", "version": "4.4.0"})
	answer("/api/v1/accounts/verify_credentials", map[string]any{"id": "0007", "username": "ana", "acct": "ana"})
	answer("/api/v1/accounts/0007/statuses", statuses)
	mux.HandleFunc("GET /media/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("\x89PNG\r\n\x1a\n" + r.URL.Path))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	world := mastodontest.New()
	host := strings.TrimPrefix(server.URL, "http://")
	ana := world.Instance(host, mastodontest.Mastodon45, mastodontest.PlainHTTP).Person("ana")
	h := &house{t: t, world: world, members: []*mastodontest.Person{ana}, dir: t.TempDir(), database: database,
		env: map[string]string{}}
	for _, s := range statuses {
		for key, value := range s {
			if text, ok := value.(string); ok {
				s[key] = strings.ReplaceAll(text, "SERVER", server.URL)
			}
		}
		picture := server.URL + "/media/" + url.QueryEscape(fmt.Sprint(s["uri"]))
		s["media_attachments"] = []map[string]any{{"id": "1", "type": "image", "url": picture}}
	}
	h.authorise(ana)
	h.write(nil)
	return h
}

// oddPost is a post of a user of the odd server, with a picture.
func oddPost(id, user string) map[string]any {
	return map[string]any{
		"id": id, "uri": "SERVER/users/" + user + "/statuses/" + id, "url": "SERVER/@" + user + "/" + id,
		"created_at": "2024-01-02T03:04:05.000Z", "visibility": "public", "content": "<p>heron " + id + "</p>",
		"account": map[string]any{"id": "0007", "username": user, "acct": user, "url": "https://example.org/@" + user},
	}
}

// LAMA 1.1 (8328d47): ids are declared INTEGER, and SQLite makes 9000000000000 of 9e12 and 123 of 000123.
func TestIDsStayText(t *testing.T) {
	ids := []string{"9e12345678", "000123", "0x1F", "1e3", "12345678901234567890123", "01HX", "-5", "7.0"}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			var statuses []map[string]any
			for _, id := range ids {
				statuses = append(statuses, oddPost(id, "ana"))
			}
			h := odd(t, database(t), statuses...)
			h.lama(0)
			for _, column := range []string{"post_id FROM posts", "activity_id FROM activities"} {
				var got []string
				for _, row := range storetest.Query(t, h.database, "SELECT "+column) {
					got = append(got, row[0])
				}
				h.compare(column, slices.Clone(ids), got)
			}
		})
	}
}

// LAMA 1.1 (8328d47): whether a post is one's own is told by the host of the profile's URL, which is another one
// where handles are of another domain than the server.
func TestOwnPostsOfASplitDomain(t *testing.T) {
	own, other := oddPost("1", "ana"), oddPost("2", "bo")
	h := odd(t, only(t, "sqlite")(t), own, other)
	h.write(map[string]any{"download_others_attachments": 0})
	h.lama(0)
	got := fmt.Sprint(storetest.Query(t, h.database,
		"SELECT author, state FROM attachments JOIN posts USING (post_uri) ORDER BY 1"))
	if want := "[[ana@example.org done] [bo@example.org off]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// LAMA 1.1 (8328d47): what is not alphanumeric is stripped from the names of folders and files, which makes one
// person of foo_bar and foobar.
func TestPeopleWithSimilarNamesHaveFilesOfTheirOwn(t *testing.T) {
	one, two := oddPost("1", "foo_bar"), oddPost("1", "foobar")
	h := odd(t, only(t, "sqlite")(t), one, two)
	h.lama(0)
	for pattern, want := range map[string]int{"json/*/*/2024/01/*.json": 2, "media/*/*/2024/01/*": 2} {
		if found, _ := filepath.Glob(filepath.Join(h.userDir(), "data", filepath.FromSlash(pattern))); len(found) != want {
			t.Errorf("%s: %q, want %d", pattern, found, want)
		}
	}
}

// Two accounts of which LAMA 1.1 (8328d47) would use the same credentials are refused, by their names.
func TestAccountsWithTheSameCredentialsAreRefused(t *testing.T) {
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			return []*mastodontest.Person{at[0].Person("foo_bar"), at[0].Person("foobar")}
		})
	_, stderr := h.lama(2)
	for _, p := range h.members {
		if !strings.Contains(stderr, p.Handle()) {
			t.Errorf("%s is not named: %s", p.Handle(), stderr)
		}
	}
}

// Mastoferr (6b1be08): the check of addresses lets private ones pass. What a stranger's post names on this machine
// or in its network is not asked for.
func TestPrivateAddressesOfStrangersAreNotAsked(t *testing.T) {
	h := bookmarked(t, only(t, "sqlite")(t), mastodontest.Media{Alt: "in the cellar", CopyGone: true})
	h.write(map[string]any{"allow_private_hosts": []string{}})
	h.lama(0)
	stranger := h.world.Instances()[1].Host()
	if asked := h.world.Log().On(stranger); len(asked) != 0 {
		t.Errorf("%s was asked: %v", stranger, asked)
	}
	if m := h.status().Media; m.Failed != 1 {
		t.Errorf("status: %+v", m)
	}
}
