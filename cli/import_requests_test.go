//go:build sqlite

package cli_test

import (
	"path/filepath"
	"testing"

	"lama/mastodon/mastodontest"
)

// What an import says of others' posts is mostly brought by the pages of a run: nobody asks for it one by one.
func TestARunAfterAnImportTakesNoMoreRequests(t *testing.T) {
	t.Parallel()
	asked := map[bool]int{}
	for _, imported := range []bool{false, true} {
		h := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "lama.db"), 7, 3, func(m *mastodontest.Mix) {
			calmOnOneServer(m)
			m.Posts = 800
		})
		h.members = h.members[:1]
		h.write(nil)
		if imported {
			h.lama(0, "import", "export", h.takenOut())
		}
		h.world.ForgetLog()
		h.lama(0)
		asked[imported] = len(h.world.Log().API())
	}
	if few := asked[false] / 20; asked[true] > asked[false]+few { // what comes first is not the same in every run
		t.Errorf("%d requests after an import, %d without one", asked[true], asked[false])
	}
}
