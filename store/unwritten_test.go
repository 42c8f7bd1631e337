package store

import (
	"errors"
	"os"
	"testing"

	"lama/archive"
	"lama/store/pgtest"
)

// A version that is committed while the JSON file of the one before is being written keeps its mark. The commit is still
// under way when the mark is to be cleared: within one statement Postgres would wait for it, and then compare the file
// with the version of before.
func TestANewVersionKeepsItsMark(t *testing.T) {
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	s, err := Open(ctx, Options{URL: pgtest.URL(t), Schema: string(schema)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ana := archive.Account{User: "ana", Instance: "home.example"}
	post := archive.Post{URI: "https://home.example/1", ID: "1", Instance: ana.Instance, JSON: []byte("{}")}
	did := archive.Activity{Account: ana.Name(), PostURI: post.URI, Base: archive.BasePost, ID: "1"}
	err = s.Begin(ctx, Rules{Accounts: []archive.Account{ana}, JSON: true}, archive.Collections)
	if err == nil {
		_, err = s.Commit(ctx, []archive.Batch{{Account: ana.Name(), Posts: []archive.Post{post},
			Activities: []archive.Activity{did}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	written, err := s.Unwritten(ctx, 0, 10)
	if err != nil || len(written) != 1 {
		t.Fatalf("%d unwritten (%v)", len(written), err)
	}
	cleared := make(chan error, 1)
	err = s.write(ctx, func(x tx) error {
		err := errors.Join(x.exec(ctx, "UPDATE posts SET hash = 'of the second version'"),
			x.exec(ctx, "UPDATE activities SET unwritten = TRUE"))
		go func() { cleared <- s.Written(ctx, written) }()
		for waiting := int64(0); waiting == 0 && err == nil; {
			err = s.read(ctx, func(y tx) error {
				n, err := collect(ctx, y, scanInt, `SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'`)
				if err == nil {
					waiting = n[0]
				}
				return err
			})
		}
		return err
	})
	if err := errors.Join(err, <-cleared); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Unwritten(ctx, 0, 10); err != nil || len(left) != 1 {
		t.Errorf("%d unwritten (%v), want the new version", len(left), err)
	}
}
