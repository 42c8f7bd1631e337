package cli_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// planHouse is a household with one member on each of three servers: one that states a tight limit, one that counts per
// address, and one that states nothing. It has no archive, and the usual place for one.
func planHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, "", 5, 3, func(m *mastodontest.Mix) {
		m.Posts, m.Calm = 60, true
		for n, user := range []string{"ana", "bo", "cleo"} {
			m.Members[n] = user + "@" + m.Servers[n].Host
		}
		m.Servers[0].Options = []mastodontest.Option{mastodontest.RateLimit(
			mastodontest.Throttle{Limit: 16, Period: 5 * time.Minute, Prefix: "/api/"})}
		m.Servers[1].Software, m.Servers[1].Options = mastodontest.GoToSocial, []mastodontest.Option{mastodontest.RateLimited}
		m.Servers[2].Software = mastodontest.Pleroma
	})
	h.env = nil // the usual pace
	return h
}

// tree is what stands below the household's folder, with a hash of each file.
func (h *house) tree() map[string]string {
	h.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			found[path] = "folder"
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

// plan is what `lama run --plan` prints. It checks that nothing on the disk is touched.
func (h *house) plan(code int, args ...string) (stdout, stderr string) {
	h.t.Helper()
	before := h.tree()
	stdout, stderr = h.lama(code, append([]string{"run", "--plan"}, args...)...)
	if diff := cmp.Diff(before, h.tree()); diff != "" {
		h.t.Errorf("the plan changed files (-before +after):\n%s", diff)
	}
	for n, host := range h.hosts() {
		stdout = strings.ReplaceAll(stdout, host, fmt.Sprint("HOST", n+1))
	}
	return stdout, stderr
}

func TestPlan(t *testing.T) {
	h := planHouse(t)
	stdout, stderr := h.plan(0)
	size := regexp.MustCompile(`\d+ kB( if all are like)`) // what is in a file depends on the host's port
	golden(t, "plan.golden.txt", size.ReplaceAllString(stdout, "SIZE$1"))
	if stderr != "" {
		t.Errorf("it complains: %s", stderr)
	}
	log := h.world.Log()
	h.expectSaid(stdout, len(log)-len(log.Media()), len(log.Media()))
	if len(log.Paged()) > 0 {
		t.Errorf("it pages: %v", log.Paged())
	}
	for _, r := range log.Media() {
		if r.Method != http.MethodHead {
			t.Errorf("it downloads %s", r.Path)
		}
	}
	for _, host := range h.hosts() {
		if n := len(log.On(host).Media()); n > 8 {
			t.Errorf("%d files of %s were asked for their size", n, host)
		}
	}
}

// expectSaid compares what a plan says that it took with what the servers saw.
func (h *house) expectSaid(stdout string, requests, sizes int) {
	h.t.Helper()
	said := regexp.MustCompile(`\nThis plan took (\d+) requests(?:, and (\d+) requests? for the sizes of files)?. ` +
		`Nothing was written.\n$`)
	got := said.FindStringSubmatch(stdout)
	if want := []string{strconv.Itoa(requests), strconv.Itoa(sizes)}; got == nil || !slices.Equal(got[1:], want) {
		h.t.Errorf("the servers saw %v requests, it tells of %v:\n%s", want, got, tail(stdout))
	}
}

// Where a server counts per user, its accounts are read side by side; where it counts per address, they share what it
// allows: each alone would keep within one window.
func TestPlanSharesBudgets(t *testing.T) {
	const none, held = "as long as the answers take: no limit holds it up", "about 5 min at the limits"
	for name, tc := range map[string]struct {
		software mastodontest.Software
		per      mastodontest.Subject
		together string
	}{
		"Mastodon":   {mastodontest.Mastodon45, mastodontest.PerToken, none},
		"GoToSocial": {mastodontest.GoToSocial, mastodontest.PerIP, held},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "", 5, 2, func(m *mastodontest.Mix) {
				m.Members, m.Posts, m.Calm = m.Members[:2], 60, true
				m.Servers[0].Software = tc.software
				m.Servers[0].Options = []mastodontest.Option{mastodontest.RateLimit(
					mastodontest.Throttle{Limit: 16, Period: 5 * time.Minute, Per: tc.per, Prefix: "/api/"})}
			})
			h.write(map[string]any{"fetch_reply_parents": 0, "fetch_linked_posts": 0, "recursion_limit": 0})
			stdout, _ := h.plan(0, "--only", "statuses,favourites")
			var times []string
			for _, found := range regexp.MustCompile(`(?m)^time +([^,\n]*)`).FindAllStringSubmatch(stdout, -1) {
				times = append(times, found[1])
			}
			if diff := cmp.Diff([]string{none, none, tc.together}, times); diff != "" {
				t.Errorf("times of ana, of bo and in all (-want +got):\n%s", diff)
			}
		})
	}
}

