package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/archive"
	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// damages are what `lama verify` finds, by where it is.
func (h *house) damages(code int, args ...string) map[string]archive.Damage {
	h.t.Helper()
	stdout, _ := h.lama(code, append([]string{"verify", "--json"}, args...)...)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	all := map[string]archive.Damage{}
	for _, line := range lines[:len(lines)-1] {
		var d archive.Damage
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			h.t.Fatalf("%v in %s", err, line)
		}
		if d.Remedy == "" && !d.Mended {
			h.t.Errorf("nobody knows what to do about %+v", d)
		}
		all[d.Where] = d
	}
	var tally struct{ Damaged int }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &tally); err != nil || tally.Damaged != len(lines)-1 {
		h.t.Fatalf("the tally: %v in %s", err, lines[len(lines)-1])
	}
	return all
}

// expectDamaged compares where damage is found.
func (h *house) expectDamaged(got map[string]archive.Damage, want ...string) {
	h.t.Helper()
	h.expectOnly(slices.Collect(maps.Keys(got)), want)
}

func (h *house) expectOnly(got, want []string) {
	h.t.Helper()
	slices.Sort(got)
	if d := cmp.Diff(slices.Sorted(slices.Values(want)), got, cmpopts.EquateEmpty()); d != "" {
		h.t.Errorf("damage (-want +got):\n%s", head(d))
	}
}

func (h *house) path(name string) string {
	return filepath.Join(h.userDir(), "data", filepath.FromSlash(name))
}

func (h *house) put(name, content string) {
	h.t.Helper()
	if err := os.WriteFile(h.path(name), []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) get(name string) string {
	h.t.Helper()
	content, err := os.ReadFile(h.path(name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(content)
}

// first is the first value of a query.
func (h *house) first(query string, args ...any) string {
	h.t.Helper()
	rows := storetest.Query(h.t, h.database, query, args...)
	if len(rows) == 0 {
		h.t.Fatalf("nothing is found by %s", query)
	}
	return rows[0][0]
}

// An archive that nobody has touched is found whole, whatever servers it was read from.
func TestVerifyFindsNothingWrongWithWhatIsWhole(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 5, 8, func(m *mastodontest.Mix) {
				m.Members = []string{"ana@" + m.Servers[0].Host, "bo@" + m.Servers[2].Host, "cleo@" + m.Servers[5].Host}
			})
			h.lama(0)
			h.expectDamaged(h.damages(0))
			h.world.MoreActivity(40)
			h.lama(0)
			h.expectDamaged(h.damages(0))
			h.expectDamaged(h.damages(0, "--quick"))
			h.expectDamaged(h.damages(0, "--repair"))
			h.expectTruth("a repair of nothing")
		})
	}
}

// TestVerifySeesEveryDamage damages an archive in each way that rows and files can be, sees each of them, and mends
// it with the next run.
func TestVerifySeesEveryDamage(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := bookmarked(t, database(t), slices.Repeat([]mastodontest.Media{{Alt: "a heron"}}, 7)...)
			h.lama(0)
			h.expectDamaged(h.damages(0))
			all, strange := h.disturb()
			h.expectDamaged(h.damages(3), append(all, strange...)...)
			h.expectDamaged(h.damages(3), append(all, strange...)...) // nothing was written

			var left []string
			for where, d := range h.damages(3, "--repair") {
				if !d.Mended {
					left = append(left, where)
				}
			}
			h.expectOnly(left, append(all[:5:5], strange...))
			h.lama(0)
			h.expectTruth("a repair and a run")
			h.expectDamaged(h.damages(3), strange...)
			for _, path := range strange { // they are still there
				h.remove(path)
			}
			h.expectDamaged(h.damages(0))
		})
	}
}

