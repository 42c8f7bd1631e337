package pipeline

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// shelf has rows of ids from 1 to last, of which some have their files.
type shelf struct {
	sync.Mutex
	last    int64
	written map[int64]int // how often each was
	begun   int           // passes
	writing int           // batches that are being written
	most    int           // at once
	fails   func(batch []archive.Unwritten) error
}

func (s *shelf) Unwritten(_ context.Context, after int64, limit int) (all []archive.Unwritten, _ error) {
	s.Lock()
	defer s.Unlock()
	if after == 0 {
		s.begun++
	}
	for id := after + 1; id <= s.last && len(all) < limit; id++ {
		if s.written[id] == 0 {
			all = append(all, archive.Unwritten{ID: id})
		}
	}
	return all, nil
}

func (s *shelf) WriteFiles(ctx context.Context, batch []archive.Unwritten) error {
	s.Lock()
	s.writing++
	s.most = max(s.most, s.writing)
	s.Unlock()
	time.Sleep(3 * time.Millisecond) // some answers come meanwhile
	s.Lock()
	defer s.Unlock()
	s.writing--
	if s.fails != nil {
		if err := s.fails(batch); err != nil {
			return err
		}
	}
	for _, u := range batch {
		s.written[u.ID]++
	}
	return ctx.Err()
}

// Each file is written once, in batches of which several are under way.
func TestEachMissingFileIsWrittenOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		rows int64 // of which one has its file
		most int
	}{
		"none":                      {0, 0},
		"a few":                     {7, 1},
		"as many as a batch":        {together + 1, 1},
		"one more":                  {together + 2, 2},
		"several batches":           {5 * together, 2},
		"several and a smaller one": {5*together + 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{last: tc.rows, written: map[int64]int{3: 1}}
			synctest.Test(t, func(t *testing.T) {
				if err := Derive(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			})
			for id := range tc.rows {
				if n := s.written[id+1]; n != 1 {
					t.Errorf("the file of row %d was written %d times", id+1, n)
				}
			}
			if s.most != tc.most || s.begun != 1 {
				t.Errorf("%d batches were under way at once in %d passes, want %d in 1", s.most, s.begun, tc.most)
			}
		})
	}
}

// The first error is the one that is told, and what is behind it is not begun.
func TestAnErrorOfAFileEndsThePass(t *testing.T) {
	full := errors.New("disk full")
	s := &shelf{last: 9 * together, written: map[int64]int{}}
	s.fails = func(batch []archive.Unwritten) error {
		if batch[0].ID > together {
			return full
		}
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		if err := Derive(t.Context(), s); err != full {
			t.Errorf("it ended with %v", err)
		}
	})
	if len(s.written) != together {
		t.Errorf("%d files were written, want those of the first batch", len(s.written))
	}
}

// What is derived from commits is written beside the next ones, in one pass at a time.
func TestFilesAreWrittenBesideCommits(t *testing.T) {
	g := newGraph(star(40))
	files := &shelf{written: map[int64]int{}}
	commits, beside := 0, 0
	synctest.Test(t, func(t *testing.T) {
		s := g.stages()
		s.Write = func(ctx context.Context, all []archive.Batch) (archive.Result, error) {
			files.Lock()
			commits, beside, files.last = commits+1, beside+files.writing, files.last+1
			files.Unlock()
			return g.write(ctx, all)
		}
		s.Files = files
		if err := Run(t.Context(), options(g, 1), s, opened(posts)); err != nil {
			t.Fatal(err)
		}
	})
	if len(g.settled) != 41 || files.begun == 0 || files.begun > commits || beside == 0 || files.most != 1 {
		t.Errorf("%d posts in %d commits, %d of them while files were written, in %d passes, %d batches at once", len(g.settled),
			commits, beside, files.begun, files.most)
	}
	for id, n := range files.written {
		if n != 1 {
			t.Errorf("the file of row %d was written %d times", id, n)
		}
	}
}

// Files are looked for where a commit brought something.
func TestNoFilesAreLookedForWhereNothingCame(t *testing.T) {
	for _, quiet := range []bool{true, false} {
		g := newGraph(star(3))
		files := &shelf{written: map[int64]int{}}
		synctest.Test(t, func(t *testing.T) {
			s := g.stages()
			s.Write = func(ctx context.Context, all []archive.Batch) (archive.Result, error) {
				result, err := g.write(ctx, all)
				result.Quiet = quiet
				return result, err
			}
			s.Files = files
			if err := Run(t.Context(), options(g, 1), s, opened(posts)); err != nil {
				t.Fatal(err)
			}
		})
		if (files.begun == 0) != quiet {
			t.Errorf("where quiet is %t they were looked for %d times", quiet, files.begun)
		}
	}
}

func TestAnErrorOfFilesEndsTheRun(t *testing.T) {
	full := errors.New("disk full")
	g := newGraph(star(40))
	synctest.Test(t, func(t *testing.T) {
		s := g.stages()
		s.Files = &shelf{last: 1, written: map[int64]int{}, fails: func([]archive.Unwritten) error { return full }}
		if err := Run(t.Context(), options(g, 1), s, opened(posts)); !errors.Is(err, full) {
			t.Errorf("the run ended with %v", err)
		}
	})
}
