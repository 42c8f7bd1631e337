package stages

import (
	"context"
	"testing"

	"lama/archive"
	"lama/disk"
)

// shelf is a database without activities, which notes how often they are looked for.
type shelf struct {
	quiet  bool // its commits bring nothing
	looked int
}

func (s *shelf) Commit(context.Context, []archive.Batch) (archive.Result, error) {
	return archive.Result{Quiet: s.quiet}, nil
}

func (s *shelf) Unwritten(context.Context, int64, int) ([]archive.Unwritten, error) {
	s.looked++
	return nil, nil
}

func (s *shelf) Written(context.Context, []archive.Unwritten) error { return nil }

func TestFilesAreLookedForWhereACommitBroughtSomething(t *testing.T) {
	folder, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	keeper := &shelf{}
	w := &Write{Keeper: keeper, Folder: folder}
	for i, step := range []struct {
		quiet  bool
		looked int
	}{{true, 0}, {false, 1}, {true, 1}, {false, 2}} {
		keeper.quiet = step.quiet
		if _, err := w.Write(t.Context(), []archive.Batch{{}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Derive(t.Context()); err != nil || keeper.looked != step.looked {
			t.Errorf("commit %d: they were looked for %d times, want %d (%v)", i, keeper.looked, step.looked, err)
		}
	}
	if err := w.Files(t.Context()); err != nil || keeper.looked != 3 {
		t.Errorf("at the end they were looked for %d times, want 3 (%v)", keeper.looked, err)
	}
}
