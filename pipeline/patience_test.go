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

func (*script) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
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
	stages.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
		s.Lock()
		defer s.Unlock()
		for _, b := range all {
			delete(s.rows, b.Lane)
			for l, tasks := range s.then {
				s.rows[l] = tasks
			}
			s.then = nil
			result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys, Wake: lanes})
		}
		return result, nil
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
		if want := "ana statuses 0 , ana id:1+ana id:2, ana https://far.example/1"; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	})
}

// What is archived is read again only where nothing else of its account is left, and after whatever that brings.
func TestARewalkGoesLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, posts, search := lanesOf("ana")
		again := archive.Lane{Kind: archive.TaskRewalk, Owner: "ana"}
		walk := func(l archive.Lane) []archive.Task {
			return []archive.Task{{Lane: l, Walk: &archive.Walk{Account: "ana", Collection: archive.Statuses, Rewalk: l == again}}}
		}
		s := &script{rows: map[archive.Lane][]archive.Task{again: walk(again), pages: walk(pages)},
			then: map[archive.Lane][]archive.Task{posts: {want(posts, "id:1")}, search: {want(search, "https://far.example/1")}}}
		start := time.Now()
		got := s.run(t, 2, time.Second, again, search, posts, pages)
		want := "ana statuses 0 , ana id:1, ana https://far.example/1, ana statuses again 0 "
		if took := time.Since(start); got != want || took != 4*time.Second {
			t.Errorf("asked for %q in %v, want %q one by one", got, took, want)
		}
	})
}

// A search that is all there is is found behind lanes that turn out to be empty.
func TestNoLaneIsLeftUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, posts, search := lanesOf("ana")
		s := &script{rows: map[archive.Lane][]archive.Task{
			pages: {{Lane: pages, Walk: &archive.Walk{Account: "ana", Collection: archive.Statuses}}}},
			then: map[archive.Lane][]archive.Task{search: {want(search, "https://far.example/1")}}}
		if got := s.run(t, 2, time.Second, search, posts, pages); got != "ana statuses 0 , ana https://far.example/1" {
			t.Errorf("asked for %q", got)
		}
	})
}

// busyGate gives up where feed looks at its lanes again and again.
type busyGate struct {
	gate
	looks *int
}

func (g busyGate) Width(l archive.Lane) int {
	if *g.looks++; *g.looks > 10_000 {
		panic("feed goes round in circles")
	}
	return g.gate.Width(l)
}

// What becomes due while all workers are busy, and a task waits for one, can't be handed out, and is not looked for.
func TestNothingIsLookedForWhileAnOfferWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, later := archive.Lane{Kind: archive.TaskMedia, Owner: "slow"}, archive.Lane{Kind: archive.TaskMedia, Owner: "later"}
		file := func(l archive.Lane, n string) archive.Task {
			return archive.Task{Lane: l, Media: &archive.Media{PostURI: n}}
		}
		s := &script{again: map[archive.Lane]time.Time{later: time.Now().Add(10 * time.Second)},
			rows: map[archive.Lane][]archive.Task{slow: {file(slow, "1"), file(slow, "2")}}}
		stages := newGraph(nil).stages()
		fetched := 0
		stages.Media = func(_ context.Context, t archive.Task, _ func() error) (archive.Batch, error) {
			time.Sleep(time.Minute)
			fetched++
			return archive.Batch{Lane: t.Lane, Keys: t.Keys()}, nil
		}
		stages.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
			s.Lock()
			defer s.Unlock()
			for _, b := range all {
				delete(s.rows, b.Lane)
				result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
			}
			return result, nil
		}
		o := Options{Source: s, Gate: busyGate{gate{1, 4}, new(int)}, Pages: 1, Media: 1, CPU: 1, Writers: 1}
		if err := Run(t.Context(), o, stages, opened(later, slow)); err != nil || fetched != 2 {
			t.Errorf("%d files (%v)", fetched, err)
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
		if want := "ana id:1, ana statuses 0 , ana id:2"; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	})
}
