package cli_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lama/archive"
	"lama/backup"
	"lama/disk"
	"lama/store"
	"lama/store/storetest"
)

// deaths are the steps at which a move is killed, each time from the beginning on.
var deaths = []int{1, 2, 5, 13, 34, 89, 233}

// dying is a move of an archive that is killed: in a process of its own, which says what to do in its environment.
const dying = "LAMA_TEST_DIES"

// TestDies is that process. It kills itself when the move tells of its n-th step.
func TestDies(t *testing.T) {
	order := strings.Split(os.Getenv(dying), "|") // what, n, database, data folder, target
	if len(order) != 5 {
		t.Skip("it is started by other tests")
	}
	left, err := strconv.Atoi(order[1])
	if err != nil {
		t.Fatal(err)
	}
	step := func() {
		if left--; left == 0 {
			die()
		}
	}
	if err := move(t, order[0], order[2], order[3], order[4], step); err != nil {
		t.Fatal(err)
	}
}

func move(t *testing.T, what, database, data, target string, step func()) error {
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		return err
	}
	job := backup.Job{Schema: string(schema), Prefs: []byte("{}"), Progress: func(backup.Progress) { step() },
		Found: func(d archive.Damage) { t.Errorf("%+v", d) }}
	if what == "restore" {
		_, err := job.Restore(t.Context(), data, target)
		return err
	}
	db, err := store.Open(t.Context(), store.Options{URL: database, Schema: string(schema), Same: true})
	if err != nil {
		return err
	}
	defer db.Close()
	folder, err := disk.Open(data)
	if err != nil {
		return err
	}
	defer folder.Close()
	switch what {
	case "copy":
		_, err = db.Copy(t.Context(), target, store.CopyOptions{Schema: string(schema), Progress: func(store.Progress) { step() }})
	case "folder":
		_, err = job.ToFolder(t.Context(), db, folder, target)
	case "file":
		_, err = job.ToFile(t.Context(), db, folder, target)
	case "forget":
		err = db.Forget(t.Context(), archive.Named(target), func(paths []string) error {
			step()
			for _, p := range paths {
				if err := folder.Remove(p); err != nil {
					return err
				}
			}
			return nil
		}, func(int64) { step() })
	}
	return err
}

