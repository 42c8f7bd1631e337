//go:build sqlite

package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lama/archive"
	"lama/store"
)

// An index that has lost entries is made anew: SQLite's own check finds it.
func TestABrokenIndexIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lama.db")
	f := open(t, "sqlite:"+path)
	f.commit(did(ana, archive.BasePost, post("home.example", "1")))
	f.Close()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"DROP INDEX posts_created", "CREATE INDEX posts_created ON posts (created_at) WHERE post_id = 'none'",
		"PRAGMA writable_schema = ON", `UPDATE sqlite_schema SET sql = 'CREATE INDEX posts_created ON posts (created_at)'
WHERE name = 'posts_created'`,
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, "sqlite:"+path)
	for _, mend := range []bool{false, true} {
		found := f.damage(mend)
		if len(found) == 0 || !strings.Contains(found[0], "posts_created") || strings.HasPrefix(found[0], "mended") != mend {
			t.Errorf("found %q", found)
		}
	}
	equal(t, f.damage(false), nil)
}

// The index of the texts is made anew from the posts where SQLite can no longer read it.
func TestAnIndexThatCanNotBeRead(t *testing.T) {
	f := open(t, databases["sqlite"](t))
	f.commit(did(ana, archive.BasePost, dated("a", 1, "tea and milk")))
	f.exec("UPDATE terms_data SET block = X'00000000' WHERE id > 100")
	for _, found := range f.damage(false) {
		if !strings.Contains(found, "terms") && !strings.HasPrefix(found, "index: it can't be read") {
			t.Errorf("found %q", found)
		}
	}
	if found := f.damage(true); len(found) != 1 || !strings.HasPrefix(found[0], "mended") {
		t.Errorf("found %q", found)
	}
	equal(t, f.damage(false), nil)
	if got := f.find(store.Household(), "milk", store.ByDate); len(got) != 1 {
		t.Errorf("found %q", got)
	}
}

// A file of which pages are overwritten is told as damaged, however much of it can still be read.
func TestABrokenDatabaseFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lama.db")
	f := open(t, "sqlite:"+path)
	f.commit(did(ana, archive.BasePost, post("home.example", "1")))
	f.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(content[len(content)/2/4096*4096:], strings.Repeat("rot ", 1024))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f = open(t, "sqlite:"+path)
	found := 0
	_, err = f.VerifySchema(t.Context(), false, false, func(d archive.Damage) {
		found++
		if d.Where != "database" || d.Remedy == "" {
			t.Errorf("found %+v", d)
		}
	})
	if found == 0 || err != nil {
		t.Errorf("%d damages (%v)", found, err)
	}
}
