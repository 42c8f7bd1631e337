package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"lama/archive"
)

// How much a copy holds at once: rows, and bytes of them, more or less.
const (
	copyRows  = 500
	copyBytes = 4 << 20
)

// cell is a value of any column, as either database yields it.
type cell struct {
	kind  columnType
	value any // nil is NULL
}

// Scan reads a value in the form of its column's kind, which is the same whichever database it came from.
func (c *cell) Scan(src any) error {
	switch v := src.(type) {
	case []byte: // which is the driver's own until the next row
		src = string(v)
	case bool, int64, nil:
	case string:
	case time.Time:
		src = archive.At(v)
	default:
		return fmt.Errorf("a value of type %T is in no archive", src)
	}
	s, isText := src.(string)
	n, isNumber := src.(int64)
	switch c.value = src; {
	case c.kind == binary && isText:
		c.value = []byte(s)
	case c.kind == boolean && isNumber:
		c.value = n != 0
	case c.kind == moment && isText:
		at := archive.ParseTime(s)
		if c.value = at; at.IsZero() {
			return fmt.Errorf("%.40q is no time", s)
		}
	}
	return nil
}

// String is the value as it is hashed.
func (c *cell) String() string {
	switch v := c.value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case archive.Time:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(c.value)
}

// digestOf is what a table holds: its rows in the order of their keys, in one hash.
type digestOf struct {
	rows int64
	sum  hash.Hash
}

func (d *digestOf) add(row []cell) {
	d.rows++
	for i := range row {
		if row[i].value == nil {
			_, _ = d.sum.Write([]byte("-"))
			continue
		}
		value := row[i].String()
		_, _ = fmt.Fprintf(d.sum, "%d:%s", len(value), value)
	}
	_, _ = d.sum.Write([]byte("\n"))
}

func (d *digestOf) equal(other *digestOf) bool {
	return d.rows == other.rows && hex.EncodeToString(d.sum.Sum(nil)) == hex.EncodeToString(other.sum.Sum(nil))
}

// each reads a table's rows in the order of their keys, and hands each of them on, to be kept no longer than that.
func (of table) each(ctx context.Context, t tx, dialect string, row func([]cell) error) (*digestOf, error) {
	digest := &digestOf{sum: sha256.New()}
	r, err := t.query(ctx, "SELECT "+of.selected()+" FROM "+of.name+" ORDER BY "+of.order(dialect))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cells, into := make([]cell, len(of.columns)), make([]any, len(of.columns))
	for i, c := range of.columns {
		cells[i].kind, into[i] = c.kind, &cells[i]
	}
	for r.Next() {
		if err := r.Scan(into...); err != nil {
			return nil, err
		}
		digest.add(cells)
		if err := row(cells); err != nil {
			return nil, err
		}
	}
	return digest, r.Err()
}

// copied puts rows into a table, so many at once.
type copied struct {
	tx    tx
	put   statement
	rows  [][]any
	bytes int
}

// into is a statement that fills a table, the numbers that the other database gave included.
func (of table) into(dialect string) statement {
	names := statement{columns: of.columns}.names()
	overriding := ""
	if dialect == "postgres" {
		overriding = " OVERRIDING SYSTEM VALUE"
	}
	return statement{columns: of.columns,
		body: "INSERT INTO " + of.name + " (" + names + ")" + overriding + " SELECT " + names + " FROM incoming WHERE true"}
}

func (c *copied) add(ctx context.Context, row []cell) error {
	values := make([]any, len(row))
	for i := range row {
		values[i] = row[i].value
		switch v := row[i].value.(type) {
		case string:
			c.bytes += len(v)
		case []byte:
			c.bytes += len(v)
		}
	}
	c.rows = append(c.rows, values)
	if len(c.rows) >= copyRows || c.bytes >= copyBytes {
		return c.flush(ctx)
	}
	return nil
}

func (c *copied) flush(ctx context.Context) error {
	err := c.tx.put(ctx, c.put, c.rows)
	c.rows, c.bytes = c.rows[:0], 0
	return err
}

// renumber lets a table number its next row after those that it got.
func (of table) renumber(ctx context.Context, t tx, dialect string) error {
	if of.identity == "" || dialect != "postgres" {
		return nil // SQLite looks for the largest itself
	}
	return t.exec(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), max("+of.identity+")) FROM "+of.name+
		" HAVING max("+of.identity+") IS NOT NULL", of.name, of.identity)
}

// names of tables, for people.
func namesOf(all []table) string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.name
	}
	return strings.Join(names, ", ")
}
