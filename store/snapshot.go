package store

import (
	"context"
	"errors"
)

// Snapshot makes an SQLite database at path that holds what the archive holds at this moment, while runs go on. What
// has that name is replaced. It is durable once [Settle] has given it another.
func (s *Store) Snapshot(ctx context.Context, path string, o CopyOptions) error {
	if err := Discard(path); err != nil {
		return err
	}
	err := s.engine.snapshot(ctx, path)
	if !errors.Is(err, errors.ErrUnsupported) {
		return withRemedy(s.engine, err)
	}
	_, err = s.Copy(ctx, "sqlite:"+path, o)
	return err
}
