package pipeline

import (
	"cmp"
	"context"

	"golang.org/x/sync/errgroup"

	"lama/archive"
)

// Files writes files that are derived from rows.
type Files interface {
	// Unwritten reads up to limit files that are missing: those of the rows that come next after the one of an id.
	Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error)
	// WriteFiles returns when files are on the disk, and notes it of those whose rows have not changed meanwhile. It is called for
	// several batches at once, of which two may have a file in common.
	WriteFiles(context.Context, []archive.Unwritten) error
}

// together is how many files share a sync, and writing how many batches of them are under way: the disk is waited for beside
// what is computed.
const together, writing = 500, 2

// Derive writes all files that are missing when it is called. It is for one caller at a time.
func Derive(ctx context.Context, f Files) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writing)
	for after, last := int64(0), false; !last; {
		batch, err := f.Unwritten(ctx, after, together)
		if err != nil || len(batch) == 0 {
			return cmp.Or(g.Wait(), err)
		}
		g.Go(func() error { return f.WriteFiles(ctx, batch) })
		after, last = batch[len(batch)-1].ID, len(batch) < together
	}
	return g.Wait()
}

// derive is the stage that writes files: after one commit or several, and not always after the last.
func derive(ctx context.Context, f Files, fresh, ended <-chan struct{}) error {
	for {
		select {
		case <-fresh:
			if err := Derive(ctx, f); err != nil {
				return err
			}
		case <-ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
