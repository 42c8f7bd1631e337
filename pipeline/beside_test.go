package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// downloads are when the downloads of some files of one host end, one at a time. Each takes a second, and so long until it is on
// the disk; a commit takes a hundred.
func downloads(t *testing.T, files int, arrives bool, disk time.Duration) (ends []time.Duration) {
	t.Helper()
	host := archive.Lane{Kind: archive.TaskMedia, Owner: "files.example"}
	synctest.Test(t, func(t *testing.T) {
		start, left := time.Now(), map[string]archive.Task{}
		for n := range files {
			task := archive.Task{Lane: host, Media: &archive.Media{PostURI: fmt.Sprint(n)}}
			left[task.Keys()[0]] = task
		}
		source := sourceFunc(func(archive.Lane) []archive.Task { return slices.Collect(maps.Values(left)) })
		s := newGraph(nil).stages()
		s.Media = func(_ context.Context, task archive.Task, arrived func() error) (archive.Batch, error) {
			time.Sleep(time.Second)
			ends = append(ends, time.Since(start))
			b := archive.Batch{Lane: task.Lane, Keys: task.Keys()}
			if arrives {
				b.Fetched = []archive.Fetched{{PostURI: task.Media.PostURI}}
				err := arrived()
				time.Sleep(disk)
				return b, err
			}
			return b, nil
		}
		s.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
			time.Sleep(100 * time.Second)
			source.Lock()
			defer source.Unlock()
			for _, b := range all {
				delete(left, b.Keys[0])
				result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
			}
			return result, nil
		}
		o := options(nil, 1)
		o.Source, o.Gate, o.Writers = source, gate{1, 1}, 1
		if err := Run(t.Context(), o, s, opened(host)); err != nil {
			t.Fatal(err)
		}
	})
	return ends
}

// The next file of a host need not wait until one that came is committed; a host that sent none is left alone that long.
// What is not committed is bounded.
func TestFilesDoNotWaitForCommits(t *testing.T) {
	const s = time.Second
	var want []time.Duration
	for n := range time.Duration(backlogOfFiles) {
		want = append(want, (n+1)*s)
	}
	want = append(want, 102*s, 202*s) // a commit takes 100 s: of the first file, then of all that came meanwhile
	if got := downloads(t, len(want), true, 0); !slices.Equal(got, want) {
		t.Errorf("files come at %v, want %v", got, want)
	}
	if got, want := downloads(t, 3, false, 0), []time.Duration{s, 102 * s, 203 * s}; !slices.Equal(got, want) {
		t.Errorf("a host that sends none is asked at %v, want %v", got, want)
	}
}

// Nor need it wait until one that came is on the disk, as long as a worker is free: there are two.
func TestFilesDoNotWaitForTheDisk(t *testing.T) {
	const s = time.Second
	if got, want := downloads(t, 4, true, 5*s), []time.Duration{s, 2 * s, 7 * s, 8 * s}; !slices.Equal(got, want) {
		t.Errorf("files come at %v, want %v", got, want)
	}
}
