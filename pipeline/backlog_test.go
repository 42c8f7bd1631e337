package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
)

// inMemory is how many answers accounts hold, two at a time each, while nothing is committed; of whom the fewest.
func inMemory(t *testing.T, accounts int) (all, fewest int) {
	t.Helper()
	var lock sync.Mutex
	left, of := map[archive.Lane]map[string]archive.Task{}, map[string]int{}
	var lanes []archive.Lane
	for n := range accounts {
		_, posts, _ := lanesOf(fmt.Sprint("account ", n))
		lanes, left[posts] = append(lanes, posts), map[string]archive.Task{}
		for k := range 40 {
			task := want(posts, archive.Name(fmt.Sprintf("%d of %s", k, posts.Owner)))
			left[posts][task.Keys()[0]] = task
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := newGraph(nil).stages()
		s.Page = func(_ context.Context, task archive.Task) (archive.Page, error) {
			lock.Lock()
			defer lock.Unlock()
			of[task.Lane.Owner]++
			return archive.Page{Task: task}, nil
		}
		s.Write = func(_ context.Context, answers []archive.Batch) (result archive.Result, _ error) {
			time.Sleep(time.Minute)
			lock.Lock()
			defer lock.Unlock()
			if all == 0 {
				for _, n := range of {
					all += n
				}
				fewest = slices.Min(slices.Collect(maps.Values(of)))
			}
			for _, b := range answers {
				delete(left[b.Lane], b.Keys[0])
				result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
			}
			return result, nil
		}
		source := sourceFunc(func(l archive.Lane) []archive.Task {
			lock.Lock()
			defer lock.Unlock()
			return slices.Collect(maps.Values(left[l]))
		})
		o := Options{Source: source, Gate: gate{1, 2}, Pages: 2 * accounts, Media: 1, CPU: 1, Writers: 1}
		if err := Run(t.Context(), o, s, opened(lanes...)); err != nil {
			t.Fatal(err)
		}
	})
	for l, tasks := range left {
		if len(tasks) > 0 {
			t.Errorf("%d tasks of %s are left", len(tasks), l)
		}
	}
	return all, fewest
}

// What is in memory does not grow with the household, as long as each account gets what it may have in flight.
func TestAnswersOfAllAccountsAreBoundedTogether(t *testing.T) {
	backlog := backlog(1)
	for accounts, want := range map[int]int{1: 2 * backlog, 3: 2 * backlog, 3 * backlog: 2 * 3 * backlog} {
		if all, fewest := inMemory(t, accounts); all != want || fewest < 2 {
			t.Errorf("%d accounts hold %d answers, want %d; one of them %d", accounts, all, want, fewest)
		}
	}
}
