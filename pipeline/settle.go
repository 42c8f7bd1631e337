package pipeline

import (
	"context"
	"slices"

	"lama/archive"
)

// land notes that a request has its answer: another may be made, also that for the page after it.
func (f *feed) land(one landing) {
	f.free(f.flight[one.key])
	if one.follow == nil {
		return
	}
	for _, l := range f.lanes {
		if l.Lane == one.follow.Lane {
			l.follows = append(l.follows, *one.follow)
		}
	}
}

// free gives back the place of a request that is no longer in flight.
func (f *feed) free(t *archive.Task) {
	if t == nil || !f.away[t] {
		return
	}
	f.away[t] = false
	f.carry(t, -1, 0)
}

// carry notes that more or less of a task's owner is under way.
func (f *feed) carry(t *archive.Task, flying, uncommitted int) {
	of := ownerOf(t.Lane)
	l := load{f.owners[of].flying + flying, f.owners[of].uncommitted + uncommitted}
	if f.owners[of] = l; l == (load{}) {
		delete(f.owners, of)
	}
	if !of.media {
		f.answers += uncommitted
	}
}

// finish forgets a task that is committed.
func (f *feed) finish(t *archive.Task) {
	f.free(t)
	if _, known := f.away[t]; known {
		delete(f.away, t)
		f.carry(t, 0, -1)
	}
}

// settle forgets a task and looks again where its commit left new rows. The page after it is a row now, too.
func (f *feed) settle(s archive.Settled) {
	for _, k := range s.Keys {
		f.finish(f.flight[k])
		delete(f.flight, k)
		for _, l := range f.lanes {
			l.follows = slices.DeleteFunc(l.follows, func(t archive.Task) bool { return t.After == k })
		}
	}
	if s.Failed != nil {
		f.dropAccount(s.Lane.Owner)
	}
	if !s.Over {
		f.wake(s.Lane)
	}
	for _, l := range s.Wake {
		if !f.wake(l) && l.Kind == archive.TaskMedia {
			f.lanes = append(f.lanes, &lane{Lane: l, stale: true})
		}
	}
}

// wake looks again into a lane and says whether it is open. An account's lanes are opened through ready alone:
// what others found for an account that is not open, or was dropped, waits for it in the database.
func (f *feed) wake(want archive.Lane) bool {
	for _, l := range f.lanes {
		if l.Lane == want {
			l.stale, l.woken = true, true
			return true
		}
	}
	return false
}

// open adds lanes that have become ready. Which of them hold rows is asked for all at once, and after what is settled from
// here on wakes them.
func (f *feed) open(ctx context.Context, lanes []archive.Lane) error {
	occupied, err := f.Source.Occupied(ctx, lanes)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		if !f.wake(l) {
			f.lanes = append(f.lanes, &lane{Lane: l, stale: slices.Contains(occupied, l)})
		}
	}
	return nil
}

// dropAccount ends an account's part in this run: its tasks stay pending.
func (f *feed) dropAccount(name string) {
	kept := f.lanes[:0]
	for _, l := range f.lanes {
		if l.Kind == archive.TaskMedia || l.Owner != name {
			kept = append(kept, l)
		}
	}
	f.lanes = kept
}
