package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"lama/archive"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// graph is a frontier in memory: posts that refer to posts, each asked for once, with its distance.
type graph struct {
	sync.Mutex
	edges    map[int][]int
	pending  map[int]int       // post -> hops as known now
	settled  map[int]int       // post -> hops
	deferred map[int]time.Time // failures put off
	requests int
	batches  []int // sizes
	flying   int
	most     int
}

var posts = archive.Lane{Kind: archive.TaskPosts, Owner: "ana"}

func (*graph) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
}

func (g *graph) Pending(_ context.Context, _ archive.Lane, limit int) ([]archive.Task, time.Time, error) {
	g.Lock()
	defer g.Unlock()
	var again time.Time
	var tasks []archive.Task
	for _, n := range slices.SortedFunc(maps.Keys(g.pending), func(a, b int) int {
		return cmp.Or(g.pending[a]-g.pending[b], a-b)
	}) {
		if at := g.deferred[n]; at.After(time.Now()) {
			again = earlier(again, at)
			continue
		}
		tasks = append(tasks, archive.Task{Lane: posts, Wants: []archive.Want{{Name: archive.Name(fmt.Sprint(n)), Hops: g.pending[n]}}})
	}
	return tasks[:min(limit, len(tasks))], again, nil
}

func (g *graph) fetch(_ context.Context, t archive.Task) (archive.Page, error) {
	g.Lock()
	g.requests++
	g.batches = append(g.batches, len(t.Wants))
	g.flying++
	g.most = max(g.most, g.flying)
	g.Unlock()
	time.Sleep(time.Millisecond) // of the bubble's clock: the answer takes its time
	g.Lock()
	g.flying--
	g.Unlock()
	return archive.Page{Task: t}, nil
}

// write settles wants with compare-and-set and inserts what they refer to.
func (g *graph) write(_ context.Context, all []archive.Batch) (archive.Result, error) {
	g.Lock()
	defer g.Unlock()
	var result archive.Result
	for _, b := range all {
		for _, w := range b.Wants {
			var n int
			fmt.Sscan(string(w.Name), &n)
			hops, ok := g.pending[n]
			if !ok {
				continue
			}
			if hops >= w.Hops {
				g.settled[n] = hops
				delete(g.pending, n)
			}
			for _, to := range g.edges[n] {
				g.want(to, w.Hops+1)
			}
		}
		result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys, Wake: []archive.Lane{posts}})
	}
	return result, nil
}

func (g *graph) want(n, hops int) {
	if had, ok := g.settled[n]; ok && had <= hops {
		return
	}
	if had, ok := g.pending[n]; ok && had <= hops {
		return
	}
	delete(g.settled, n)
	g.pending[n] = hops
}

func (g *graph) stages() Stages {
	return Stages{
		Page: g.fetch,
		Normalize: func(_ context.Context, p archive.Page) (archive.Batch, error) {
			return archive.Batch{Lane: p.Task.Lane, Keys: p.Task.Keys(), Wants: p.Task.Wants}, nil
		},
		Recurse:  func(_ context.Context, b archive.Batch) (archive.Batch, error) { return b, nil },
		Prepare:  func(_ context.Context, b archive.Batch) (archive.Batch, error) { return b, nil },
		Media:    func(context.Context, archive.Task, func() error) (archive.Batch, error) { panic("no media here") },
		Announce: func([]archive.Batch) {},
		Write:    g.write,
	}
}

type gate struct{ batch, width int }

func (g gate) Admit(archive.Task) (bool, time.Time) { return true, time.Time{} }
func (g gate) Width(archive.Lane) int               { return g.width }
func (g gate) Batch(archive.Lane) int               { return g.batch }
func (g gate) Above(w archive.Want) bool            { return w.Below.ID != "" }

func options(g *graph, batch int) Options {
	return Options{Source: g, Gate: gate{batch, 4}, Pages: 4, Media: 2, CPU: 2, Writers: 2}
}

func opened(lanes ...archive.Lane) <-chan []archive.Lane {
	c := make(chan []archive.Lane, 1)
	c <- lanes
	close(c)
	return c
}

func newGraph(edges map[int][]int) *graph {
	return &graph{edges: edges, pending: map[int]int{0: 0}, settled: map[int]int{}, deferred: map[int]time.Time{}}
}

func (g *graph) breadthFirst() map[int]int {
	hops := map[int]int{0: 0}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for _, to := range g.edges[queue[0]] {
			if _, seen := hops[to]; !seen {
				hops[to] = hops[queue[0]] + 1
				queue = append(queue, to)
			}
		}
	}
	return hops
}

func anyGraph(t *rapid.T) map[int][]int {
	n := rapid.IntRange(1, 60).Draw(t, "posts")
	edges := map[int][]int{}
	for i := range n {
		edges[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4).Draw(t, "refs")
	}
	return edges
}

// Whatever the graph, cycles included, the pipeline ends, and every post has its shortest distance.
func TestFeedEqualsBreadthFirst(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g, batch := newGraph(anyGraph(rt)), rapid.SampledFrom([]int{1, 3, 20}).Draw(rt, "batch")
		synctest.Test(t, func(t *testing.T) {
			if err := Run(t.Context(), options(g, batch), g.stages(), opened(posts)); err != nil {
				rt.Fatal(err)
			}
		})
		if want := g.breadthFirst(); !maps.Equal(g.settled, want) {
			rt.Fatalf("settled %v, want %v", g.settled, want)
		}
	})
}

