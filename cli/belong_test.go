package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lama/disk"
	"lama/store/storetest"
)

// in is the same household with another folder and another database.
func (h *house) in(dir, database string) *house {
	h.t.Helper()
	other := *h
	other.dir, other.database = dir, database
	other.authorise(other.members...)
	other.write(rowsOnly)
	return &other
}

// expectRefused says that a run touches neither the servers nor the data folder, and says what is wrong.
func (h *house) expectRefused(says string) {
	h.t.Helper()
	before, _ := os.ReadFile(filepath.Join(h.data(), disk.MarkFile))
	h.world.ForgetLog()
	_, stderr := h.lama(1)
	if !strings.Contains(stderr, says) || !strings.Contains(stderr, h.data()) {
		h.t.Errorf("%q is to be said, and of which folder: %s", says, stderr)
	}
	if asked := h.world.Log(); len(asked) > 0 {
		h.t.Errorf("%d requests were made", len(asked))
	}
	if after, _ := os.ReadFile(filepath.Join(h.data(), disk.MarkFile)); string(before) != string(after) {
		h.t.Errorf("the folder was %q's and is %q's", before, after)
	}
}

// A database and a data folder that are of different archives are refused, whichever is the wrong one.
func TestADatabaseAndAFolderBelongTogether(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 8, 2, anaAlone)
			h.write(rowsOnly)
			h.lama(0)
			h.in(t.TempDir(), h.database).expectRefused("has its files in another folder")
			fresh := h.in(h.dir, database(t))
			fresh.expectRefused("belong to an archive that is not in")
			other := h.in(t.TempDir(), fresh.database)
			other.lama(0) // which makes an archive, as the refused run made none
			stranger := h.in(h.dir, other.database)
			stranger.expectRefused("are of different archives")
			if _, stderr := stranger.lama(1, "verify"); !strings.Contains(stderr, "are of different archives") {
				t.Errorf("verify says %s", stderr)
			}
			h.lama(0)
			h.expectRows("three refused runs")
		})
	}
}

// A folder may be moved, and its archive restored from a backup of the database.
func TestAnArchiveMayBeMoved(t *testing.T) {
	h := newHouse(t, only(t, "sqlite")(t), 8, 2, anaAlone)
	h.lama(0)
	backup, err := os.ReadFile(strings.TrimPrefix(h.database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(t.TempDir(), "restored.db")
	if err := os.WriteFile(restored, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(h.dir, moved); err != nil {
		t.Fatal(err)
	}
	h.world.MoreActivity(1)
	h.dir, h.database = moved, "sqlite:"+restored
	h.lama(0)
	h.expectTruth("the move")
}

// A first run that is killed at any step of making the two an archive leaves both to the next one.
func TestAFolderThatIsHalfAnArchivesIsNoDeadEnd(t *testing.T) {
	const forget = "DELETE FROM states WHERE name = 'folder'"
	for name, back := range map[string]func(h *house) error{
		"before the mark": func(h *house) error { return os.Remove(filepath.Join(h.data(), disk.MarkFile)) },
		"after the mark":  func(*house) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, only(t, "sqlite")(t), 8, 2, anaAlone)
			h.write(rowsOnly)
			h.lama(0)
			h.sql(forget)
			if err := back(h); err != nil {
				t.Fatal(err)
			}
			h.lama(0)
			mark, err := os.ReadFile(filepath.Join(h.data(), disk.MarkFile))
			id := storetest.Query(t, h.database, "SELECT id FROM archive")[0][0]
			if err != nil || strings.TrimSpace(string(mark)) != id {
				t.Errorf("the archive is %s, the folder %s's (%v)", id, mark, err)
			}
			h.in(t.TempDir(), h.database).expectRefused("has its files in another folder")
		})
	}
}
