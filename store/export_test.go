package store

import "context"

// Column runs a query with one text column, for tests.
func (s *Store) Column(ctx context.Context, sql string) (values []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		values, err = collect(ctx, t, scanString, sql)
		return err
	})
	return values, err
}

// Exec runs a statement, for tests.
func (s *Store) Exec(ctx context.Context, sql string) error {
	return s.write(ctx, func(t tx) error { return t.exec(ctx, sql) })
}
