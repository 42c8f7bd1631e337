package cli_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// The archive equals the generated truth: after the first run, after a second one, and after new activity.
func TestTheArchiveEqualsTheTruth(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		for members, at := range map[string][]int{ // which servers the members are on, of mastodontest.Household's
			"Mastodon 4.5 and 4.2": {0, 0, 1}, "GoToSocial and Pleroma": {2, 3}, "Akkoma and Mastodon 3.1": {5, 7},
		} {
			t.Run(name+"/"+members, func(t *testing.T) {
				h := newHouse(t, database(t), 1, 8, func(m *mastodontest.Mix) {
					m.Members = nil
					for n, server := range at {
						m.Members = append(m.Members, []string{"ana", "bo", "cleo"}[n]+"@"+m.Servers[server].Host)
					}
				})
				h.lama(0)
				h.expectTruth("the first run")
				h.lama(0, "run")
				h.expectTruth("a second run")
				h.expectRevisions(nil)
				before := h.versions()
				h.world.MoreActivity(100)
				h.lama(0)
				h.expectTruth("new activity")
				h.expectRevisions(before)
			})
		}
	}
}

// expectTruth compares the archive with the world.
func (h *house) expectTruth(after string) {
	h.t.Helper()
	h.expectRows(after)
	h.compare("files after "+after, trueFiles(h.world.Truth(h.members, limits, nil)), h.files())
}

// expectRows is expectTruth without the files.
func (h *house) expectRows(after string) {
	h.t.Helper()
	truth := h.world.Truth(h.members, limits, nil)
	h.compare("posts after "+after, truePosts(truth), h.posts())
	h.compare("activities after "+after, h.trueActivities(truth), h.activities())
	if d := cmp.Diff(trueLost(truth), h.lost(), cmpopts.EquateEmpty(), cmpopts.SortSlices(strings.Compare)); d != "" {
		h.t.Fatalf("lost after %s (-want +got):\n%s", after, head(d))
	}
}

func (h *house) compare(what string, want, got []string) {
	h.t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		h.t.Fatalf("%s (-want +got):\n%s", what, head(d))
	}
	if len(want) == 0 {
		h.t.Fatalf("%s: the truth is empty", what)
	}
}

func head(s string) string { return s[:min(len(s), 6000)] }

func truePosts(truth mastodontest.Truth) (lines []string) {
	for _, p := range truth.Posts {
		lines = append(lines, strings.Join([]string{p.URI, p.Author, p.Visibility, p.Content, p.Reblog, p.EditedAt.String()}, " | "))
	}
	return lines
}

// synthetic is the SQL for a post's URI as the truth has it: a boost that shares its target's goes by its id.
const synthetic = `CASE WHEN %[1]s.post_uri LIKE '%%#boost-%%'
THEN 'id:' || %[1]s.instance || '/' || %[1]s.post_id ELSE %[1]s.post_uri END`

func (h *house) posts() (lines []string) {
	for _, r := range storetest.Query(h.t, h.database, "SELECT "+fmt.Sprintf(synthetic, "p")+
		", author, visibility, content, reblog, CAST(edited_at AS text) FROM posts p") {
		r[5] = strings.TrimSuffix(r[5], "+00:00")
		if r[5] = strings.TrimSuffix(r[5], "+00"); r[5] != "" {
			r[5] += "+00:00"
		}
		lines = append(lines, strings.Join(r, " | "))
	}
	return lines
}

func (h *house) trueActivities(truth mastodontest.Truth) (lines []string) {
	for _, a := range truth.Activities {
		lines = append(lines, strings.Join([]string{a.Account, a.Type(), a.PostURI, a.ID}, " | "))
	}
	return lines
}

func (h *house) activities() (lines []string) {
	for _, r := range storetest.Query(h.t, h.database, "SELECT account, activity_type, "+fmt.Sprintf(synthetic, "p")+
		", CASE WHEN chain = '' THEN activity_id ELSE '' END FROM activities a JOIN posts p ON p.post_uri = a.post_uri") {
		lines = append(lines, strings.Join(r, " | "))
	}
	return lines
}

func trueFiles(truth mastodontest.Truth) (lines []string) {
	for f, sum := range truth.Files {
		lines = append(lines, fmt.Sprintf("%s %d %s", f.PostURI, f.Position, sum))
	}
	return lines
}

// files are the attachments as posts.attachments has them, with the hash of what is on the disk.
func (h *house) files() (lines []string) {
	for _, r := range storetest.Query(h.t, h.database,
		"SELECT post_uri, attachments FROM posts WHERE attachments IS NOT NULL AND reblog IS NULL") {
		var shown [][2]string
		if err := json.Unmarshal([]byte(r[1]), &shown); err != nil {
			h.t.Fatal(err)
		}
		for i, a := range shown {
			sum := ""
			if strings.HasPrefix(a[0], "media/") {
				content, err := os.ReadFile(filepath.Join(h.userDir(), "data", a[0]))
				if err != nil {
					h.t.Fatal(err)
				}
				hash := sha256.Sum256(content)
				sum = hex.EncodeToString(hash[:])
			}
			lines = append(lines, fmt.Sprintf("%s %d %s", r[0], i, sum))
		}
	}
	return lines
}

func trueLost(truth mastodontest.Truth) (lines []string) {
	for _, l := range truth.Lost {
		lines = append(lines, fmt.Sprint(l.Account, " ", l.ID, " ", l.Base, " ", l.Author))
	}
	return lines
}

func (h *house) lost() (lines []string) {
	for _, r := range storetest.Query(h.t, h.database, "SELECT account, notification_id, base, author FROM lost") {
		lines = append(lines, strings.Join(r, " "))
	}
	return lines
}

// versions are the posts with the times of their edits.
func (h *house) versions() map[string]string {
	all := map[string]string{}
	for _, r := range storetest.Query(h.t, h.database, "SELECT post_uri, CAST(edited_at AS text) FROM posts") {
		all[r[0]] = r[1]
	}
	return all
}

// expectRevisions compares the revisions with what was in posts before and was edited since.
func (h *house) expectRevisions(before map[string]string) {
	h.t.Helper()
	var want, got []string
	for uri, edited := range h.versions() {
		if was, known := before[uri]; known && was != edited {
			want = append(want, uri+" "+was)
		}
	}
	for _, r := range storetest.Query(h.t, h.database, "SELECT post_uri, CAST(edited_at AS text) FROM revisions") {
		got = append(got, r[0]+" "+r[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" || before != nil && len(want) == 0 {
		h.t.Fatalf("%d revisions (-want +got):\n%s", len(got), head(d))
	}
}
