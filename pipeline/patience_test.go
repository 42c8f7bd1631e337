package pipeline

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// script is a source of tasks by lane, and notes in which order they were asked for.
type script struct {
	sync.Mutex
	rows  map[archive.Lane][]archive.Task
	then  map[archive.Lane][]archive.Task // after the first commit
	again map[archive.Lane]time.Time
	asked []string
	reads int
}

func (s *script) Pending(_ context.Context, l archive.Lane, _ int) ([]archive.Task, time.Time, error) {
	s.Lock()
	defer s.Unlock()
	if s.reads++; s.reads > 10_000 {
		panic("the lanes are read again and again")
	}
	again := s.again[l]
	if !again.After(time.Now()) {
		again = time.Time{}
	}
	return s.rows[l], again, nil
}

func (s *script) run(t *testing.T, batch int, took time.Duration, lanes ...archive.Lane) string {
	t.Helper()
	stages := newGraph(nil).stages()
	stages.Page = func(_ context.Context, t archive.Task) (archive.Page, error) {
		time.Sleep(took)
		s.Lock()
		defer s.Unlock()
		s.asked = append(s.asked, strings.Join(t.Keys(), "+"))
		return archive.Page{Task: t}, nil
	}
	stages.Write = func(_ context.Context, all []archive.Batch) (settled []archive.Settled, _ error) {
		s.Lock()
		defer s.Unlock()
		for _, b := range all {
			delete(s.rows, b.Lane)
			for l, tasks := range s.then {
				s.rows[l] = tasks
			}
			s.then = nil
			settled = append(settled, archive.Settled{Lane: b.Lane, Keys: b.Keys, Wake: lanes})
		}
		return settled, nil
	}
	o := Options{Source: s, Gate: gate{batch, 4}, Pages: 8, Media: 1, CPU: 1, Writers: 1}
	if err := Run(t.Context(), o, stages, opened(lanes...)); err != nil {
		t.Fatal(err)
	}
	return strings.Join(s.asked, ", ")
}

func lanesOf(account string) (pages, posts, search archive.Lane) {
	return archive.Lane{Kind: archive.TaskPage, Owner: account}, archive.Lane{Kind: archive.TaskPosts, Owner: account},
		archive.Lane{Kind: archive.TaskSearch, Owner: account}
}

func want(l archive.Lane, name archive.Name) archive.Task {
	return archive.Task{Lane: l, Wants: []archive.Want{{Account: l.Owner, Name: name}}}
}

// What a page may bring is not asked for beside it, nor searched for while a batch may bring it.
func TestTheCheapestRequestsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, posts, search := lanesOf("ana")
		s := &script{rows: map[archive.Lane][]archive.Task{
			search: {want(search, "https://far.example/1")}, posts: {want(posts, "id:1"), want(posts, "id:2")},
			pages: {{Lane: pages, Walk: &archive.Walk{Account: "ana", Collection: archive.Statuses}}},
		}}
		got := s.run(t, 2, time.Second, search, posts, pages)
		if want := "ana statuses , ana id:1+ana id:2, ana https://far.example/1"; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	})
}

// Two accounts that want the same post don't ask for it side by side.
func TestWhatAnotherAccountAsksForIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, ana, _ := lanesOf("ana")
		_, bo, _ := lanesOf("bo")
		s := &script{rows: map[archive.Lane][]archive.Task{ana: {want(ana, "id:1")}, bo: {want(bo, "id:1")}}}
		start := time.Now()
		got := s.run(t, 20, time.Minute, ana, bo)
		if want := "ana id:1, bo id:1"; got != want || time.Since(start) != 2*time.Minute {
			t.Errorf("asked for %q in %v", got, time.Since(start))
		}
	})
}

// A row that becomes due while it must wait for others is no reason to look again and again.
func TestWhatIsDueButMustWaitIsNotReadAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, posts, _ := lanesOf("ana")
		s := &script{rows: map[archive.Lane][]archive.Task{posts: {want(posts, "id:1")}},
			again: map[archive.Lane]time.Time{posts: time.Now().Add(90 * time.Second)},
			then: map[archive.Lane][]archive.Task{posts: {want(posts, "id:2")},
				pages: {{Lane: pages, Walk: &archive.Walk{Account: "ana", Collection: archive.Statuses}}}}}
		got := s.run(t, 20, time.Minute, pages, posts)
		if want := "ana id:1, ana statuses , ana id:2"; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	})
}
