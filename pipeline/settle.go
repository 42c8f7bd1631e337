package pipeline

import (
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
	of := ownerOf(t.Lane)
	if f.owners[of]--; f.owners[of] == 0 {
		delete(f.owners, of)
	}
}

// settle forgets a task and looks again where its commit left new rows. The page after it is a row now, too.
func (f *feed) settle(s archive.Settled) {
	for _, k := range s.Keys {
		f.free(f.flight[k])
		delete(f.away, f.flight[k])
		delete(f.flight, k)
		for _, l := range f.lanes {
			l.follows = slices.DeleteFunc(l.follows, func(t archive.Task) bool { return t.After == k })
		}
	}
	if s.Failed != nil {
		f.dropAccount(s.Lane.Owner)
	}
	f.wake(s.Lane)
	for _, l := range s.Wake {
		if !f.wake(l) && l.Kind == archive.TaskMedia {
			f.add([]archive.Lane{l})
		}
	}
}

// wake looks again into a lane and says whether it is open. An account's lanes are opened through ready alone:
// what others found for an account that is not open, or was dropped, waits for it in the database.
func (f *feed) wake(want archive.Lane) bool {
	for _, l := range f.lanes {
		if l.Lane == want {
			l.stale = true
			return true
		}
	}
	return false
}

func (f *feed) add(lanes []archive.Lane) {
	for _, l := range lanes {
		if !f.wake(l) {
			f.lanes = append(f.lanes, &lane{Lane: l, stale: true})
		}
	}
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
