//go:build sqlite

package cli_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"lama/mastodon/mastodontest"
	"lama/store/pgtest"
	"lama/store/storetest"
)

// anyKind are the rows of each kind that an archive may have: of each there must be some.
var anyKind = map[string]string{
	"pictures":       "SELECT count(*) FROM attachments WHERE post_uri = '' AND state = 'done'",
	"files":          "SELECT count(*) FROM posts WHERE files > 0",
	"imported posts": "SELECT count(*) FROM posts WHERE imported IS NOT NULL AND verbatim IS NOT NULL",
	"imported files": "SELECT count(*) FROM posts WHERE imported IS NOT NULL AND files > 0",
	"open claims":    "SELECT count(*) FROM claims WHERE post_uri IS NULL",
	"settled claims": "SELECT count(*) FROM claims WHERE post_uri IS NOT NULL",
	"revisions":      "SELECT count(*) FROM revisions",
	"lost":           "SELECT count(*) FROM lost",
	"invitations":    "SELECT count(*) FROM invites",
}

// full is an archive with rows of every kind: one account of the household has lost its server, and its export is there.
func full(t *testing.T, database string) (h *house, account string) {
	t.Helper()
	h = newHouse(t, database, 7, 8, func(m *mastodontest.Mix) {
		calmOnOneServer(m)
		m.Posts, m.Calm = 12, false
	})
	gone, file := h.members[0], h.takenOut()
	var likes struct{ OrderedItems []string }
	if err := json.Unmarshal(gone.Export()["likes.json"], &likes); err != nil {
		t.Fatal(err)
	}
	h.world.Find(likes.OrderedItems[0]).Delete() // which nobody can be asked for any more
	h.forget(gone)
	h.members = h.members[1:]
	h.write(nil)
	h.lama(0)
	h.lama(0, "import", "export", "--account", gone.Account().Name(), file)
	h.world.MoreActivity(20)
	h.lama(0)
	h.lama(0, "import", "export", "--account", gone.Account().Name(), file)
	h.lama(0, "invite", h.members[0].Account().Name())
	for what, sql := range anyKind {
		if n := storetest.Query(t, h.database, sql); n[0][0] == "0" {
			t.Errorf("it has no %s", what)
		}
	}
	return h, gone.Account().Name()
}

// Whatever an archive has, a backup of it has, and what is restored from that, and a copy in the other database, and one of
// that again.
func TestAnArchiveWithEverythingMoves(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h, gone := full(t, database(t))
			h.expectDamaged(h.damages(0))
			want := storetest.Dump(t, h.database, h.data())
			same := func(what string, moved *house) {
				t.Helper()
				moved.expectDamaged(moved.damages(0))
				if d := storetest.Differ(want, storetest.Dump(t, moved.database, moved.data())); d != "" {
					t.Errorf("%s differs (+):\n%s", what, head(d))
				}
			}
			copied, tar := h.at(t.TempDir()), filepath.Join(t.TempDir(), "all.tar")
			h.lama(0, "backup", copied.userDir())
			h.lama(0, "backup", tar)
			same("the backup", copied)
			for _, from := range []string{copied.userDir(), tar} {
				restored := h.at(t.TempDir())
				h.lama(0, "restore", "--to", restored.userDir(), from)
				same("what is restored from "+filepath.Base(from), restored)
			}
			there, back := pgtest.URL(t), "sqlite:"+filepath.Join(t.TempDir(), "back.db")
			if name == "postgres" {
				there, back = back, there
			}
			for _, url := range []string{there, back} {
				h.lama(0, "copy", "--to", url)
				h.database = url
				same("the copy", h)
			}
			h.lama(0)
			h.expectDamaged(h.damages(0))
			h.lama(0, "forget", "--confirmed", gone)
			h.expectDamaged(h.damages(0))
			for _, table := range []string{"activities", "claims"} {
				if n := storetest.Query(t, h.database, "SELECT count(*) FROM "+table+" WHERE account = '"+gone+"'"); n[0][0] != "0" {
					t.Errorf("%s in %s are left of who was forgotten", n[0][0], table)
				}
			}
			if n := storetest.Query(t, h.database, "SELECT count(*) FROM posts WHERE imported IS NOT NULL"); n[0][0] != "0" {
				t.Errorf("%s imported posts are left of who was forgotten", n[0][0])
			}
		})
	}
}
