package store

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an archive of version 2 holds keeps its rows, and what was young when it was stored is due.
func TestStoredPostsBecomeDue(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		migrateTo(t, e, "testdata/schema-2.sql")
		err := e.write(t.Context(), func(x tx) error {
			for uri, days := range map[string]int{"new": 0, "days old": 3, "weeks old": 20, "old": 30, "a boost": 0} {
				if err := x.exec(t.Context(), fmt.Sprintf(`INSERT INTO posts
(post_uri, post_id, instance, reblog, created_at, fetched_at, origin, hash, content_hash, json)
VALUES ('%[1]s', '1', 'a', CASE '%[1]s' WHEN 'a boost' THEN 'new' END, '2026-01-01 12:00:00+00:00', '2026-01-%02[2]d 13:00:00+00:00',
FALSE, '', '', '{}')`, uri, days+1)); err != nil {
					return err
				}
			}
			return x.exec(t.Context(), `INSERT INTO frontier (account, name, kind, hops, state, alone, attempts)
VALUES ('ana', 'id:a/1', 'posts', 2, 'pending', FALSE, 0)`)
		})
		if err != nil {
			t.Fatal(err)
		}
		migrateTo(t, e, "../schema.sql")
		var got []string
		err = e.read(t.Context(), func(x tx) (err error) {
			got, err = collect(t.Context(), x, scanString, `SELECT post_uri || ' ' || substr(CAST(recheck_at AS text), 6, 5) FROM posts
WHERE recheck_at IS NOT NULL UNION ALL SELECT account || ' ' || name || ' ' || hops FROM frontier`)
			return err
		})
		slices.Sort(got)
		want := []string{"ana id:a/1 2", "days old 01-08", "new 01-02", "weeks old 01-31"}
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("-want +got:\n%s (%v)", d, err)
		}
	})
}

// migrateTo brings a database to the version of a file.
func migrateTo(t *testing.T, e engine, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), e, string(text), migrations, false); err != nil {
		t.Fatal(err)
	}
}
