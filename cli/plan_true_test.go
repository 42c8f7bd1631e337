package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
)

// A plan comes close to what the run then takes. A sample of 40 posts has one link, or three, or none, and says little
// of what is as rare as that; so several households are planned, and what all of them take is compared.
func TestPlansComeTrue(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		software mastodontest.Software
		posts    int
		json     int // whether there are files
	}{
		"batches": {mastodontest.Mastodon45, 1000, 0}, "conversations": {mastodontest.Mastodon42, 250, 1},
	} {
		t.Run(name, func(t *testing.T) {
			planned, taken := map[string]float64{}, map[string]float64{}
			for seed := range uint64(4) {
				h := newHouse(t, only(t, "sqlite")(t), seed+1, 2, func(m *mastodontest.Mix) {
					m.Members, m.Posts, m.Calm = m.Members[:1], tc.posts, true
					m.Servers[0].Software = tc.software
				})
				h.write(map[string]any{"download_own_attachments": 0, "download_others_attachments": 0, "download_pictures": 0, "save_json": tc.json})
				stdout, _ := h.plan(0, "--only", "statuses")
				add(planned, readPlan(t, stdout))
				h.world.ForgetLog()
				h.lama(0, "run", "--only", "statuses")
				add(taken, h.taken())
			}
			for what, n := range taken {
				t.Logf("%s: %.0f planned, %.0f taken", what, planned[what], n)
				most := 1.25
				if what == "requests" { // no plan knows which posts come another way; in a world this small many do
					most = 1.4
				}
				if planned[what] < 0.75*n || planned[what] > most*n {
					t.Errorf("%s: %.0f were planned, %.0f taken", what, planned[what], n)
				}
			}
		})
	}
}

func add(sum, more map[string]float64) {
	for what, n := range more {
		sum[what] += n
	}
}

// readPlan is the totals of a plan, and the pages of its one collection.
func readPlan(t *testing.T, stdout string) map[string]float64 {
	t.Helper()
	figures := map[string]float64{}
	for what, pattern := range map[string]string{
		"pages": `│ statuses +│ about \S+ +│ (\d+) (k?)`, "requests": `\nrequests +about (\S+)(k?)\ntime`,
		"database": `database +about (\S+) ([kM]?)B`, "JSON files": `JSON files +(?:about|switched off) (\S+) ?([kM]?)`,
	} {
		found := regexp.MustCompile(pattern).FindStringSubmatch(stdout)
		if found == nil {
			t.Fatalf("it does not tell of %s:\n%s", what, stdout)
		}
		n, _ := strconv.ParseFloat(strings.ReplaceAll(found[1], ",", ""), 64) // of what is switched off: 0
		figures[what] = n * map[string]float64{"": 1, "k": 1e3, "M": 1e6}[found[2]]
	}
	return figures
}

// taken is what a run took, by the servers and the disk.
func (h *house) taken() map[string]float64 {
	h.t.Helper()
	log := h.world.Log()
	figures := map[string]float64{
		"requests": float64(len(log)), "pages": float64(len(log.To("/api/v1/accounts/{id}/statuses"))),
		"database": float64(h.sizeOf(strings.TrimPrefix(h.database, "sqlite:"))), "JSON files": 0,
	}
	err := filepath.WalkDir(filepath.Join(h.userDir(), "data", "json"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			const block = 4096
			figures["JSON files"] += float64((h.sizeOf(path) + block - 1) / block * block)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	return figures
}

func (h *house) sizeOf(path string) int64 {
	h.t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		h.t.Fatal(err)
	}
	return info.Size()
}
