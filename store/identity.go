package store

import "context"

// folderState is the state that says that a data folder bears the archive's id.
const folderState = "folder"

// Identity is the archive's id, and whether a data folder bears it.
func (s *Store) Identity(ctx context.Context) (id string, placed bool, err error) {
	err = s.glance(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (string, error) { return id, r.Scan(&id, &placed) }, `
SELECT id, EXISTS (SELECT 1 FROM states WHERE account = $1 AND name = $2 AND value <> '') FROM archive`, household, folderState)
		return err
	})
	return id, placed, err
}

// Place notes that a data folder bears the archive's id.
func (s *Store) Place(ctx context.Context) error {
	return s.SetState(ctx, household, folderState, "marked")
}
