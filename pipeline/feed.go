package pipeline

import (
	"context"
	"slices"
	"time"

	"lama/archive"
)

// Patience is how long a run waits for a task that was deferred. What is due later stays for the next run.
const Patience = time.Minute

// feed hands out tasks as budgets allow, counts what is in flight, and ends the run. It is one goroutine.
type feed struct {
	Options
	channels

	lanes   []*lane
	away    map[*archive.Task]bool   // what was handed out and not settled; true while its request is in flight
	flight  map[string]*archive.Task // the same by its keys
	owners  map[owner]load           // what is under way per account or media host
	answers int                      // of all accounts, that are not committed
	offers  [2]*archive.Task         // admitted, waiting for a worker: of the API, of media
	changed bool                     // a pass over the lanes changed what those before may hand out
	now     time.Time                // of the present turn
}

// channels are what feed talks over. It closes none of them.
type channels struct {
	api, media chan<- archive.Task
	landed     <-chan landing
	settled    <-chan []archive.Settled
	ready      <-chan []archive.Lane
}

// load is how many requests are under way.
type load struct{ flying, uncommitted int } // the former are among the latter

// owner is whose requests share a width.
type owner struct {
	name  string
	media bool
}

func ownerOf(l archive.Lane) owner { return owner{l.Owner, l.Kind == archive.TaskMedia} }

func newFeed(o Options, c channels) *feed {
	return &feed{Options: o, channels: c,
		away: map[*archive.Task]bool{}, flight: map[string]*archive.Task{}, owners: map[owner]load{}}
}

// run returns nil when nothing is pending, nothing in flight and no further lanes can come.
func (f *feed) run(ctx context.Context) error {
	for {
		wake, err := f.prepare(ctx)
		if err != nil {
			return err
		}
		if f.ready == nil && len(f.flight) == 0 && f.offers == [2]*archive.Task{} && wake.IsZero() {
			return nil
		}
		if err := f.step(ctx, wake); err != nil {
			return err
		}
	}
}

// prepare picks what to offer. wake is when something that waits now may go on, zero when nothing waits for a time.
func (f *feed) prepare(ctx context.Context) (wake time.Time, err error) {
	f.now = time.Now()
	for i := range f.offers {
		if f.offers[i] != nil {
			continue
		}
		if f.offers[i], err = f.pick(ctx, i == 1); err != nil {
			return wake, err
		}
	}
	f.lanes = slices.DeleteFunc(f.lanes, f.finished)
	for _, l := range f.lanes {
		if f.offers[side(l.Kind == archive.TaskMedia)] == nil { // otherwise nothing can be picked, whatever is due
			wake = earlier(wake, l.wake(f))
		}
	}
	return wake, nil
}

// side is the place of an offer.
func side(media bool) int {
	if media {
		return 1
	}
	return 0
}

// finished says whether a media host has nothing left for this run: there may be thousands of hosts. A commit that
// finds a file there opens the lane again.
func (f *feed) finished(l *lane) bool {
	return l.Kind == archive.TaskMedia && l.empty() && f.owners[ownerOf(l.Lane)].flying == 0
}

// passes bounds how often the lanes are gone through for one task: a lane of pages that has nothing new lets posts go, one
// of posts searches, and a budget that says no a batch that was waiting to fill up.
const passes = 4

// pick chooses the next task of one side.
func (f *feed) pick(ctx context.Context, media bool) (*archive.Task, error) {
	for range passes {
		f.changed = false
		if t, err := f.pickOnce(ctx, media); t != nil || err != nil || !f.changed {
			return t, err
		}
	}
	return nil, nil
}

// pickOnce goes through the lanes, which take turns: the one that was served goes to the end. A lane's rows are read
// when its turn comes, so that the first task does not wait for all of them.
func (f *feed) pickOnce(ctx context.Context, media bool) (*archive.Task, error) {
	for i, l := range f.lanes {
		if (l.Kind == archive.TaskMedia) != media || f.full(l) || f.early(l) {
			continue
		}
		if err := l.refill(ctx, f); err != nil {
			return nil, err
		}
		if t := l.take(f); t != nil {
			f.lanes = append(append(f.lanes[:i:i], f.lanes[i+1:]...), l)
			f.carry(t, 1, 1)
			f.away[t] = true
			for _, k := range t.Keys() {
				f.flight[k] = t
			}
			return t, nil
		}
	}
	return nil, nil
}

// step does the one thing that can be done next.
func (f *feed) step(ctx context.Context, wake time.Time) error {
	var api, media chan<- archive.Task // nil, and so never chosen, while nothing is offered
	var apiTask, mediaTask archive.Task
	if t := f.offers[0]; t != nil {
		api, apiTask = f.api, *t
	}
	if t := f.offers[1]; t != nil {
		media, mediaTask = f.media, *t
	}
	var timer <-chan time.Time
	if !wake.IsZero() {
		t := time.NewTimer(time.Until(wake))
		defer t.Stop()
		timer = t.C
	}
	select {
	case api <- apiTask:
		f.offers[0] = nil
	case media <- mediaTask:
		f.offers[1] = nil
	case one := <-f.landed:
		f.land(one)
	case all := <-f.settled:
		for _, s := range all {
			f.settle(s)
		}
	case lanes, ok := <-f.ready:
		if !ok {
			f.ready = nil
		}
		return f.open(ctx, lanes)
	case <-timer:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
