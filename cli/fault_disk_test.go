package cli_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"lama/mastodon/mastodontest"
	"lama/store/pgtest"
)

// smallDisk is a folder with a file system of its own, of so many MB. It takes root to make one.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a small file system")
	}
	dir, err := os.MkdirTemp("", "lama-disk-") // not below t.TempDir, which is closed to the user of Postgres
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "lama-test", dir).CombinedOutput(); err != nil {
		t.Skipf("a small file system can't be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("unmount %s: %v: %s", dir, err, out)
		}
	})
	return dir
}

// fill leaves so many bytes free on a disk.
func fill(t *testing.T, dir string, left int64) (empty func()) {
	t.Helper()
	ballast, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer ballast.Close()
	var size int64
	for block := make([]byte, 4096); err == nil; {
		var n int
		n, err = ballast.Write(block)
		size += int64(n)
	}
	if err := ballast.Truncate(size - left); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(ballast.Name()); err != nil {
			t.Fatal(err)
		}
	}
}

// withMedia makes a world whose posts have files, in which all runs find the same.
func withMedia(mix *mastodontest.Mix) {
	calmOnOneServer(mix)
	mix.Posts = 20
}

// fullDisks are what a disk can be full of: what is on it when so many bytes are left.
var fullDisks = map[string]struct {
	left  int64
	prefs map[string]any
	on    func(t *testing.T) (disk, database, dir string)
}{
	"media": {12 << 10, map[string]any{"save_json": 0}, func(t *testing.T) (string, string, string) {
		disk := smallDisk(t, "4m")
		return disk, only(t, "sqlite")(t), disk
	}},
	"JSON files": {100 << 10, map[string]any{"download_own_attachments": 0, "download_others_attachments": 0, "download_pictures": 0},
		func(t *testing.T) (string, string, string) {
			disk := smallDisk(t, "4m")
			return disk, only(t, "sqlite")(t), disk
		}},
	"SQLite": {500 << 10, nil, func(t *testing.T) (string, string, string) {
		only(t, "sqlite")
		disk := smallDisk(t, "32m")
		return disk, "sqlite:" + filepath.Join(disk, "lama.db"), t.TempDir()
	}},
	"Postgres":                  {1500 << 10, nil, smallPostgres},
	"Postgres, as it is set up": {500 << 10, nil, smallPostgres},
}

func smallPostgres(t *testing.T) (disk, database, dir string) {
	disk = smallDisk(t, "40m")
	return disk, tablespace(t, disk), t.TempDir()
}

// tablespace is a database on a Postgres of its own, whose tables are in a folder.
func tablespace(t *testing.T, dir string) string {
	t.Helper()
	db, err := pgx.Connect(t.Context(), pgtest.New(t, pgtest.Options{}).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	var data string
	if err := db.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chown", "--reference", data, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, sql := range []string{"CREATE TABLESPACE small LOCATION '" + dir + "'", "CREATE DATABASE small TABLESPACE small"} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	address, err := url.Parse(db.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/small"
	return address.String()
}

// A disk that is full ends the run, which says so and what to do. Nothing is lost: with room the next run goes on.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	for name, test := range fullDisks {
		t.Run(name, func(t *testing.T) {
			disk, database, dir := test.on(t)
			h := newHouse(t, database, 8, 3, withMedia).in(dir, database)
			h.write(test.prefs)
			empty := fill(t, disk, test.left)
			_, stderr := h.lama(1)
			if !strings.Contains(stderr, "; make room") || strings.Count(stderr, "then run again") != 1 {
				t.Errorf("what has happened, and what to do, once: %s", stderr)
			}
			t.Log(stderr)
			empty()
			h.lama(0)
			h.expectRows("there is room")
			h.expectSame(h.another(t, test.prefs))
		})
	}
}
