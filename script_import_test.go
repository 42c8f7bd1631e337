//go:build sqlite

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lama/importer/lama/lamatest"
	"lama/store/storetest"
)

// lama1 archives the household as LAMA 1.1 did, into a folder.
func lama1(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	var accounts []lamatest.Account
	for _, p := range s.world.Household() {
		accounts = append(accounts, lamatest.Account{Name: p.Account().Name(), BaseURL: p.Instance().BaseURL(), Token: p.Token()})
	}
	ts.Check(lamatest.Archive(context.Background(), ts.MkAbs(args[0]), accounts...))
}

// pointed compares all rows of LAMA's database with ours: each post is there, in LAMA's words or in a server's by now, and
// why it is. What was reached over others may have the id that the server of another account gave it.
func pointed(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	theirs := "sqlite:" + filepath.Join(ts.MkAbs(args[0]), "data", "app.db")
	ours := map[string][]string{}
	for _, row := range storetest.Query(s.t, s.database(ts), "SELECT post_uri, CAST(json AS text), COALESCE(imported, ''), post_id FROM posts") {
		ours[row[0]] = row
	}
	posts := storetest.Query(s.t, theirs, "SELECT post_uri, json FROM posts")
	for _, row := range posts {
		mine := ours[row[0]]
		if mine == nil || mine[2] == "lama" && mine[1] != row[1] || !json.Valid([]byte(mine[1])) {
			ts.Fatalf("%s is %.300v", row[0], mine)
		}
	}
	const named = "SELECT account, post_uri, activity_type, CASE WHEN activity_type LIKE '%.%' THEN '' ELSE CAST(activity_id AS text) END FROM activities"
	var done []string
	for _, row := range storetest.Query(s.t, s.database(ts), named) {
		done = append(done, strings.Join(row, " "))
	}
	deeds := storetest.Query(s.t, theirs, named)
	for _, row := range deeds {
		if !slices.Contains(done, strings.Join(row, " ")) {
			ts.Fatalf("%v is not among the activities", row)
		}
	}
	states := storetest.Query(s.t, theirs, "SELECT account, 'lama 1.x ' || name, value FROM states")
	for _, row := range states {
		if !slices.ContainsFunc(storetest.Query(s.t, s.database(ts), "SELECT account, name, value FROM states"),
			func(mine []string) bool { return slices.Equal(mine, row) }) {
			ts.Fatalf("%v is not among the states", row)
		}
	}
	_, err := fmt.Fprintf(ts.Stdout(), "%d posts, %d activities, %d states\n", len(posts), len(deeds), len(states))
	ts.Check(err)
}

// purged lets each server of the household forget what others posted.
func purged(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	theirs := "sqlite:" + filepath.Join(ts.MkAbs(args[0]), "data", "app.db")
	for _, row := range storetest.Query(s.t, theirs, "SELECT post_uri FROM posts") {
		post := s.world.Find(row[0])
		if post == nil {
			ts.Fatalf("nobody posted %s", row[0])
		}
		for _, p := range s.world.Household() {
			if i := p.Instance(); post.Author().Instance() != i {
				i.Purge(post)
			}
		}
	}
}

// tree prints what is in a folder: paths, and how many bytes each file has.
func tree(ts *testscript.TestScript, _ bool, args []string) {
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			_, err = fmt.Fprintf(ts.Stdout(), "%s %d %s\n", strings.TrimPrefix(path, root), info.Size(), info.ModTime().Format(time.RFC3339Nano))
		}
		return err
	}))
}
