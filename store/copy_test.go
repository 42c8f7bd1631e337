package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store/pgtest"
	"lama/store/storetest"
)

// kindsHere are the databases that this build has.
func kindsHere(t *testing.T) []string {
	t.Helper()
	if sqliteIsHere(t) {
		return []string{"postgres", "sqlite"}
	}
	return []string{"postgres"}
}

// fresh is the address of a database that is not there yet, or is empty.
func fresh(t *testing.T, kind string) string {
	t.Helper()
	if kind == "postgres" {
		return pgtest.URL(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "lama.db")
}

func sqliteIsHere(t *testing.T) bool {
	t.Helper()
	e, err := openEngine(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "here.db"))
	if err != nil {
		return false
	}
	e.close()
	return true
}

func schemaText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func opened(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url, Schema: schemaText(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// allowed are values for the columns that do not take any.
var allowed = map[string]string{"base": "favourite", "activities.chain": "", "refs.chain": "parent", "kind": "posts",
	"state": "done", "json": `{"b":  1, "a": "\u00e9"}`, "hashtags": `["b",  "\u00e9"]`, "mentions": `["a@b.example"]`,
	"poll_options": `["tea"]`, "links": `[{"url":"https://a.example/"}]`, "attachments": `[["media/a","alt"]]`}

// populate puts rows into every table that has none: one that is full, and one with NULL wherever that may be. A table
// that is added tomorrow is filled as well, or this fails until it is told how.
func populate(t *testing.T, s *Store) {
	t.Helper()
	err := s.write(t.Context(), func(x tx) error {
		all, err := tables(t.Context(), x, s.Dialect())
		if err != nil || len(all) < 15 {
			return fmt.Errorf("%d tables: %w", len(all), err)
		}
		for _, of := range all {
			if held, err := collect(t.Context(), x, scanInt, "SELECT count(*) FROM "+of.name); err != nil || held[0] > 0 {
				if err != nil {
					return err
				}
				continue
			}
			needed, err := required(t.Context(), x, s.Dialect(), of.name)
			if err != nil {
				return err
			}
			for n := range 3 {
				if err := x.put(t.Context(), of.into(s.Dialect()), [][]any{example(of, n, needed)}); err != nil {
					return fmt.Errorf("%s: %w", of.name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// required are the columns that may not be NULL.
func required(ctx context.Context, x tx, dialect, name string) ([]string, error) {
	sql := `SELECT name FROM pragma_table_xinfo($1) WHERE "notnull" OR pk > 0`
	if dialect == "postgres" {
		sql = "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 AND is_nullable = 'NO'"
	}
	return collect(ctx, x, scanString, sql, name)
}

// example is row n of a table.
func example(of table, n int, needed []string) []any {
	row := make([]any, len(of.columns))
	for i, c := range of.columns {
		if n == 1 && !slices.Contains(needed, c.name) {
			continue
		}
		value, limited := allowed[of.name+"."+c.name]
		if !limited {
			value, limited = allowed[c.name]
		}
		switch {
		case limited:
			row[i] = value
		case c.kind == integer && c.name != "distance":
			row[i] = int64(1000*n + i)
		case c.kind == integer:
			row[i] = int64(0)
		case c.kind == boolean:
			row[i] = n%2 == 0
		case c.kind == moment:
			row[i] = archive.ParseTime(fmt.Sprintf("2026-01-0%dT12:34:56Z", n+1))
		case c.kind == binary:
			row[i] = []byte{0, 255, byte(n)}
		default:
			row[i] = strings.Repeat("ÄBc", n) + fmt.Sprint("-", c.name, n) // which no two collations order alike
		}
	}
	return row
}

// heldRows are the rows of every table as text, and how many tables have none.
func heldRows(t *testing.T, s *Store) (rows []string, empty int) {
	t.Helper()
	err := s.read(t.Context(), func(x tx) error {
		all, err := tables(t.Context(), x, s.Dialect())
		for _, of := range all {
			before := len(rows)
			if _, err := of.each(t.Context(), x, s.Dialect(), func(row []cell) error {
				var b strings.Builder
				for i := range row {
					fmt.Fprintf(&b, "%s=%v ", of.columns[i].name, row[i].String())
				}
				rows = append(rows, of.name+" "+b.String())
				return nil
			}); err != nil {
				return err
			}
			if len(rows) == before {
				empty++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, empty
}

// Every table goes from each kind of database to each kind, whatever is added to the schema.
func TestACopyHoldsEveryRowOfEveryTable(t *testing.T) {
	for _, from := range kindsHere(t) {
		for _, to := range kindsHere(t) {
			t.Run(from+" to "+to, func(t *testing.T) {
				source, target := opened(t, fresh(t, from)), fresh(t, to)
				populate(t, source)
				want, empty := heldRows(t, source)
				if empty > 0 {
					t.Fatalf("%d tables are empty", empty)
				}
				c, err := source.Copy(t.Context(), target, CopyOptions{Schema: schemaText(t)})
				if err != nil || int(c.Rows) != len(want) || c.Left != "" {
					t.Fatalf("copied %+v of %d rows (%v)", c, len(want), err)
				}
				copied := opened(t, target)
				got, _ := heldRows(t, copied)
				settled := func(rows []string) []string { // the copy's posts are all indexed
					return slices.DeleteFunc(rows, func(row string) bool { return strings.Contains(row, "name="+indexed) })
				}
				if d := cmp.Diff(settled(want), settled(got)); d != "" {
					t.Errorf("-want +got:\n%s", d)
				}
				if rows := storetest.Query(t, target, "SELECT count(*) FROM terms"); rows[0][0] != "3" {
					t.Errorf("%s of 3 posts are indexed", rows[0][0])
				}
				expectNumbered(t, copied)
				damaged := func(d archive.Damage) { t.Errorf("%+v", d) }
				if usable, err := copied.VerifySchema(t.Context(), false, false, damaged); !usable || err != nil {
					t.Errorf("usable: %t (%v)", usable, err)
				}
			})
		}
	}
}

// expectNumbered makes a row in a table that numbers its rows: after those that were copied.
func expectNumbered(t *testing.T, s *Store) {
	t.Helper()
	largest, err := s.Column(t.Context(), "SELECT CAST(max(id) AS text) FROM runs")
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.StartRun(t.Context())
	if err != nil || len(largest) != 1 || fmt.Sprint(id-1) != largest[0] {
		t.Errorf("the next run has the number %d after %v (%v)", id, largest, err)
	}
}

// A target is empty, or it is refused and stays as it was.
func TestACopyNeedsAnEmptyDatabase(t *testing.T) {
	for _, to := range kindsHere(t) {
		t.Run(to, func(t *testing.T) {
			url := fresh(t, to)
			source := opened(t, fresh(t, to))
			other := opened(t, url)
			want, _ := heldRows(t, other)
			_, err := source.Copy(t.Context(), url, CopyOptions{Schema: schemaText(t)})
			if !errors.As(err, new(*Taken)) {
				t.Errorf("a copy onto an archive: %v", err)
			}
			if err := Vacant(t.Context(), url, schemaText(t)); !errors.As(err, new(*Taken)) {
				t.Errorf("an archive is called vacant: %v", err)
			}
			if got, _ := heldRows(t, other); cmp.Diff(want, got) != "" {
				t.Error("it was changed")
			}
			empty := fresh(t, to)
			if err := Vacant(t.Context(), empty, schemaText(t)); err != nil {
				t.Errorf("an empty one is refused: %v", err)
			}
		})
	}
}

// A copy that fails at its last table, or is cancelled on the way, leaves a database as empty as it was.
func TestAFailedCopyLeavesNothing(t *testing.T) {
	for _, to := range kindsHere(t) {
		t.Run(to, func(t *testing.T) {
			source, target := opened(t, fresh(t, to)), fresh(t, to)
			populate(t, source)
			ctx, cancel := context.WithCancel(t.Context())
			_, err := source.Copy(ctx, target, CopyOptions{Schema: schemaText(t), Progress: func(p Progress) {
				if p.Table == "walks" && p.Done > 0 {
					cancel()
				}
			}})
			if err == nil {
				t.Fatal("it was copied")
			}
			if err := Vacant(t.Context(), target, schemaText(t)); err != nil {
				t.Errorf("after a copy that was cancelled: %v", err)
			}
			if _, err := source.Copy(t.Context(), target, CopyOptions{Schema: schemaText(t)}); err != nil {
				t.Errorf("and once more: %v", err)
			}
		})
	}
}

// A snapshot is of one moment, and the archive goes on.
func TestASnapshotIsAnArchive(t *testing.T) {
	if !sqliteIsHere(t) {
		source := opened(t, fresh(t, "postgres"))
		err := source.Snapshot(t.Context(), filepath.Join(t.TempDir(), "copy.db"), CopyOptions{Schema: schemaText(t)})
		if err == nil || !strings.Contains(err.Error(), "built without SQLite") {
			t.Errorf("got %v", err)
		}
		return
	}
	for _, from := range kindsHere(t) {
		t.Run(from, func(t *testing.T) {
			source := opened(t, fresh(t, from))
			populate(t, source)
			path := filepath.Join(t.TempDir(), "copy.db")
			want, _ := heldRows(t, source)
			for range 2 {
				if err := source.Snapshot(t.Context(), path, CopyOptions{Schema: schemaText(t)}); err != nil {
					t.Fatal(err)
				}
			}
			copied := opened(t, "sqlite:"+path)
			got, _ := heldRows(t, copied)
			without := func(row string) bool { return strings.Contains(row, "name="+indexed) }
			if d := cmp.Diff(slices.DeleteFunc(want, without), slices.DeleteFunc(got, without)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			found := 0
			if _, err := copied.VerifySchema(t.Context(), false, false, func(archive.Damage) { found++ }); err != nil || found > 0 {
				t.Errorf("%d damaged (%v)", found, err)
			}
		})
	}
}
