package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lama/archive"
)

// restore is what is to be done where only a copy of the database helps.
const restore = "restore the database from a backup"

// VerifySchema compares the database with what schema.sql makes, and asks the database whether its files are sound.
// What people added is no damage. To mend is to make an index anew. Where a table or a column is not there, the
// database is not usable: nothing else can be read.
func (s *Store) VerifySchema(ctx context.Context, quick, mend bool, found func(archive.Damage)) (usable bool, err error) {
	if err := s.verifyIntegrity(ctx, quick, mend, found); err != nil {
		return false, fmt.Errorf("check the database: %w", err)
	}
	want, got := map[string]string{}, map[string]string{}
	err = s.engine.scratch(ctx, func(t tx) error {
		if err := execAll(ctx, t, s.schema); err != nil {
			return err
		}
		return structure(ctx, t, s.Dialect(), want)
	})
	if err == nil {
		err = s.engine.survey(ctx, func(t tx) error { return structure(ctx, t, s.Dialect(), got) })
	}
	if err != nil {
		return false, fmt.Errorf("compare the database with its schema: %w", err)
	}
	usable = true
	for _, name := range slices.Sorted(maps.Keys(want)) {
		is, there := got[name]
		table, _, _ := strings.Cut(strings.TrimPrefix(name, "column "), ".")
		if _, known := got["table "+table]; there && is == want[name] || strings.HasPrefix(name, "column ") && !known {
			continue // as it should be, or said already of its table
		}
		d, err := s.flaw(ctx, name, there, mend)
		if err != nil {
			return false, err
		}
		found(d)
		usable = usable && (there || strings.HasPrefix(name, "index "))
	}
	return usable, nil
}

// verifyIntegrity asks the database itself. Broken indexes are made anew.
func (s *Store) verifyIntegrity(ctx context.Context, quick, mend bool, found func(archive.Damage)) error {
	problems, err := s.engine.integrity(ctx, quick)
	if err != nil || len(problems) == 0 {
		return err
	}
	left := problems
	if mend && s.makeIndexesAnew(ctx, problems) == nil {
		if left, err = s.engine.integrity(ctx, quick); err != nil {
			return err
		}
	}
	for _, p := range problems {
		d := archive.Damage{Where: "database", What: p, Mended: !slices.Contains(left, p)}
		switch {
		case d.Mended:
		case ofFullText(p) && !mend:
			d.Remedy = repairs
		default:
			d.Remedy = restore + ", or save what can be read with sqlite3's .recover"
		}
		found(d)
	}
	return nil
}

// ofFullText says whether a problem that SQLite tells is of the index of the texts.
func ofFullText(problem string) bool { return strings.Contains(strings.ToLower(problem), "fts5") }

func (s *Store) makeIndexesAnew(ctx context.Context, problems []string) error {
	err := s.write(ctx, func(t tx) error { return t.exec(ctx, "REINDEX") })
	if err != nil || !slices.ContainsFunc(problems, ofFullText) {
		return err
	}
	return s.renewIndex(ctx)
}

// structure fills in a definition for every table, column and index, by their names.
func structure(ctx context.Context, t tx, dialect string, into map[string]string) error {
	sql := `SELECT 'table ' || name, '' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
UNION ALL SELECT 'column ' || m.name || '.' || c.name, c.type FROM sqlite_schema m, pragma_table_xinfo(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
UNION ALL SELECT 'index ' || name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`
	if dialect == "postgres" {
		sql = `SELECT 'table ' || tablename, '' FROM pg_tables WHERE schemaname = current_schema()
UNION ALL SELECT 'column ' || table_name || '.' || column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema()
UNION ALL SELECT 'index ' || indexname, replace(replace(indexdef, ' ON ' || quote_ident(schemaname) || '.', ' ON '),
' ON pg_temp.', ' ON ') FROM pg_indexes WHERE schemaname = current_schema()`
	}
	_, err := collect(ctx, t, func(r rows) (name string, err error) {
		var definition string
		err = r.Scan(&name, &definition)
		into[name] = definition
		return name, err
	}, sql)
	return err
}

// flaw is what is wrong with a part of the schema, after an index that can be made anew was, if that is wanted.
func (s *Store) flaw(ctx context.Context, name string, there, mend bool) (archive.Damage, error) {
	d := archive.Damage{Where: name, What: "is missing", Remedy: restore}
	if there {
		d.What = "is another than schema.sql makes"
	}
	index, isIndex := strings.CutPrefix(name, "index ")
	anew := slices.IndexFunc(statements(s.schema), func(sql string) bool {
		return strings.HasPrefix(sql, "CREATE INDEX "+index+" ")
	})
	switch {
	case !isIndex || anew < 0:
		return d, nil
	case !mend:
		d.Remedy = "`lama verify --repair` makes it anew"
		return d, nil
	}
	err := s.write(ctx, func(t tx) error {
		if err := t.exec(ctx, "DROP INDEX IF EXISTS "+index); err != nil {
			return err
		}
		return t.exec(ctx, statements(s.schema)[anew])
	})
	if err != nil {
		return d, fmt.Errorf("make the %s: %w", name, err)
	}
	d.Remedy, d.Mended = "", true
	return d, nil
}
