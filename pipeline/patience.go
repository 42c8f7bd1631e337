package pipeline

import (
	"math"
	"slices"
	"time"

	"lama/archive"
)

// Requests are what a server counts, so a post is only asked for when nothing cheaper may bring it: first the pages of
// the account's collections, then full batches, then what is left, and searches last. What reads again what is archived
// goes only where nothing else is left. While the pages wait for a budget
// of their own, full batches go, and conversations where there are no batches: they are asked for in any case, or nearly.

// held is how long a budget must hold a lane up before full batches stop waiting for it. A pace is no such time.
const held = 2 * time.Second

// quiet says whether none of an account's requests of these kinds is in flight, uncommitted, or could be handed out
// within a time.
func (f *feed) quiet(account string, within time.Duration, kinds ...archive.Kind) bool {
	for t := range f.away {
		if t.Lane.Owner == account && slices.Contains(kinds, t.Lane.Kind) {
			return false
		}
	}
	for _, l := range f.lanes {
		if l.Owner != account || !slices.Contains(kinds, l.Kind) || l.shut {
			continue
		}
		if l.stale || len(l.tasks)+len(l.follows) > 0 && l.blocked.Sub(f.now) < within {
			return false
		}
	}
	return true
}

// wholeRun is longer than any budget holds a lane up.
const wholeRun = time.Duration(math.MaxInt64)

// early says whether something cheaper may still bring what a lane has: not even its rows are read then.
func (f *feed) early(l *lane) bool {
	switch l.Kind {
	case archive.TaskPosts:
		return !f.quiet(l.Owner, held, archive.TaskPage)
	case archive.TaskAgain: // what is stored can wait for what is not
		return !f.quiet(l.Owner, held, archive.TaskPage, archive.TaskPosts)
	case archive.TaskSearch:
		return !f.quiet(l.Owner, wholeRun, archive.TaskPage, archive.TaskPosts)
	case archive.TaskRewalk:
		return !f.quiet(l.Owner, wholeRun, archive.TaskPage, archive.TaskPosts, archive.TaskSearch, archive.TaskAgain, archive.TaskHistory)
	}
	return false
}

// idle says whether nothing of an account is under way, or waits for a budget, that could add to a batch.
func (f *feed) idle(account string) bool {
	return f.quiet(account, wholeRun, archive.TaskPage) && f.owners[owner{name: account}].uncommitted == 0
}

// backlog is how many times a width may be uncommitted, of answers for all accounts together, since they are held in memory: what
// makes two commits full, where four requests are a width. An account may always have its width.
func backlog(writers int) int { return 2 * composed(writers) / (4 * page) }

// backlogOfFiles is how many times a width may be uncommitted, of files for each host: it is their names that are held.
const backlogOfFiles = 32

// full says whether a lane's owner has as many requests under way as it may.
func (f *feed) full(l *lane) bool {
	width, of := f.Gate.Width(l.Lane), f.owners[ownerOf(l.Lane)]
	switch {
	case of.flying >= width:
		return true
	case l.Kind == archive.TaskMedia:
		return of.uncommitted >= backlogOfFiles*width
	}
	return of.uncommitted >= width && f.answers >= backlog(f.Writers)*width
}

// conversing says whether an account has asked for a conversation: the next one may be the same, seen from elsewhere.
func (f *feed) conversing(account string) bool {
	for t := range f.away {
		if t.Above && t.Lane.Owner == account {
			return true
		}
	}
	return false
}

// asked says whether somebody else's request for what a task wants is in flight: what is public serves both.
func (f *feed) asked(t archive.Task) bool {
	for other := range f.away {
		same := func(w archive.Want) bool { return len(t.Wants) > 0 && w.Name == t.Wants[0].Name }
		if other.Lane.Owner != t.Lane.Owner && slices.ContainsFunc(other.Wants, same) {
			return true
		}
	}
	return false
}