// What is not chosen is not asked for.
func TestPlanOfSome(t *testing.T) {
	h := planHouse(t)
	ana := h.members[0]
	stdout, _ := h.plan(0, "--account", ana.Handle(), "--only", "bookmarks")
	log := h.world.Log()
	h.expectSaid(stdout, len(log)-len(log.Media()), len(log.Media()))
	if all, bookmarks := len(log.API()), len(log.To("/api/v1/bookmarks")); all != 3 || bookmarks != 1 {
		t.Errorf("%d requests to the API, %d for bookmarks: want 3 and 1", all, bookmarks)
	}
	if len(log.API().On(ana.Instance().Host())) != 3 || strings.Contains(stdout, "HOST2") ||
		strings.Contains(stdout, "│ statuses ") {
		t.Errorf("more was asked for than was chosen:\n%s", stdout)
	}
}

// What preferences switch off costs nothing.
func TestPlanOfWhatIsSwitchedOff(t *testing.T) {
	h := planHouse(t)
	h.write(map[string]any{"save_json": 0, "download_own_attachments": 0, "download_others_attachments": 0,
		"recursion_limit": 0, "fetch_favourites": 0, "fetch_bookmarks": 0, "fetch_mentions": 0, "fetch_polls": 0})
	stdout, _ := h.plan(0)
	for _, want := range []string{"JSON files  switched off (save_json)\n", "media files switched off (",
		"│ statuses   │ about 60 │ 2     │ none                │ none        │\n",
		"requests    about 6: 2 pages, 4 requests to open the account\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not say %q:\n%s", want, stdout)
		}
	}
	if n := len(h.world.Log().Media()); n > 0 {
		t.Errorf("%d files were asked for their size", n)
	}
	if strings.Contains(stdout, "favourites") || strings.Contains(stdout, "threads") {
		t.Errorf("it tells of what is switched off:\n%s", stdout)
	}
}

// The sizes that the account's server tells are those of the files that a run downloads then.
func TestPlanOfMedia(t *testing.T) {
	h := twoServers(t, only(t, "sqlite")(t), func(ana, bo *mastodontest.Person) {
		for n := range 3 {
			ana.Post(day(n+1), mastodontest.Draft{Text: "a heron", Media: []mastodontest.Media{{Alt: fmt.Sprint("heron ", n)}}})
		}
		ana.Bookmark(day(5), bo.Say(day(4), "no heron"))
	})
	stdout, _ := h.plan(0)
	h.write(map[string]any{"media_max_bytes": 1})
	small, _ := h.plan(0)
	h.write(nil)
	h.lama(0)
	files := storetest.Query(t, h.database, "SELECT count(*), sum(size) FROM files")[0]
	const told = "media files about %s; about %s B if all are like the %[1]s that told their size\n"
	want := fmt.Sprintf(told, files[0], files[1])
	if files[0] != "3" || !strings.Contains(stdout, want) {
		t.Errorf("it does not say %q:\n%s", want, stdout)
	}
	if !strings.Contains(small, "media files about 3; about 0 B if") {
		t.Errorf("what is too large to be downloaded counts:\n%s", small)
	}
}
