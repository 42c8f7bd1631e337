package store

import (
	"context"
	"strings"

	"lama/search"
)

// Column runs a query with one text column, for tests.
func (s *Store) Column(ctx context.Context, sql string) (values []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		values, err = collect(ctx, t, scanString, sql)
		return err
	})
	return values, err
}

// Seen are the URIs of the posts that a viewer may see, for tests.
func (s *Store) Seen(ctx context.Context, v Viewer) (values []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		values, err = collect(ctx, t, scanString, "SELECT p.post_uri FROM posts p WHERE "+v.in(t, 1).sees("p"), v.args()...)
		return err
	})
	return values, err
}

// Shown are the activities that a viewer may be shown, "account type URI", for tests.
func (s *Store) Shown(ctx context.Context, v Viewer) (values []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		values, err = collect(ctx, t, scanString, `SELECT a.account || ' ' || a.activity_type || ' ' || a.post_uri
FROM activities a JOIN posts p ON p.post_uri = a.post_uri WHERE `+v.in(t, 1).shows("a", "p"), v.args()...)
		return err
	})
	return values, err
}

// Change runs a statement behind the archive's back, for tests.
func (s *Store) Change(ctx context.Context, sql string) error {
	return s.write(ctx, func(t tx) error { return t.exec(ctx, sql) })
}

// Plans are what the database does for a search, for tests.
func (s *Store) Plans(ctx context.Context, v Viewer, q search.Query) (plans []string, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		f := finder{tx: t, dialect: s.Dialect(), viewer: v, query: q}
		froms := []string{f.fromWindow(window)}
		if rare := f.rare(); rare != "" && !(s.Dialect() == "sqlite" && rare == fromIndex) {
			froms = append(froms, rare)
		}
		for _, from := range froms {
			sql, args := f.statement(hitColumns, from, 0, 1<<62, 20)
			plan, err := s.plan(ctx, t, sql, args)
			if err != nil {
				return err
			}
			plans = append(plans, plan)
		}
		return nil
	})
	return plans, err
}

// ListPlan is what the database does for a list, for tests.
func (s *Store) ListPlan(ctx context.Context, v Viewer, l Listing) (plan string, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		sql, args := l.statement(t, v)
		plan, err = s.plan(ctx, t, sql, args)
		return err
	})
	return plan, err
}

func (s *Store) plan(ctx context.Context, t tx, sql string, args []any) (string, error) {
	explain := map[string]string{"sqlite": "EXPLAIN QUERY PLAN ", "postgres": "EXPLAIN "}[s.Dialect()]
	lines, err := collect(ctx, t, func(r rows) (line string, err error) {
		if s.Dialect() == "postgres" {
			return line, r.Scan(&line)
		}
		var ignored any
		return line, r.Scan(&ignored, &ignored, &ignored, &line)
	}, explain+sql, args...)
	return strings.Join(lines, "\n"), err
}

// LookAt sets how many posts a search looks at before it asks the index, for tests, which have few.
func (s *Store) LookAt(window int) { s.window = window }

// Whose tells by which columns it is known whose the rows of each table are, for tests.
func (s *Store) Whose(ctx context.Context) (columns map[string][]string, err error) {
	columns = map[string][]string{}
	err = s.read(ctx, func(t tx) error {
		all, err := s.ours(ctx, t)
		for _, of := range all {
			columns[of.name] = nil
			for _, c := range []string{"account", "post_uri"} {
				if of.has(c) {
					columns[of.name] = append(columns[of.name], c)
				}
			}
		}
		return err
	})
	return columns, err
}

// Pass lets the commits after an announced one begin, as if that had come to its turn, and had to begin anew.
func (s *Store) Pass(key string) { s.turns.of(key).pass() }

// Tries yields how each transaction that writes from now on ends.
func (s *Store) Tries() <-chan error {
	ends := make(chan error, 100)
	s.engine = watched{s.engine, ends}
	return ends
}

type watched struct {
	engine
	ends chan<- error
}

func (w watched) write(ctx context.Context, f func(tx) error) error {
	err := w.engine.write(ctx, f)
	w.ends <- err
	return err
}