// dies starts a move that is killed at its n-th step, and says whether it had not ended before.
func (h *house) dies(what string, n int, data, target string) bool {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), os.Args[0], "-test.run=^TestDies$")
	cmd.Env = append(os.Environ(), dying+"="+strings.Join([]string{what, strconv.Itoa(n), h.database, data, target}, "|"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() > 0 {
		h.t.Fatalf("%s did not die at step %d but failed: %v\n%s", what, n, err, out)
	}
	return cmd.ProcessState.ExitCode() < 0
}

// eachDeath kills a move at step after step, as far as it has steps, and looks at what each death left.
func (h *house) eachDeath(what, data, target string, after func()) {
	h.t.Helper()
	for i, n := range deaths {
		if !h.dies(what, n, data, target) {
			if i < 2 {
				h.t.Fatalf("%s has only %d steps", what, n)
			}
			return
		}
		after()
	}
}

// at is the archive whose user_dir is in another folder, with SQLite.
func (h *house) at(dir string) *house {
	return &house{t: h.t, world: h.world, members: h.members, dir: dir, env: h.env, network: h.network,
		database: "sqlite:" + filepath.Join(dir, "user", "data", "lama.db")}
}

// lived makes an archive of a small household.
func lived(t *testing.T, database string) *house {
	t.Helper()
	h := newHouse(t, database, 3, 8, small)
	h.lama(0)
	return h
}

func (h *house) expectEqual(other *house) {
	h.t.Helper()
	want, got := storetest.Dump(h.t, other.database, other.data()), storetest.Dump(h.t, h.database, h.data())
	if d := storetest.Differ(want, got); d != "" || len(want) < 50 {
		h.t.Errorf("of %d lines these differ (+):\n%s", len(want), head(d))
	}
}

func TestAKilledCopyLeavesItsTargetEmpty(t *testing.T) {
	t.Parallel()
	for from, source := range databases {
		for to, target := range databases {
			t.Run(from+" to "+to, func(t *testing.T) {
				h, url := lived(t, source(t)), target(t)
				schema, err := os.ReadFile("../schema.sql")
				if err != nil {
					t.Fatal(err)
				}
				h.eachDeath("copy", h.data(), url, func() {
					if err := store.Vacant(t.Context(), url, string(schema)); err != nil {
						t.Errorf("after a death: %v", err)
					}
				})
				url = target(t) // the last one may have been filled
				h.dies("copy", 20, h.data(), url)
				want := storetest.Dump(t, h.database, h.data())
				h.lama(0, "copy", "--to", url)
				if d := storetest.Differ(want, storetest.Dump(t, url, h.data())); d != "" {
					t.Errorf("the copy differs (+):\n%s", head(d))
				}
			})
		}
	}
}

func TestAKilledBackupLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	if databases["sqlite"] == nil {
		t.Skip("needs SQLite")
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := lived(t, database(t))
			copied := h.at(t.TempDir())
			file := filepath.Join(t.TempDir(), "all.tar")
			h.lama(0, "backup", copied.userDir())
			h.lama(0, "backup", file)
			h.world.MoreActivity(20)
			h.lama(0)
			h.eachDeath("folder", h.data(), copied.userDir(), func() { copied.expectUsable() })
			h.lama(0, "backup", copied.userDir())
			copied.expectDamaged(copied.damages(0))
			copied.expectEqual(h)

			before := sumOf(t, file)
			h.eachDeath("file", h.data(), file, func() {
				if sumOf(t, file) != before {
					t.Error("a backup that was killed has changed the one before")
				}
			})
			h.lama(0, "backup", file)
			restored := h.at(t.TempDir())
			for _, from := range []string{file, copied.userDir()} {
				h.eachDeath("restore", from, restored.userDir(), func() {
					if _, err := os.Stat(filepath.Join(restored.data(), "lama.db")); err == nil {
						t.Error("half an archive looks like one")
					}
				})
				restored = h.at(t.TempDir())
				h.dies("restore", 10, from, restored.userDir())
				h.lama(0, "restore", "--to", restored.userDir(), from)
				restored.expectDamaged(restored.damages(0))
				restored.expectEqual(h)
				restored = h.at(t.TempDir())
			}
		})
	}
}

// expectUsable is for a backup whose update was killed: nothing that a row names is lost but JSON files, which come of rows.
func (h *house) expectUsable() {
	h.t.Helper()
	code, stdout, stderr := h.exec(h.t.Context(), "verify")
	if code != 0 && code != 3 {
		h.t.Fatalf("exit code %d: %s", code, stderr)
	}
	for line := range strings.Lines(stdout) {
		derived := strings.HasPrefix(line, "json/") || strings.Contains(line, "no row tells of this file")
		if !derived && !strings.HasPrefix(line, "verified") {
			h.t.Errorf("after a death: %s", line)
		}
	}
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(content))
}

// Whatever a kill leaves has no row and is named; the next time all goes.
func TestAKilledForgettingGoesOn(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		for _, n := range []int{1, 2, 3} {
			t.Run(fmt.Sprint(name, "/", n), func(t *testing.T) {
				h := lived(t, database(t))
				if !h.dies("forget", n, h.data(), h.members[0].Account().Name()) {
					t.Fatalf("it has not as many steps as %d", n)
				}
				h.expectUsable()
				h.forgotten()
				strays := h.strays()
				if (n == 3) != (len(strays) > 0) {
					t.Errorf("at step %d left %v", n, strays)
				}
				for _, stray := range strays {
					if err := os.Remove(h.path(stray)); err != nil {
						t.Fatal(err)
					}
				}
				h.expectDamaged(h.damages(0))
				h.expectTruth("a forgetting that was killed")
			})
		}
	}
}

// strays are the media files that `lama verify` has no row for, which is all that it may find.
func (h *house) strays() (all []string) {
	h.t.Helper()
	_, stdout, _ := h.exec(h.t.Context(), "verify")
	for line := range strings.Lines(stdout) {
		if where, _, stray := strings.Cut(line, ": no row tells of this file"); stray {
			all = append(all, where)
		} else if !strings.HasPrefix(line, "verified") {
			h.t.Errorf("found %s", line)
		}
	}
	return all
}
