package store

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"lama/archive"
)

// Rules are what the owner wants of this run. They may differ from the last run's.
type Rules struct {
	Accounts []archive.Account
	Handles  []string       // user@domain of the household's own posts, lower case
	Limits   archive.Limits // how far each chain is followed
	Own      bool           // download the attachments of the household's own posts
	Others   bool           // download everybody else's
	Pictures bool           // download avatars, custom emoji and the images of cards
	JSON     bool           // write a JSON file per activity
	Rewalk   Rewalk         // what is read again from the top to its end
}

// Store is an archive's database. It is safe for concurrent use.
type Store struct {
	engine      engine
	schema      string // what the database is made of, for its dialect
	now         func() time.Time
	patience    time.Duration        // with a database that went away
	gone        atomic.Bool          // it was waited for in vain, and is not again
	turns       turns                // the commits that are announced or under way
	rules       Rules                // of the run, set by Begin
	collections []archive.Collection // that the run reads
	window      int                  // how many posts a search looks at first; see finder
}

// Options for [Open].
type Options struct {
	URL    string // postgres://… or sqlite:<path>
	Schema string // the text of schema.sql
	Exists bool   // refuse to make an archive where there is none
	Same   bool   // refuse to bring an older archive forward: nothing is written
	Now    func() time.Time

	Patience time.Duration // with a database that goes away; the constant of that name unless set
}

// Open opens the database, creates or migrates its tables, and checks that the archive is one this program
// understands. The caller closes it.
func Open(ctx context.Context, o Options) (*Store, error) {
	e, err := openEngine(ctx, o.URL)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, e, o); err != nil {
		e.close()
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{engine: e, schema: forDialect(o.Schema, e.dialect()), now: o.Now,
		window: window, patience: cmp.Or(o.Patience, Patience)}, nil
}

func prepare(ctx context.Context, e engine, o Options) error {
	if o.Same {
		return sameVersion(ctx, e, o.Schema)
	}
	return migrate(ctx, e, o.Schema, migrations, o.Exists)
}

func openEngine(ctx context.Context, url string) (engine, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openSQLite(ctx, path)
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(ctx, url)
	}
	return nil, errors.New("database_url must begin with sqlite: or postgres://, as in postgres://user@host/database")
}

// Close closes the database's connections.
func (s *Store) Close() { s.engine.close() }

// Writers is how many commits may be under way: on Postgres they run side by side. SQLite does one at a time, and the longer the
// next one waits, the more answers share it.
func (s *Store) Writers() int {
	if s.engine.dialect() == "postgres" {
		return writersPostgres
	}
	return 1
}

// Dialect is "postgres" or "sqlite".
func (s *Store) Dialect() string { return s.engine.dialect() }

func (s *Store) today() archive.Time { return archive.At(s.now()) }

// accounts lists the configured accounts for a CTE: name, instance.
func (s *Store) accounts() string {
	all := make([][]any, len(s.rules.Accounts))
	for i, a := range s.rules.Accounts {
		all[i] = []any{a.Name(), a.Instance}
	}
	return list(all)
}
