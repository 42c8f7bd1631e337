package store

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// postgresColumn is a column of rows, as pgx takes an array: nothing of it is copied before it is written. nil is NULL.
type postgresColumn struct {
	rows  [][]any
	index int
	kind  columnType
}

// Dimensions does what [pgtype.ArrayGetter] says.
func (c postgresColumn) Dimensions() []pgtype.ArrayDimension {
	return []pgtype.ArrayDimension{{Length: int32(len(c.rows)), LowerBound: 1}}
}

// Index is the value of a row.
func (c postgresColumn) Index(i int) any { return native(c.rows[i][c.index]) }

// IndexType is a value of the type that all have.
func (c postgresColumn) IndexType() any {
	switch c.kind {
	case integer:
		return int64(0)
	case boolean:
		return false
	case moment:
		return time.Time{}
	case binary:
		return []byte(nil)
	}
	return ""
}

// firstColumn is the first of rows, and makes room for all of them. pgx writes what a statement takes into one buffer that grows
// as it goes: of a commit's posts it would copy each byte four times more.
type firstColumn struct {
	column postgresColumn
	size   int // of all columns, in bytes, about
}

func sizeOf(all [][]any) (size int) {
	for _, row := range all {
		for _, v := range row {
			switch v := v.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
			size += 12 // a number, or how long it is
		}
	}
	return size
}

// makeRoom is a [pgtype.TryWrapEncodePlanFunc] for a first column.
func makeRoom(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	first, ok := value.(firstColumn)
	return &roomyPlan{}, first.column, ok
}

// roomyPlan writes a first column as its own plan does, where there is room for all.
type roomyPlan struct{ next pgtype.EncodePlan }

// SetNext does what [pgtype.WrappedEncodePlanNextSetter] says.
func (p *roomyPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode does what [pgtype.EncodePlan] says.
func (p *roomyPlan) Encode(value any, buf []byte) ([]byte, error) {
	first := value.(firstColumn)
	return p.next.Encode(first.column, slices.Grow(buf, first.size))
}
