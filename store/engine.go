package store

import (
	"context"
	"strings"
	"time"
)

// engine is a database: the little that Postgres and SQLite do not share.
type engine interface {
	// write runs f in a transaction that may write. It returns f's error, or the commit's.
	write(ctx context.Context, f func(tx) error) error
	// read runs f in a transaction that sees one moment.
	read(ctx context.Context, f func(tx) error) error
	// glance is read for one statement.
	glance(ctx context.Context, f func(tx) error) error
	// survey is read for statements that look at most of a table.
	survey(ctx context.Context, f func(tx) error) error
	// value is a column's value as the driver takes it; of a row that is made so already, the same.
	value(v any) any
	// trouble says what err means for a transaction that failed with it.
	trouble(err error) trouble
	// hold locks the whole archive against other runs; see [Store.Lock].
	hold(ctx context.Context, now time.Time) (release func(), err error)
	// holder is who has it locked, empty where nobody has. It takes no lock and keeps none waiting.
	holder(ctx context.Context) (string, error)
	// scratch runs f in a transaction on an empty database, of which nothing stays.
	scratch(ctx context.Context, f func(tx) error) error
	// integrity is what the database finds wrong with its own files; quick leaves out what takes long. Postgres has
	// no such check of its own.
	integrity(ctx context.Context, quick bool) (problems []string, err error)
	// comparer compares posts with the index: all of them, or few.
	comparer(all bool) comparer
	// snapshot makes a copy of this moment at path, where the database can by itself; else errors.ErrUnsupported.
	snapshot(ctx context.Context, path string) error
	// dialect is "postgres" or "sqlite".
	dialect() string
	close()
}

// tx is one transaction. Its SQL is the same text for both databases; $1 is the first argument.
type tx interface {
	exec(ctx context.Context, sql string, args ...any) error
	query(ctx context.Context, sql string, args ...any) (rows, error)
	// put runs a statement over rows, whose first values are its columns. Postgres gets them as one array per column, in
	// one statement; SQLite, where a statement costs no round trip, gets some at a time. The rows must be in
	// the order of their keys, and no key may come twice: two writers can't deadlock then.
	put(ctx context.Context, s statement, rows [][]any) error
	// putting is put of a statement that yields rows of its own: each is handed to f.
	putting(ctx context.Context, s statement, rows [][]any, f func(rows) error) error
	// list is a table expression of the JSON array of arrays in argument n, for the columns of a CTE.
	list(n, columns int) string
	// among is a condition on what stands before it: to be one of what a query with one column yields, each looked up
	// by the key. Postgres would make a join of IN, and read the larger side whole.
	among(query string) string
	// lock keeps other writers off the rows of the query until the end; the query orders them by key.
	lock(ctx context.Context, sql string, args ...any) error
}

// rows is what a query yields.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// columnType is how a column travels to Postgres.
type columnType int

const (
	text columnType = iota
	integer
	boolean
	moment // a time
	jsonText
	binary
	termList // lexemes
)

// column is one column of the rows that a statement reads as "incoming".
type column struct {
	name string
	kind columnType
}

// statement is SQL that reads its rows from a CTE named incoming.
type statement struct {
	columns []column
	body    string
	single  string // the same for one row, whose columns are its parameters, where SQLite is better off with one at a time
}

// define makes a statement. Columns are "name" for text, or "name:int", ":bool", ":time", ":json", ":bytes".
func define(columns, body string) statement {
	kinds := map[string]columnType{"": text, "int": integer, "bool": boolean, "time": moment, "json": jsonText, "bytes": binary,
		"terms": termList}
	var s statement
	for _, field := range strings.Fields(columns) {
		name, kind, _ := strings.Cut(field, ":")
		s.columns = append(s.columns, column{name, kinds[kind]})
	}
	s.body = body
	return s
}

func (s statement) names() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// collect reads all rows of a query with scan.
func collect[T any](ctx context.Context, t tx, scan func(rows) (T, error), sql string, args ...any) ([]T, error) {
	r, err := t.query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	var all []T
	err = each(r, func(r rows) error {
		one, err := scan(r)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// each hands all rows on, and closes them.
func each(r rows, f func(rows) error) error {
	defer r.Close()
	for r.Next() {
		if err := f(r); err != nil {
			return err
		}
	}
	return r.Err()
}