// disturb damages an archive of seven posts with a file each. It says where damage is to be found, first where a run
// is needed to mend it, and which files were put there that nothing knows.
func (h *house) disturb() (all, strange []string) {
	h.t.Helper()
	var uris, media, json []string
	for _, r := range storetest.Query(h.t, h.database, `SELECT p.post_uri, f.path, b.activity_id, a.source
FROM posts p JOIN activities b ON b.post_uri = p.post_uri JOIN attachments a ON a.post_uri = p.post_uri
JOIN files f ON f.sha256 = a.sha256 ORDER BY p.created_at`) {
		uris, media, json = append(uris, r[0]), append(media, r[1]), append(json, h.glob("json/*/bookmarks/*/*/*_"+r[2]+".json"))
	}
	whole := h.get(media[1])
	h.put(media[0], h.get(media[0])[:20])
	h.put(media[1], whole[:20]+string([]byte{whole[20] ^ 1})+whole[21:])
	h.remove(media[2])
	h.remove(json[3])
	h.put(json[4], "{}")
	source := h.first("SELECT source FROM attachments WHERE post_uri = $1", uris[6])
	place := h.first("SELECT t.rowid FROM terms t JOIN posts p ON p.id = t.rowid & 134217727 WHERE p.post_uri = $1", uris[5])
	h.sql("DELETE FROM posts WHERE post_uri = $1", uris[5])
	h.sql("DELETE FROM files WHERE path = $1", media[6])
	h.sql("INSERT INTO aliases (name, post_uri) VALUES ('https://gone.example/1', 'https://gone.example/1')")
	h.sql("INSERT INTO refs (post_uri, chain, target, instance, target_uri) VALUES ($1, 'link', 'https://gone.example/1', '', "+
		"'https://gone.example/1')", uris[0])
	h.sql("DROP INDEX posts_author")
	strange = []string{"notes.txt", path.Dir(media[2]) + "/mine.png", path.Dir(json[0]) + "/mine.json"}
	for _, name := range strange {
		h.put(name, "of no row")
	}
	return []string{media[0], media[1], media[2], "activities " + h.members[0].Handle() + " " + uris[5] + " bookmark",
		"attachments " + uris[6] + " " + source, media[6], json[3], json[4], "aliases https://gone.example/1",
		"refs " + uris[0] + " link https://gone.example/1", "index posts_author", "index row " + place}, strange
}

// glob is the path of the one file that matches.
func (h *house) glob(pattern string) string {
	h.t.Helper()
	found, err := filepath.Glob(h.path(pattern))
	if err != nil || len(found) != 1 {
		h.t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	name, err := filepath.Rel(h.path("."), found[0])
	if err != nil {
		h.t.Fatal(err)
	}
	return filepath.ToSlash(name)
}

func (h *house) remove(name string) {
	h.t.Helper()
	if err := os.Remove(h.path(name)); err != nil {
		h.t.Fatal(err)
	}
}

// What no server gives any more stays known as lost, with the damaged file where it was, and is whole again when the
// file comes back from a backup.
func TestALostFileComesBackFromABackup(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := bookmarked(t, database(t), mastodontest.Media{Alt: "a heron"})
			h.lama(0)
			lost := h.first("SELECT path FROM files")
			backup := h.get(lost)
			h.put(lost, "rotten")
			h.expectDamaged(h.damages(3, "--repair"), lost)
			for _, i := range h.world.Instances() {
				defer i.Break(mastodontest.Rule{Prefix: "/system/"}, mastodontest.Status(404, ""))()
			}
			h.lama(0)
			h.expectDamaged(h.damages(3), lost)
			if h.get(lost) != "rotten" {
				t.Error("the damaged file was taken away, and nothing put in its place")
			}
			h.put(lost, backup)
			h.expectDamaged(h.damages(0, "--repair"))
			if m := h.status().Media; m.Files != 1 || m.Failed+m.Pending+m.Deferred != 0 {
				t.Errorf("status: %+v", m)
			}
		})
	}
}

// A server may give another file than it did: that takes the name of one that is missing.
func TestALostFileIsReplacedByAnother(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := bookmarked(t, database(t), mastodontest.Media{Alt: "a heron"})
			h.lama(0)
			h.sql("UPDATE files SET sha256 = 'was'")
			h.sql("UPDATE attachments SET sha256 = 'was'")
			h.remove(h.first("SELECT path FROM files"))
			h.damages(3, "--repair")
			h.lama(0)
			h.expectTruth("the run")
			h.expectDamaged(h.damages(0))
		})
	}
}

// A run that was stopped leaves files whose rows are still to come: no damage, and the next run takes them.
func TestVerifyLeavesWhatARunLeft(t *testing.T) {
	h := bookmarked(t, only(t, "sqlite")(t), mastodontest.Media{Alt: "a heron"})
	h.lama(0)
	h.sql("UPDATE attachments SET sha256 = NULL, state = 'pending'")
	h.sql("DELETE FROM files")
	h.put(path.Dir(h.glob("media/*/*/*/*/*.png"))+"/.lama-XYZ.tmp", "half")
	h.expectDamaged(h.damages(0))
	h.lama(0)
	h.expectTruth("the next run")
	h.expectDamaged(h.damages(0))
}

// A run may end at any moment: what it leaves is never damage.
func TestARunThatEndsLeavesNoDamage(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 6, 3, small)
			ends := 0
			for n := 5; h.endedAt(n); n += 4 {
				ends++
				h.expectDamaged(h.damages(0))
			}
			if ends < 3 {
				t.Errorf("only %d times ended: too small a world", ends)
			}
			h.expectTruth("a run that was ended often")
			h.expectDamaged(h.damages(0))
		})
	}
}
