package pipeline

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lama/archive"
)

// lane is what feed knows of one queue.
type lane struct {
	archive.Lane
	tasks   []archive.Task // read and not handed out, one row each
	follows []archive.Task // pages after some whose answers are not committed yet
	stale   bool           // the database may hold rows that are not in tasks
	woken   bool           // and what is in tasks may be settled
	again   time.Time      // when the next deferred row is due
	blocked time.Time      // until when the budget lets nothing through
	shut    bool           // nothing of it in this run: its server does not answer
}

// ahead is how many rows are read at once, beyond those in flight; of batches it is at least four.
const ahead = 8

// refill reads the lane's rows when it may have new ones: those of posts after each commit, since that may have brought them,
// and all when they run low.
func (l *lane) refill(ctx context.Context, f *feed) error {
	batch := f.Gate.Batch(l.Lane)
	due := !l.again.IsZero() && !l.again.After(time.Now())
	if l.shut || l.plenty(f, batch, due) || !l.stale && !due {
		return nil
	}
	limit := max(ahead, 4*batch) + len(f.flight)
	tasks, again, err := f.Source.Pending(ctx, l.Lane, limit)
	if err != nil {
		return err
	}
	l.stale, l.woken, l.again, f.changed = len(tasks) >= limit, false, again, true
	l.tasks = l.tasks[:0]
	for _, t := range tasks {
		switch key := t.Keys()[0]; {
		case f.flight[key] != nil || l.following(key):
		case f.asked(t): // and then read again
			l.stale = true
		default:
			l.tasks = append(l.tasks, t)
		}
	}
	slices.SortStableFunc(l.tasks, func(a, b archive.Task) int { return cmp.Compare(class(a), class(b)) })
	return nil
}

// plenty says whether what was read will do for the next request.
func (l *lane) plenty(f *feed, batch int, due bool) bool {
	if l.Kind == archive.TaskMedia {
		return len(l.tasks) >= f.Gate.Width(l.Lane)
	}
	return len(l.tasks) >= batch && !l.woken && !due
}

// following says whether the page of a key is known from the one before it.
func (l *lane) following(key string) bool {
	return slices.ContainsFunc(l.follows, func(t archive.Task) bool { return t.Keys()[0] == key })
}

// empty says whether nothing of the lane is left for this run.
func (l *lane) empty() bool {
	return len(l.tasks)+len(l.follows) == 0 && !l.stale && (l.again.IsZero() || time.Until(l.again) > Patience)
}

// take makes the lane's next request of its first rows, or nil when there is none, when a batch had better
// fill up first, or when the budget says no. The page after one that has just come goes first.
func (l *lane) take(f *feed) *archive.Task {
	if l.blocked.After(f.now) {
		return nil
	}
	l.blocked = time.Time{}
	if len(l.follows) > 0 {
		task := l.follows[0]
		if !l.admitted(f, task) {
			return nil
		}
		l.follows = l.follows[1:]
		return &task
	}
	l.yield(f)
	if len(l.tasks) == 0 {
		return nil
	}
	n := l.next(f)
	if n == 0 {
		return nil
	}
	task := l.request(f, n)
	if !l.admitted(f, task) {
		return nil
	}
	l.tasks = l.tasks[n:]
	return &task
}

// yield leaves to another lane what that has handed out: a file's row has changed hosts since it was read here.
func (l *lane) yield(f *feed) {
	if l.Kind == archive.TaskMedia {
		l.tasks = slices.DeleteFunc(l.tasks, func(t archive.Task) bool { return f.flight[t.Keys()[0]] != nil })
	}
}

// request is one that carries the first n rows.
func (l *lane) request(f *feed, n int) archive.Task {
	task := l.tasks[0]
	if task.Wants == nil {
		return task
	}
	task.Above = l.above(f)
	task.Wants = nil
	for _, t := range l.tasks[:n] {
		task.Wants = append(task.Wants, t.Wants...)
	}
	return task
}

// admitted asks the budget, and notes until when it says no.
func (l *lane) admitted(f *feed, task archive.Task) bool {
	ok, again := f.Gate.Admit(task)
	if !ok {
		l.block(f, again)
	}
	return ok
}

// next is how many of the lane's first rows go into one request; 0 means wait.
func (l *lane) next(f *feed) int {
	first := l.tasks[0]
	switch {
	case first.Wants == nil:
		return 1
	case class(first) == single:
		return 1
	case l.above(f):
		if f.conversing(l.Owner) {
			return 0
		}
		return 1
	}
	most := f.Gate.Batch(l.Lane)
	n := l.batched(most)
	if n < most && !f.idle(l.Owner) {
		return 0
	}
	return n
}

// batched is how many of the first rows, up to most, may share a request.
func (l *lane) batched(most int) int {
	n := 0
	for n < len(l.tasks) && n < most && class(l.tasks[n]) == batched {
		n++
	}
	return n
}

// above says whether the first row goes with its conversation: always where there are no batches, otherwise when a
// few chains are all that is left.
func (l *lane) above(f *feed) bool {
	elsewhere := func(t archive.Task) bool { return class(t) != batched || !f.Gate.Above(t.Wants[0]) }
	if f.Gate.Batch(l.Lane) == 1 {
		return !elsewhere(l.tasks[0])
	}
	return len(l.tasks) <= archive.Lone && !slices.ContainsFunc(l.tasks, elsewhere) && f.idle(l.Owner)
}

// The classes of wants, in the order in which they are handed out: what needs a request of its own; what may share one.
const (
	single = iota
	batched
)

func class(t archive.Task) int {
	switch {
	case len(t.Wants) == 0:
		return single
	case t.Wants[0].Alone || t.Lane.Kind == archive.TaskSearch || t.Lane.Kind == archive.TaskHistory:
		return single
	}
	return batched
}

// block notes that the budget lets nothing through: until a time, or not in this run.
func (l *lane) block(f *feed, again time.Time) {
	f.changed = true
	if l.blocked = again; again.IsZero() {
		l.shut, l.tasks, l.follows = true, nil, nil
		return
	}
	if !again.After(f.now) {
		l.blocked = f.now.Add(time.Millisecond)
	}
	if f.Waiting != nil {
		f.Waiting(l.Lane, again)
	}
}

// wake is when the lane may go on, zero when the run waits for no time. It sees the same moment as take did: a time
// that has passed since wakes at once.
func (l *lane) wake(f *feed) time.Time {
	switch {
	case l.shut, f.full(l), f.early(l): // it waits for something to be settled, whatever is due
	case len(l.tasks)+len(l.follows) > 0 && l.blocked.After(f.now):
		return l.blocked
	case time.Until(l.again) <= Patience:
		return l.again
	}
	return time.Time{}
}
