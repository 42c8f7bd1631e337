package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/store/pgtest"
)

// engines opens a fresh database of each kind that this build has.
func engines(t *testing.T, test func(t *testing.T, e engine)) {
	for name, url := range map[string]func() string{
		"postgres": func() string { return pgtest.URL(t) },
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "lama.db") },
	} {
		t.Run(name, func(t *testing.T) {
			e, err := openEngine(t.Context(), url())
			if err != nil && strings.Contains(err.Error(), "built without SQLite") {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(e.close)
			test(t, e)
		})
	}
}

const first = "-- version: 1\nCREATE TABLE archive (id text NOT NULL, version integer NOT NULL);\nCREATE TABLE a (x text); -- a comment; with a semicolon\n"

var second = strings.Replace(first, "version: 1", "version: 2", 1) + "CREATE TABLE b (x text);\n"

func TestAnOlderArchiveIsBroughtForwardStepByStep(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		steps := map[int]string{2: "CREATE TABLE b (x text);\nINSERT INTO b VALUES ('made by the step');\n"}
		for _, schema := range []string{first, first, second, second} {
			if err := migrate(t.Context(), e, schema, steps, false); err != nil {
				t.Fatal(err)
			}
		}
		var made []string
		err := e.read(t.Context(), func(x tx) (err error) {
			made, err = collect(t.Context(), x, scanString, "SELECT x FROM b")
			return err
		})
		if err != nil || len(made) != 1 {
			t.Errorf("the step ran %d times (%v)", len(made), err)
		}
	})
}

func TestAFailedStepLeavesTheArchiveAsItWas(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		if err := migrate(t.Context(), e, first, nil, false); err != nil {
			t.Fatal(err)
		}
		broken := map[int]string{2: "CREATE TABLE b (x text);\nINSERT INTO nowhere VALUES (1);\n"}
		if err := migrate(t.Context(), e, second, broken, false); err == nil {
			t.Fatal("the step did not fail")
		}
		if v, err := recordedVersion(t.Context(), e); v != 1 || err != nil {
			t.Errorf("version %d (%v)", v, err)
		}
	})
}

func TestANewerArchiveIsRefused(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		if err := migrate(t.Context(), e, second, nil, false); err != nil {
			t.Fatal(err)
		}
		if err := migrate(t.Context(), e, first, nil, false); err == nil || !strings.Contains(err.Error(), "newer lama") {
			t.Errorf("got %v", err)
		}
	})
}

func TestAskingMakesNoArchive(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		if err := migrate(t.Context(), e, first, nil, true); !errors.Is(err, ErrNoArchive) {
			t.Errorf("got %v", err)
		}
		if v, err := recordedVersion(t.Context(), e); v != 0 || err != nil {
			t.Errorf("version %d (%v)", v, err)
		}
	})
}

func TestTheSchemaIsTheSameForBothDatabasesByItsColumns(t *testing.T) {
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]map[string]bool{}
	engines(t, func(t *testing.T, e engine) {
		if err := migrate(t.Context(), e, string(schema), nil, false); err != nil {
			t.Fatal(err)
		}
		columns[e.dialect()] = map[string]bool{}
		sql := `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_xinfo(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'terms%'` // the index is each one's own
		if e.dialect() == "postgres" {
			sql = `SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name <> 'terms'`
		}
		err := e.read(t.Context(), func(x tx) error {
			names, err := collect(context.Background(), x, scanString, sql)
			for _, n := range names {
				columns[e.dialect()][n] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	for n := range columns["postgres"] {
		if len(columns) == 2 && !columns["sqlite"][n] {
			t.Errorf("%s is missing in SQLite", n)
		}
	}
	if len(columns) == 2 && len(columns["postgres"]) != len(columns["sqlite"]) {
		t.Errorf("%d columns in Postgres, %d in SQLite", len(columns["postgres"]), len(columns["sqlite"]))
	}
}

// Every older version is brought to what schema.sql makes at once. testdata keeps each as it was.
func TestMigratedIsAsFresh(t *testing.T) {
	fresh := map[string]map[string]string{}
	for _, file := range []string{"../schema.sql", "testdata/schema-1.sql", "testdata/schema-2.sql"} {
		engines(t, func(t *testing.T, e engine) {
			for _, schema := range []string{file, "../schema.sql"} {
				text, err := os.ReadFile(schema)
				if err != nil {
					t.Fatal(err)
				}
				if err := migrate(t.Context(), e, string(text), migrations, false); err != nil {
					t.Fatal(err)
				}
			}
			got := map[string]string{}
			err := e.read(t.Context(), func(x tx) error { return structure(t.Context(), x, e.dialect(), got) })
			if err != nil || len(got) < 50 {
				t.Fatalf("%d parts (%v)", len(got), err)
			}
			if fresh[e.dialect()] == nil {
				fresh[e.dialect()] = got
			}
			if d := cmp.Diff(fresh[e.dialect()], got); d != "" {
				t.Errorf("%s, migrated (-fresh +migrated):\n%s", file, d)
			}
		})
	}
}
