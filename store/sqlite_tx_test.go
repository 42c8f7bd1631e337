//go:build sqlite

package store

import "testing"

// A statement leaves the rows before the one that fails. The transaction takes them back.
func TestOfATransactionThatFailsNothingIsLeft(t *testing.T) {
	e := openForTest(t)
	put := func(rows ...[]any) error {
		return e.write(t.Context(), func(to tx) error {
			err := to.exec(t.Context(), "CREATE TABLE IF NOT EXISTS names (name text PRIMARY KEY, number integer CHECK (number < 10))")
			if err != nil {
				return err
			}
			return to.put(t.Context(), define("name number:int", "INSERT INTO names (name, number) SELECT name, number FROM incoming"), rows)
		})
	}
	count := func() (n int) {
		t.Helper()
		err := e.read(t.Context(), func(from tx) error {
			all, err := collect(t.Context(), from, scanInt, "SELECT count(*) FROM names")
			if err == nil {
				n = int(all[0])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := put([]any{"a", 1}); err != nil || count() != 1 {
		t.Fatalf("%d rows (%v)", count(), err)
	}
	var many [][]any
	for n := range rowsAtOnce {
		many = append(many, []any{string(rune('b' + n)), n / (rowsAtOnce - 1) * 10}) // the last one fails
	}
	for _, rows := range [][][]any{many, {{"b", 1}, {"a", 2}}} { // as one statement, and as one for each row
		if err := put(rows...); err == nil || count() != 1 {
			t.Errorf("of a transaction that failed (%v) %d rows are left", err, count()-1)
		}
	}
}
