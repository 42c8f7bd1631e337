package storetest

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// apart are the columns, by table, in which two archives of the same posts may differ: numbers of rows, times of
// fetching, who fetched, and what it took. "*" stands for the whole table.
var apart = map[string]string{
	"archive":     "id",
	"posts":       "id fetched_at fetched_by recheck_at again_at hash", // hash is of bytes that hold the viewer's own fields
	"revisions":   "fetched_at",
	"activities":  "id archived_at",
	"walks":       "id next mark pages items attempts not_before reason opened_at read_at walked_at",
	"frontier":    "attempts not_before reason",
	"attachments": "host step attempts not_before reason",
	"files":       "saved_at",
	"lost":        "seen_at",
	"servers":     "learned_at json", // which says how it was learnt
	"states":      "id",
	"runs":        "*",
	"terms":       "*", // the index holds numbers of rows, and is made from what posts hold
}

// some says which rows of a table count, where not all do: a post that was asked for by its own name, which it may
// have been before it came in another way, is its own alias; what a server told of an account has the time of that, and how
// often it posts a number of a row.
var some = map[string]string{"aliases": " WHERE name <> post_uri", "states": " WHERE name NOT IN ('health', 'filters', 'rhythm')"}

// Dump is what an archive holds, as sorted lines that are equal for two archives of the same posts, whatever their
// databases are and however often a run was ended: each row as JSON, without the columns of apart and the fields that
// are the viewer's own, and below the data folder each JSON file alike. A media file stands for its content, not its
// path. What is in the folder without a row is a line, too: a whole archive has no such line.
func Dump(t testing.TB, url, data string) []string {
	t.Helper()
	d := dump{readFolder(t, data)}
	var lines []string
	for _, table := range tables(t, url) {
		lines = append(lines, d.table(t, url, table)...)
	}
	lines = append(lines, d.files()...)
	slices.Sort(lines)
	return lines
}

// Differ is what two dumps do not share: "-" is what only want has, "+" what only got has; empty where they are equal.
func Differ(want, got []string) string {
	var b strings.Builder
	for len(want)+len(got) > 0 {
		switch {
		case len(got) == 0, len(want) > 0 && want[0] < got[0]:
			fmt.Fprintf(&b, "- %.1000s\n", want[0])
			want = want[1:]
		case len(want) == 0, got[0] < want[0]:
			fmt.Fprintf(&b, "+ %.1000s\n", got[0])
			got = got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	return b.String()
}

// dump knows the files that rows speak of.
type dump struct{ folder }

func tables(t testing.TB, url string) (names []string) {
	t.Helper()
	list := "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	if strings.HasPrefix(url, "sqlite:") {
		list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'terms_%'"
	}
	for _, row := range Query(t, url, list) {
		if apart[row[0]] != "*" {
			names = append(names, row[0])
		}
	}
	return names
}

func (d dump) table(t testing.TB, url, table string) (lines []string) {
	t.Helper()
	without := strings.Fields(apart[table])
	each(t, url, "SELECT * FROM "+table+some[table], nil, func(rows *sql.Rows, names []string) error {
		values, pointers := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		row := map[string]any{}
		for i, name := range names {
			if v := values[i]; v != nil && !slices.Contains(without, name) {
				row[name] = d.value(v)
			}
		}
		lines = append(lines, line(table, row))
		return nil
	})
	return lines
}

// line is a row or a file as text.
func line(name string, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // what was read from JSON, and plain values
	}
	return name + " " + string(text)
}

// value is a column's value in the form that it has for both databases.
func (d dump) value(v any) any {
	switch v := v.(type) {
	case bool: // SQLite has none
		if v {
			return 1
		}
		return 0
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05-07:00")
	case []byte:
		if json.Valid(v) {
			return d.value(string(v))
		}
		return hex.EncodeToString(v)
	case string:
		return d.text(v)
	}
	return v
}

// text is a text, a path of a media file, or JSON.
func (d dump) text(s string) any {
	if sum, ok := d.media[s]; ok {
		d.explained[s] = true
		return "file " + sum
	}
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return s
	}
	value, err := canonical([]byte(s))
	if err != nil {
		return s
	}
	return d.paths(value)
}

// paths replaces the paths in [[path or error, alt]].
func (d dump) paths(value any) any {
	pairs, _ := value.([]any)
	for _, pair := range pairs {
		if pair, ok := pair.([]any); ok && len(pair) > 0 {
			if sum, ok := d.media[fmt.Sprint(pair[0])]; ok {
				pair[0] = "file " + sum
			}
		}
	}
	return value
}
