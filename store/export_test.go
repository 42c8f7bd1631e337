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
