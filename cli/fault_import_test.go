//go:build sqlite

package cli_test

import (
	"archive/zip"
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"lama/importer/lama/lamatest"
	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// importKills is how often each import is killed, where $LAMA_KILLS does not say otherwise.
const importKills = 3

// importSteps is how many steps each of them has at least: files that are placed, and commits.
const importSteps = 3

// What kill -9 leaves of an import, at whatever file or commit and however often, is made whole by the next one: with the
// run after it, the archive is what comes of an import and a run that nothing has disturbed.
func TestKillImport(t *testing.T) {
	t.Parallel()
	times := number(t, "LAMA_KILLS", importKills)
	seed := uint64(number(t, "LAMA_SEED", int(time.Now().UnixNano())))
	t.Logf("%d times; at the same steps again with LAMA_SEED=%d", times, seed)
	for what, prepare := range map[string]func(h *house) string{"lama": (*house).legacy, "export": (*house).takenOut} {
		for name, database := range databases {
			t.Run(what+"/"+name, func(t *testing.T) {
				h := newHouse(t, database(t), 7, 3, func(m *mastodontest.Mix) { calmOnOneServer(m); m.Posts = 40 })
				from, dice := prepare(h), rand.New(rand.NewPCG(seed, 0))
				h.write(nil)
				for n := range times {
					if !h.diesImporting(1+dice.IntN(importSteps<<min(n, 4)), what, from) && n == 0 {
						t.Fatal("the import has fewer steps than it was thought to have")
					}
				}
				h.lama(0, "import", what, from)
				h.tidied()
				h.expectDamaged(h.damages(0))
				other := &house{t: t, world: h.world, members: h.members, dir: t.TempDir(), env: h.env, network: h.network,
					database: "sqlite:" + filepath.Join(t.TempDir(), "lama.db")}
				other.authorise(other.members...)
				other.write(nil)
				other.lama(0, "import", what, from)
				other.lama(0)
				for _, each := range []*house{h, other} { // since when a post is missing is the time of a run
					each.sql("UPDATE posts SET missing_since = '2030-01-01 00:00:00+00:00' WHERE missing_since IS NOT NULL")
				}
				h.expectSame(other)
			})
		}
	}
}

// diesImporting imports with the program, which kills itself at the n-th step, and says whether it had not ended before.
func (h *house) diesImporting(n int, what, from string) bool {
	h.t.Helper()
	cmd := h.process("import", what, "--wait", from) // Postgres may not know yet that the last one is gone
	cmd.Env = append(cmd.Env, dieAt+"="+strconv.Itoa(n))
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() > 0 {
		h.t.Fatalf("the import did not die at step %d but failed: %v\n%s", n, err, cmd.Stderr)
	}
	return cmd.ProcessState.ExitCode() < 0
}

// legacy lets LAMA 1.x archive the household into a folder, and the servers purge what is not their own since.
func (h *house) legacy() string {
	h.t.Helper()
	dir := filepath.Join(h.dir, "old")
	var accounts []lamatest.Account
	for _, p := range h.members {
		accounts = append(accounts, lamatest.Account{Name: p.Account().Name(), BaseURL: p.Instance().BaseURL(), Token: p.Token()})
	}
	if err := lamatest.Archive(h.t.Context(), dir, accounts...); err != nil {
		h.t.Fatal(err)
	}
	for _, row := range storetest.Query(h.t, "sqlite:"+filepath.Join(dir, "data", "app.db"), "SELECT post_uri FROM posts") {
		if post, home := h.world.Find(row[0]), h.members[0].Instance(); post.Author().Instance() != home {
			home.Purge(post)
		}
	}
	return dir
}

// takenOut is the file that the first member's server gives them to take along.
func (h *house) takenOut() string {
	h.t.Helper()
	file := filepath.Join(h.dir, "export.zip")
	if err := os.WriteFile(file, zipped(h.t, h.members[0]), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return file
}

func zipped(t *testing.T, p *mastodontest.Person) []byte {
	t.Helper()
	var b bytes.Buffer
	w, files := zip.NewWriter(&b), p.Export()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
