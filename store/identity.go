package store

import "context"

// folderState is the state that says that a data folder bears the archive's id.
const folderState = "folder"

// Identity is the archive's id, and whether a data folder bears it.
func (s *Store) Identity(ctx context.Context) (id string, placed bool, err error) {
	err = s.read(ctx, func(t tx) error {
		ids, err := collect(ctx, t, scanString, "SELECT id FROM archive")
		if err != nil {
			return err
		}
		id = ids[0]
		mark, err := state(ctx, t, household, folderState)
		placed = mark != ""
		return err
	})
	return id, placed, err
}

// Place notes that a data folder bears the archive's id.
func (s *Store) Place(ctx context.Context) error {
	return s.SetState(ctx, household, folderState, "marked")
}
