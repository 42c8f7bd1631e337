package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

// CopyOptions say what a copy is made with.
type CopyOptions struct {
	Schema   string         // the text of schema.sql
	Progress func(Progress) // is told how far it is, often; may be nil
}

// Progress is how far a copy is.
type Progress struct {
	Table string // empty: the posts are indexed
	Done  int64  // rows of it
	All   int64  // 0: not known
}

// Copied is what a copy holds.
type Copied struct {
	Tables int
	Rows   int64
	Left   string // tables that are no archive's, and were not copied: their names with commas
}

// Taken says that the target of a copy is not empty.
type Taken struct{ What string }

func (e *Taken) Error() string { return e.What }

// Copy makes an empty database an archive that equals this one, row for row, with all numbers, and indexes its posts
// anew. Each table is read back, and its rows counted and hashed on both sides, before the whole is committed, or given
// its name where it is SQLite's: a target is as empty as before, or the archive. Where it is not empty the error is a
// [*Taken].
func (s *Store) Copy(ctx context.Context, url string, o CopyOptions) (c Copied, err error) {
	target, err := openTarget(ctx, url)
	if err != nil {
		return c, err
	}
	defer target.discard()
	err = s.engine.survey(ctx, func(from tx) error {
		return target.write(ctx, func(to tx) error {
			m := move{from: from, to: to, fromDialect: s.Dialect(), toDialect: target.dialect(), CopyOptions: o}
			c, err = m.run(ctx)
			return err
		})
	})
	if err == nil {
		err = target.finish()
	}
	if err != nil {
		return c, withRemedy(target.engine, err)
	}
	return c, nil
}

// Vacant makes sure that a database can be copied to: that it can be reached and is empty. It writes nothing.
func Vacant(ctx context.Context, url string, schema string) error {
	target, err := reachTarget(ctx, url)
	if err != nil || target == nil {
		return err
	}
	defer target.close()
	return target.read(ctx, func(t tx) error { return vacant(ctx, t, target.dialect(), schema) })
}

// vacant refuses a database in which there is an archive, or a table that has the name of one of an archive's.
func vacant(ctx context.Context, t tx, dialect, schema string) error {
	version, err := currentVersion(ctx, t, dialect)
	switch {
	case version > 0:
		return &Taken{"it holds an archive already: name an empty database, or remove that one first"}
	case err != nil:
		return err
	}
	there := map[string]string{}
	if err := structure(ctx, t, dialect, there); err != nil {
		return err
	}
	for _, name := range madeBy(forDialect(schema, dialect)) {
		if _, taken := there["table "+name]; taken {
			return &Taken{"it has a table " + name + " of another program: name an empty database"}
		}
	}
	return nil
}

// move is one copy, within a transaction of each database.
type move struct {
	CopyOptions
	from, to               tx
	fromDialect, toDialect string
}

func (m *move) run(ctx context.Context) (c Copied, err error) {
	if err := m.create(ctx, false); err != nil {
		return c, err
	}
	source, err := tables(ctx, m.from, m.fromDialect)
	if err != nil {
		return c, err
	}
	target, err := tables(ctx, m.to, m.toDialect)
	if err != nil {
		return c, err
	}
	for _, to := range target {
		rows, err := m.table(ctx, source, to)
		if err != nil {
			return c, fmt.Errorf("copy the table %s: %w", to.name, err)
		}
		c.Rows += rows
	}
	var left []table
	for _, from := range source {
		if _, ours := tableNamed(target, from.name); !ours {
			left = append(left, from)
		}
	}
	c.Tables, c.Left = len(target), namesOf(left)
	if err := m.index(ctx); err != nil {
		return c, err
	}
	if err := m.create(ctx, true); err != nil || m.toDialect != "postgres" {
		return c, err
	}
	return c, m.to.exec(ctx, "ANALYZE") // or its planner would guess, until Postgres finds the time
}

// create makes the tables, or the indexes, which cost less once the rows are there.
func (m *move) create(ctx context.Context, indexes bool) error {
	if !indexes {
		if err := onlyOne(ctx, m.to, m.toDialect); err != nil {
			return err
		}
		if err := vacant(ctx, m.to, m.toDialect, m.Schema); err != nil {
			return err
		}
	}
	for _, sql := range statements(forDialect(m.Schema, m.toDialect)) {
		if isIndex.MatchString(sql) != indexes {
			continue
		}
		if err := m.to.exec(ctx, sql); err != nil {
			return fmt.Errorf("%w in: %.80s", err, sql)
		}
	}
	return nil
}

var isIndex = regexp.MustCompile(`^CREATE (UNIQUE )?INDEX `)

// table copies one table and compares what came of it.
func (m *move) table(ctx context.Context, source []table, to table) (rows int64, err error) {
	from, there := tableNamed(source, to.name)
	if !there {
		return 0, errors.New("the archive has none of that name: see `lama verify`")
	}
	for i, c := range to.columns {
		if _, there := from.kind(c.name); !there {
			return 0, fmt.Errorf("the archive has no column %s: see `lama verify`", to.columns[i].name)
		}
	}
	from.columns, from.key = to.columns, to.key // what people added stays behind, and both are read in one order
	all, err := collect(ctx, m.from, scanInt, "SELECT count(*) FROM "+from.name)
	if err != nil {
		return 0, err
	}
	copied := copied{tx: m.to, put: to.into(m.toDialect)}
	m.show(Progress{to.name, 0, all[0]})
	want, err := from.each(ctx, m.from, m.fromDialect, func(row []cell) error {
		rows++
		m.show(Progress{to.name, rows, all[0]})
		return copied.add(ctx, row)
	})
	if err == nil {
		err = copied.flush(ctx)
	}
	if err != nil {
		return rows, err
	}
	got, err := to.each(ctx, m.to, m.toDialect, func([]cell) error { return nil })
	if err != nil {
		return rows, fmt.Errorf("read it back: %w", err)
	}
	if !got.equal(want) {
		return rows, fmt.Errorf("%d rows came of %d, or others than were sent: run `lama verify`, then copy again",
			got.rows, want.rows)
	}
	return rows, to.renumber(ctx, m.to, m.toDialect)
}

// index has the posts indexed as if none had been: an index can't be copied from one kind of database to another.
func (m *move) index(ctx context.Context) error {
	m.show(Progress{})
	for n, after := int64(1), int64(0); ; n++ {
		last, err := fillIndex(ctx, m.to, after)
		if err != nil {
			return fmt.Errorf("index the posts: %w", err)
		}
		if last == 0 {
			return setState(ctx, m.to, household, indexed, everything)
		}
		m.show(Progress{Done: n * fillAtOnce})
		after = last
	}
}

func (m *move) show(p Progress) {
	if m.Progress != nil {
		m.Progress(p)
	}
}

// Count says how many tables an archive has, and how many rows they hold.
func (s *Store) Count(ctx context.Context) (n int, rows int64, err error) {
	err = s.engine.survey(ctx, func(t tx) error {
		all, err := s.ours(ctx, t)
		for _, of := range all {
			held, err := collect(ctx, t, scanInt, "SELECT count(*) FROM "+of.name)
			if err != nil {
				return err
			}
			rows += held[0]
		}
		n = len(all)
		return err
	})
	return n, rows, err
}
