package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lama/archive"
)

// damage verifies the rows and lists what is found, "mended" before what was.
func (f *fixture) damage(mend bool) (all []string) {
	f.t.Helper()
	note := func(d archive.Damage) {
		line := d.Where + ": " + d.What
		if d.Mended {
			line = "mended " + line
		}
		if (d.Remedy == "") != d.Mended {
			f.t.Errorf("what is to be done about %+v?", d)
		}
		all = append(all, line)
	}
	accounts := []archive.Account{ana, bob, cleo}
	usable, err := f.VerifySchema(f.t.Context(), false, mend, note)
	if err == nil && usable {
		err = errors.Join(f.VerifyReferences(f.t.Context(), accounts, mend, note), f.VerifyIndex(f.t.Context(), false, mend, note))
	}
	if err != nil {
		f.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// exec changes the database behind the store's back.
func (f *fixture) exec(statements ...string) {
	f.t.Helper()
	for _, sql := range statements {
		if err := f.Change(f.t.Context(), sql); err != nil {
			f.t.Fatalf("%v in %s", err, sql)
		}
	}
}

const zoe = "https://far.example/users/zoe/statuses/"

func TestWhatIsWholeHasNoDamage(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, post("home.example", "1", parent("home.example", "2"), link("3"))),
			shown(ana, post("home.example", "2")), did(cleo, archive.BaseFavourite, post("away.example", "3")))
		equal(t, f.damage(false), nil)
	})
}

// A post that no activity explains is not kept, and nothing goes on pointing at it.
func TestWhatIsDroppedIsNoDamage(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		limits := rules()
		limits.Limits = archive.Limits{archive.ChainParent: 1}
		f.begin(limits)
		f.commit(did(ana, archive.BasePost, post("home.example", "1", parent("home.example", "2"))),
			shown(ana, post("home.example", "2", parent("home.example", "3")), post("home.example", "3")))
		equal(t, f.damage(false), nil)
	})
}

func TestRowsThatNameWhatIsGone(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "1", parent("home.example", "2"))),
			shown(ana, post("home.example", "2")), did(ana, archive.BaseMention, post("home.example", "3")))
		f.exec("DELETE FROM terms WHERE rowid IN (SELECT t.rowid FROM terms t JOIN posts p ON p.id = t.rowid & 134217727 WHERE p.post_id IN ('2', '3'))",
			"DELETE FROM posts WHERE post_id IN ('2', '3')", "DELETE FROM aliases WHERE name = 'id:home.example/3'",
			"INSERT INTO aliases (name, post_uri) VALUES ('id:a/9', 'gone')",
			"INSERT INTO refs (post_uri, chain, target, instance) VALUES ('gone', 'link', 'x', '')",
			"INSERT INTO revisions (post_uri, content_hash, instance, fetched_at, json) "+
				"VALUES ('gone', 'h', 'a', '2026-01-01 00:00:00+00:00', '{}')")
		unmended := []string{
			"activities ana@home.example " + zoe + "2 favourite parent: its post is gone",
			"activities ana@home.example " + zoe + "3 mention: its post is gone, and nothing says what its server calls it",
			"revisions gone h: its post is gone",
		}
		mendable := []string{
			"aliases id:a/9: it names a post that is gone", "refs gone link x: its post is gone",
			"refs " + zoe + "1 parent id:home.example/2: it names a post that is gone",
		}
		equal(t, f.damage(false), slices.Concat(unmended, mendable))
		for i := range mendable {
			mendable[i] = "mended " + mendable[i]
		}
		equal(t, f.damage(true), slices.Concat(unmended, mendable))
		equal(t, f.wants(), []string{"ana@home.example id:home.example/2 1 pending"})

		f.commit(shown(ana, post("home.example", "2"))) // it came
		equal(t, f.damage(false), unmended[1:])
		equal(t, f.column("SELECT target_uri FROM refs WHERE target_uri IS NOT NULL"), []string{zoe + "2"})
	})
}

// More rows are broken than are read at once.
func TestManyBrokenRowsAreAllFound(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		var values []string
		for n := range 2500 {
			values = append(values, fmt.Sprintf("('%d', 'link', 'x', '')", n))
		}
		f.exec("INSERT INTO refs (post_uri, chain, target, instance) VALUES " + strings.Join(values, ", "))
		for _, mend := range []bool{false, true} {
			if all := slices.Compact(f.damage(mend)); len(all) != 2500 {
				t.Errorf("%d of 2500 found", len(all))
			}
		}
		equal(t, f.damage(false), nil)
	})
}

func TestASchemaThatIsNotWhole(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec("DROP INDEX refs_open", "DROP INDEX walks_collection", "CREATE INDEX walks_collection ON walks (items)",
			"CREATE TABLE mine (x text)", "ALTER TABLE posts ADD COLUMN mine text", "CREATE INDEX mine_x ON mine (x)")
		damage := []string{"index refs_open: is missing", "index walks_collection: is another than schema.sql makes"}
		equal(t, f.damage(false), damage)
		equal(t, f.damage(true), []string{"mended " + damage[0], "mended " + damage[1]})
		equal(t, f.damage(false), nil)
	})
}

// Where a table or a column is missing nothing else can be read: that alone is told, and nothing is mended.
func TestADatabaseWithoutATable(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec("DROP TABLE lost", "ALTER TABLE posts DROP COLUMN note")
		for _, mend := range []bool{false, true} {
			all := slices.DeleteFunc(f.damage(mend), func(d string) bool { return strings.HasPrefix(d, "index ") })
			equal(t, all, []string{"column posts.note: is missing", "table lost: is missing"})
		}
	})
}
