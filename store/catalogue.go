package store

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// table is one of the database's tables as the database itself describes it: what is done with all tables is done with
// one that is added tomorrow.
type table struct {
	name     string
	columns  []column // but generated ones, in the order of their names
	key      []string // the columns of the primary key, in its order
	identity string   // the column that the database numbers by itself; empty where there is none
}

// termsTable is the index, which is each database's own: it is made of posts, not copied.
const termsTable = "terms"

// tables describes a database's tables, in the order of their names, but the index.
func tables(ctx context.Context, t tx, dialect string) (all []table, err error) {
	_, err = collect(ctx, t, func(r rows) (name string, err error) {
		var c, kind string
		var key int
		var numbered bool
		if err = r.Scan(&name, &c, &kind, &key, &numbered); err != nil {
			return name, err
		}
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, table{name: name})
		}
		all[len(all)-1].add(c, kind, key, numbered)
		return name, nil
	}, catalogues[dialect])
	for i := range all {
		all[i].key = slices.DeleteFunc(all[i].key, func(c string) bool { return c == "" })
	}
	return all, err
}

// catalogues list every column: its table, name and type, its place in the primary key or 0, and whether it is numbered.
var catalogues = map[string]string{
	"sqlite": `SELECT m.name, c.name, lower(c.type), c.pk, c.pk > 0 AND lower(c.type) = 'integer'
FROM sqlite_schema m, pragma_table_xinfo(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '` + termsTable + `'
AND m.name NOT LIKE '` + termsTable + `\_%' ESCAPE '\' AND c.hidden = 0 ORDER BY m.name, c.name`,
	"postgres": `SELECT c.table_name::text, c.column_name::text, c.data_type::text,
COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint, c.is_identity = 'YES'
FROM information_schema.columns c
JOIN pg_class r ON r.relname = c.table_name AND r.relnamespace = current_schema()::regnamespace AND r.relkind = 'r'
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = c.column_name
LEFT JOIN pg_index i ON i.indrelid = r.oid AND i.indisprimary
WHERE c.table_schema = current_schema() AND c.table_name <> '` + termsTable + `' AND c.is_generated = 'NEVER'
ORDER BY c.table_name COLLATE "C", c.column_name COLLATE "C"`,
}

// kinds are the types of schema.sql, by their names in both databases. What people added may have others.
var kinds = map[string]columnType{"text": text, "integer": integer, "bigint": integer, "boolean": boolean,
	"timestamptz": moment, "timestamp with time zone": moment, "json": jsonText, "bytea": binary}

func (t *table) add(name, kind string, key int, numbered bool) {
	t.columns = append(t.columns, column{name, kinds[kind]})
	if numbered {
		t.identity = name
	}
	if key > 0 {
		t.key = append(t.key, make([]string, max(0, key-len(t.key)))...)
		t.key[key-1] = name
	}
}

// tableNamed is a table of a name.
func tableNamed(all []table, name string) (table, bool) {
	i := slices.IndexFunc(all, func(t table) bool { return t.name == name })
	if i < 0 {
		return table{}, false
	}
	return all[i], true
}

// kind is the type of a column; ok is false where the table has none of that name.
func (t table) kind(name string) (k columnType, ok bool) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return 0, false
	}
	return t.columns[i].kind, true
}

// selected are the columns as a query yields them. Postgres would take JSON apart.
func (t table) selected() string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		if list[i] = c.name; c.kind == jsonText {
			list[i] = "CAST(" + c.name + " AS text)"
		}
	}
	return strings.Join(list, ", ")
}

// order is the one that rows have in both databases: of the key, texts by their bytes.
func (t table) order(dialect string) string {
	var by []string
	for _, c := range t.columns {
		if len(t.key) == 0 {
			by = append(by, t.ordered(c.name, dialect))
		}
	}
	for _, name := range t.key {
		by = append(by, t.ordered(name, dialect))
	}
	return strings.Join(by, ", ")
}

func (t table) ordered(name, dialect string) string {
	if kind, _ := t.kind(name); kind == text && dialect == "postgres" {
		return name + ` COLLATE "C"`
	}
	return name
}

// ours are the tables of the archive, without those that people added and the index.
func (s *Store) ours(ctx context.Context, t tx) ([]table, error) {
	all, err := tables(ctx, t, s.Dialect())
	names := madeBy(s.schema)
	return slices.DeleteFunc(all, func(of table) bool { return !slices.Contains(names, of.name) }), err
}

var made = regexp.MustCompile(`(?m)^CREATE (?:VIRTUAL )?TABLE (\w+)`)

// madeBy are the tables that a schema for one dialect makes.
func madeBy(schema string) (names []string) {
	for _, m := range made.FindAllStringSubmatch(schema, -1) {
		names = append(names, m[1])
	}
	return names
}
