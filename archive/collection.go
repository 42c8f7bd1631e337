package archive

// Collection is a list of an account that is read page by page.
type Collection string

// The collections. Mentions and polls are both read from the notifications.
const (
	Statuses      Collection = "statuses"
	Favourites    Collection = "favourites"
	Bookmarks     Collection = "bookmarks"
	Notifications Collection = "notifications"
)

// Collections lists them in the order of display.
var Collections = []Collection{Statuses, Favourites, Bookmarks, Notifications}

// Walk is an interval of a collection that was read without a gap, newest first. An open walk is the task of
// its next page. A re-walk reads a collection that is covered already once more, from its top to its end, for what has
// appeared below the cursors since; it is no part of the coverage.
type Walk struct {
	ID         int64
	Account    string
	Collection Collection
	Rewalk     bool
	Kept       string // which of the collection's types are kept, comma-separated, sorted
	Top        string // cursor of its newest item; empty where the server gives none
	Bottom     string // cursor of the oldest item read
	Next       string // link of the next page, verbatim; empty for the top page
	Mark       string // a link of an earlier page: where it comes back, the server leads in a circle
	Floor      string // Top of the interval below: where that is met, the two become one
	Below      bool   // there is an interval below
	Complete   bool   // and that one reaches the beginning
	DownTo     Time   // it goes on through what is known, down to posts that are older; zero: it does not
	Pages      int    // pages read
	Attempts   int    // failures of the next page so far
}

// Name tells a walk from the others that are under way: an account's collection, and whether it is read again.
func (w Walk) Name() string {
	name := w.Account + " " + string(w.Collection)
	if w.Rewalk {
		name += " again"
	}
	return name
}

// Read is the walk after one more page.
func (w Walk) Read(s Step) Walk {
	if w.Pages == 0 {
		w.Top = s.Top
	}
	if w.Pages&(w.Pages-1) == 0 { // Brent: a link that comes back at a power of two lengths is found
		w.Mark = s.Next
	}
	if s.Bottom != "" {
		w.Bottom = s.Bottom
	}
	w.Next, w.Attempts, w.Pages = s.Next, 0, w.Pages+1
	return w
}

// Page is the answer to one request of the API.
type Page struct {
	Task     Task
	Statuses []Raw // as they came
	Step     Step  // what the answer means for the walk; only where the task has one
	Outcome  Outcome
	Follow   *Task // the next page, where this answer makes it certain that it is wanted
}

// Raw is one item of an answer, its bytes untouched.
type Raw struct {
	JSON []byte
	Want Name // which want it answers, where the request named it
}

// Step is how a page moves its walk.
type Step struct {
	Top       string // cursor of the page's newest item, where it is the walk's first page
	Bottom    string // cursor of its oldest item
	Next      string // link of the next page; empty at the end
	Items     int
	Met       bool  // the interval below is reached
	End       bool  // the beginning of the collection is reached
	Unordered bool  // the cursors can't be compared: only known items can tell that the interval below is reached
	Proved    bool  // nothing in this page's links speaks against a gapless walk
	Doubt     Doubt // and what does, where that is false
}

// Doubt is why nobody can prove that an interval of a walk has no gap.
type Doubt string

// The doubts, as walks.doubt has them.
const (
	DoubtNoLink   Doubt = "no link"     // a full page came without any link: there may be more below
	DoubtCircle   Doubt = "circle"      // a next link led up, or back to where the walk had been
	DoubtKnown    Doubt = "known items" // the cursors can't be compared: a page of known items was taken for the meeting
	DoubtEarlyEnd Doubt = "early end"   // the server said "end" above what it had shown before
)
