// Package lama reads the folder of LAMA 1.x: its database, its JSON files and its media.
//
// What LAMA kept of a post is no server's answer but what Python made of one: dates are written another way, what was
// missing is null, names of classes were added. It stays so and is marked as imported. Read as an answer it says all that
// the answer did, also the ids, which LAMA's database has turned into numbers where it could. LAMA's cursors are not
// trusted: the next run reads the collections from their tops.
package lama

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"lama/archive"
	"lama/importer"
	"lama/stages"
)

// Options say what is imported for whom.
type Options struct {
	Dir      string            // the folder that has data/app.db, as [Find] finds it
	Accounts []archive.Account // that are configured; LAMA may have archived others
	// View is how an account's server names things.
	View func(archive.Account) (stages.View, error)
}

// Source is LAMA's folder, open. The caller closes it.
type Source struct {
	Options
	db       *sql.DB
	all      int64
	accounts []string // of its activities, as LAMA wrote them
	views    map[string]stages.View
}

// Find is the folder of LAMA's user data: this one, or "user" in it.
func Find(dir string) (string, error) {
	for _, d := range []string{dir, filepath.Join(dir, "user")} {
		if _, err := os.Stat(filepath.Join(d, "data", "app.db")); err == nil {
			return d, nil
		}
	}
	return "", fmt.Errorf("%s has no data/app.db: name the folder that LAMA 1.x calls user_dir", dir)
}

// Open opens LAMA's database, and writes nothing to it.
func Open(ctx context.Context, o Options) (*Source, error) {
	path := filepath.Join(o.Dir, "data", "app.db")
	db, err := openDatabase(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	s := &Source{Options: o, db: db, views: map[string]stages.View{}}
	if err := s.survey(ctx); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, cmp.Or(err, db.Close()))
	}
	return s, nil
}

// survey counts what there is, which also tells whether this is a database of LAMA's.
func (s *Source) survey(ctx context.Context) error {
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM posts").Scan(&s.all); err != nil {
		return err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT DISTINCT account FROM activities")
	if err != nil {
		return err
	}
	s.accounts, err = collect(rows, func(name *string) []any { return []any{name} })
	if err != nil {
		return err
	}
	for _, a := range s.Accounts {
		if s.views[a.Name()], err = s.View(a); err != nil {
			return err
		}
	}
	for _, name := range s.accounts {
		a := s.account(name)
		if s.views[a.Name()], err = s.View(a); err != nil {
			return err
		}
	}
	err = filepath.WalkDir(s.json(), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			s.all++
		}
		return nil
	})
	return err
}

// Close closes LAMA's database.
func (s *Source) Close() error { return s.db.Close() }

// All is how many rows and files there are.
func (s *Source) All() int64 { return s.all }

// Items yields the rows of the database, and then the JSON files: a file may have a version of a post that the database has
// no more, and notifications are in files alone.
func (s *Source) Items(ctx context.Context) iter.Seq2[importer.Item, error] {
	return func(yield func(importer.Item, error) bool) {
		goOn := true
		each := func(item importer.Item) bool {
			goOn = yield(item, nil)
			return goOn
		}
		for _, part := range []func(context.Context, func(importer.Item) bool) error{s.rows, s.orphans, s.files} {
			if err := part(ctx, each); err != nil {
				yield(importer.Item{}, err)
				return
			}
			if !goOn {
				return
			}
		}
	}
}

// account is the account that LAMA calls so: the configured one, or one that is configured no more.
func (s *Source) account(name string) archive.Account {
	name = strings.TrimRight(strings.TrimPrefix(name, "@"), "/")
	for _, a := range s.Accounts {
		if strings.EqualFold(a.Name(), name) {
			return a
		}
	}
	a := archive.Named(name)
	a.Instance, a.Scheme = strings.ToLower(a.Instance), "https"
	return a
}

// json is the folder of LAMA's JSON files.
func (s *Source) json() string { return filepath.Join(s.Dir, "data", "json") }

// State is a small thing that LAMA remembered, as where it went on.
type State struct{ Account, Name, Value string }

// States are those of LAMA's database.
func (s *Source) States(ctx context.Context) ([]State, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT account, name, value FROM states ORDER BY id")
	if err != nil {
		return nil, err
	}
	return collect(rows, func(s *State) []any { return []any{&s.Account, &s.Name, &s.Value} })
}