// A run that is cancelled at any moment goes on where it stopped.
func TestCancelledRunsGoOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newGraph(anyGraph(rt))
		synctest.Test(t, func(t *testing.T) {
			for after := 0; ; after++ {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(after)*time.Millisecond)
				err := Run(ctx, options(g, 3), g.stages(), opened(posts))
				cancel()
				if err == nil {
					return
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					rt.Fatal(err)
				}
			}
		})
		if want := g.breadthFirst(); !maps.Equal(g.settled, want) {
			rt.Fatalf("settled %v, want %v", g.settled, want)
		}
	})
}

func TestBatchesAreFullUnlessNothingCanFillThem(t *testing.T) {
	edges := map[int][]int{0: nil}
	for i := 1; i <= 50; i++ {
		edges[0] = append(edges[0], i)
	}
	g := newGraph(edges)
	synctest.Test(t, func(t *testing.T) {
		if err := Run(t.Context(), options(g, 20), g.stages(), opened(posts)); err != nil {
			t.Fatal(err)
		}
	})
	if want := []int{1, 20, 20, 10}; !slices.Equal(g.batches, want) {
		t.Errorf("batches of %v, want %v", g.batches, want)
	}
}

func TestNeverMoreInFlightThanAllowedAndNoFewer(t *testing.T) {
	edges := map[int][]int{}
	for i := 1; i <= 50; i++ {
		edges[0] = append(edges[0], i)
	}
	g := newGraph(edges)
	synctest.Test(t, func(t *testing.T) {
		o := options(g, 1)
		o.Pages = 10
		if err := Run(t.Context(), o, g.stages(), opened(posts)); err != nil {
			t.Fatal(err)
		}
	})
	if g.most != 4 {
		t.Errorf("%d in flight, want 4", g.most)
	}
}

func TestDeferredTasksAreWaitedForOrLeft(t *testing.T) {
	g := newGraph(map[int][]int{})
	g.pending = map[int]int{1: 0, 2: 0, 3: 0}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g.deferred = map[int]time.Time{1: start.Add(30 * time.Second), 2: start.Add(time.Hour)}
		if err := Run(t.Context(), options(g, 1), g.stages(), opened(posts)); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 30*time.Second || waited > 31*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
	if _, left := g.pending[2]; !left || len(g.settled) != 2 {
		t.Errorf("settled %v, left %v", g.settled, g.pending)
	}
}

func TestAnErrorAboutTheRunEndsIt(t *testing.T) {
	broken := errors.New("disk full")
	for _, stage := range []string{"page", "normalize", "recurse", "write", "source"} {
		g := newGraph(map[int][]int{0: {1, 2, 3}})
		s, o := g.stages(), options(g, 1)
		switch stage {
		case "page":
			s.Page = func(context.Context, archive.Task) (archive.Page, error) { return archive.Page{}, broken }
		case "normalize":
			s.Normalize = func(context.Context, archive.Page) (archive.Batch, error) { return archive.Batch{}, broken }
		case "recurse":
			s.Recurse = func(context.Context, archive.Batch) (archive.Batch, error) { return archive.Batch{}, broken }
		case "write":
			s.Write = func(context.Context, []archive.Batch) (archive.Result, error) { return archive.Result{}, broken }
		case "source":
			o.Source = brokenSource{broken}
		}
		if err := Run(t.Context(), o, s, opened(posts)); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want %v", stage, err, broken)
		}
	}
}

type brokenSource struct{ error }

func (brokenSource) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
}

func (b brokenSource) Pending(context.Context, archive.Lane, int) ([]archive.Task, time.Time, error) {
	return nil, time.Time{}, b.error
}

func TestAFailedAccountLeavesTheOthersRunning(t *testing.T) {
	ana, bob := posts, archive.Lane{Kind: archive.TaskPosts, Owner: "bob"}
	done := map[string]int{}
	source := sourceFunc(func(l archive.Lane) []archive.Task {
		if done[l.Owner] >= 3 {
			return nil
		}
		return []archive.Task{{Lane: l, Wants: []archive.Want{{Account: l.Owner, Name: archive.Name(fmt.Sprint(done[l.Owner]))}}}}
	})
	g := newGraph(nil)
	s := g.stages()
	s.Write = func(_ context.Context, all []archive.Batch) (result archive.Result, _ error) {
		for _, b := range all {
			source.Lock()
			done[b.Lane.Owner]++
			source.Unlock()
			one := archive.Settled{Lane: b.Lane, Keys: b.Keys, Wake: []archive.Lane{ana, bob}}
			if b.Lane == ana {
				one.Failed = errors.New("token revoked")
			}
			result.Settled = append(result.Settled, one)
		}
		return result, nil
	}
	o := options(g, 1)
	o.Source = source
	if err := Run(t.Context(), o, s, opened(ana, bob)); err != nil {
		t.Fatal(err)
	}
	if done["ana"] != 1 || done["bob"] != 3 {
		t.Errorf("ana %d, bob %d; want 1 and 3", done["ana"], done["bob"])
	}
}

type lockedSource struct {
	sync.Mutex
	tasks func(archive.Lane) []archive.Task
}

func sourceFunc(tasks func(archive.Lane) []archive.Task) *lockedSource {
	return &lockedSource{tasks: tasks}
}

func (*lockedSource) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
}

func (s *lockedSource) Pending(_ context.Context, l archive.Lane, _ int) ([]archive.Task, time.Time, error) {
	s.Lock()
	defer s.Unlock()
	return s.tasks(l), time.Time{}, nil
}
