package pipeline

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lama/archive"
)

// shelves are a source of which some lanes hold rows; it notes which are read.
type shelves struct {
	occupied []archive.Lane
	rows     []archive.Task // of each
	read     []archive.Lane
}

func (s *shelves) Occupied(context.Context, []archive.Lane) ([]archive.Lane, error) {
	return s.occupied, nil
}

func (s *shelves) Pending(_ context.Context, l archive.Lane, limit int) ([]archive.Task, time.Time, error) {
	s.read = append(s.read, l)
	return s.rows[:min(limit, len(s.rows))], time.Time{}, nil
}

func TestALaneWithoutRowsIsNotReadUntilACommitWakesIt(t *testing.T) {
	page, posts := archive.Lane{Kind: archive.TaskPage, Owner: "ana"}, archive.Lane{Kind: archive.TaskPosts, Owner: "ana"}
	source := &shelves{occupied: []archive.Lane{page}}
	f := newFeed(Options{Source: source, Gate: gate{1, 4}}, channels{})
	if err := f.open(t.Context(), []archive.Lane{page, posts}); err != nil {
		t.Fatal(err)
	}
	expect := func(want ...archive.Lane) {
		t.Helper()
		if _, err := f.prepare(t.Context()); err != nil || !slices.Equal(source.read, want) {
			t.Errorf("read %v, want %v (%v)", source.read, want, err)
		}
		source.read = nil
	}
	expect(page)
	f.settle(archive.Settled{Lane: page, Wake: []archive.Lane{posts}})
	expect(page, posts)
	f.settle(archive.Settled{Lane: page, Over: true})
	expect()
}

// What was read serves until it runs low, or until a commit may have settled some of it.
func TestWantsAreReadAgainWhenTheyRunLowOrACommitMayHaveBroughtThem(t *testing.T) {
	posts := archive.Lane{Kind: archive.TaskPosts, Owner: "ana"}
	source := &shelves{occupied: []archive.Lane{posts}}
	for n := range 400 {
		want := archive.Want{Account: "ana", Name: archive.IDName("home.example", fmt.Sprint(n))}
		source.rows = append(source.rows, archive.Task{Lane: posts, Wants: []archive.Want{want}})
	}
	f := newFeed(Options{Source: source, Gate: gate{20, 100}}, channels{})
	if err := f.open(t.Context(), []archive.Lane{posts}); err != nil {
		t.Fatal(err)
	}
	var reads []int
	for n := range 8 {
		if n == 6 {
			f.settle(archive.Settled{Lane: posts, Over: true, Wake: []archive.Lane{posts}})
		}
		if task, err := f.pick(t.Context(), false); err != nil || task == nil || len(task.Wants) != 20 {
			t.Fatalf("request %d is for %v (%v)", n, task, err)
		}
		reads = append(reads, len(source.read))
	}
	if want := []int{1, 1, 1, 1, 2, 2, 3, 3}; !slices.Equal(reads, want) {
		t.Errorf("after each request the lane was read %v times, want %v", reads, want)
	}
}

// A new version of a post may bring another address for a file whose task waits in its old host's lane.
func TestAFileThatChangesHostsIsHandedOutOnce(t *testing.T) {
	file := &archive.Media{PostURI: "https://home.example/1"}
	lanes := []archive.Lane{{Kind: archive.TaskMedia, Owner: "one.example"}, {Kind: archive.TaskMedia, Owner: "two.example"}}
	f := newFeed(Options{Source: &shelves{occupied: lanes}, Gate: gate{1, 4}}, channels{})
	for _, l := range lanes {
		f.lanes = append(f.lanes, &lane{Lane: l, tasks: []archive.Task{{Lane: l, Media: file}}})
	}
	first, err := f.pick(t.Context(), true)
	if first == nil || err != nil {
		t.Fatal(first, err)
	}
	if again, err := f.pick(t.Context(), true); again != nil || err != nil {
		t.Error("it is handed out again:", again, err)
	}
}
