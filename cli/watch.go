package cli

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"lama/archive"
	"lama/progress"
	"lama/store"
)

// watch counts what a run does and shows it on a terminal.
type watch struct {
	out      io.Writer
	board    *progress.Board // nil where there is no terminal
	requests atomic.Int64    // of the API
	refused  atomic.Int64    // posts and files that can't be had

	mu    sync.Mutex
	walks map[[2]string]*tally
	waits map[string]time.Time
	files int
	bytes int64
	found int // posts that the archive did not have
	met   map[string]contact
	again archive.Again
}

type tally struct {
	pages, posts int
	state        progress.State
}

func newWatch(out io.Writer, terminal bool) *watch {
	w := &watch{out: out, walks: map[[2]string]*tally{}, waits: map[string]time.Time{}, met: map[string]contact{}}
	if terminal {
		w.board = progress.New(out)
	}
	return w
}

// writer is where log lines go: above the display, where there is one.
func (w *watch) writer() io.Writer {
	if w.board != nil {
		return w.board
	}
	return w.out
}

func (w *watch) totals() (posts, files int, bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found, w.files, w.bytes
}

// askedAgain is what came of asking again for stored posts.
func (w *watch) askedAgain() archive.Again {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.again
}

func (w *watch) done() { w.board.Done() }

// counting counts the requests that go through a transport.
func (w *watch) counting(base http.RoundTripper) http.RoundTripper { return counter{base, &w.requests} }

type counter struct {
	http.RoundTripper
	n *atomic.Int64
}

func (c counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(req)
}

// committed takes in what a commit held.
func (w *watch) committed(batches []archive.Batch, result archive.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found += result.New
	w.again.Add(result.Again)
	for _, b := range batches {
		for _, f := range b.Fetched {
			w.files++
			w.bytes += f.File.Size
		}
		if b.Walk != nil && !b.Walk.Rewalk {
			w.page(b)
		}
	}
}

// contact is what came to be known of an account.
func (w *watch) contact(account string) contact {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.met[account]
}

func (w *watch) page(b archive.Batch) {
	met := w.met[b.Walk.Account]
	met.read = met.read || b.Outcome.State == archive.Done
	if b.Profile != nil {
		met.profile = b.Profile
	}
	w.met[b.Walk.Account] = met
	key := [2]string{b.Walk.Account, string(b.Walk.Collection)}
	if w.walks[key] == nil {
		w.walks[key] = &tally{}
	}
	t := w.walks[key]
	switch {
	case b.Outcome.State != archive.Done:
		t.state = progress.Failed + progress.State(": "+b.Outcome.Reason)
	case b.Step.Met || b.Step.End:
		t.state = progress.Complete
	default:
		t.state = progress.Reading
	}
	if b.Outcome.State == archive.Done {
		t.pages, t.posts = t.pages+1, t.posts+b.Step.Items
	}
	w.board.Collection(b.Walk.Account, b.Walk.Collection, t.pages, t.posts, t.state)
}

func (w *watch) failed(account string, err error) {
	w.board.Collection(account, "", 0, 0, progress.Failed+progress.State(": "+err.Error()))
}

// wait shows that an owner waits, and says whether that is news.
func (w *watch) wait(owner, why string, until time.Time) bool {
	w.board.Wait(owner, why, until)
	w.mu.Lock()
	defer w.mu.Unlock()
	news := until.Sub(w.waits[owner]).Abs() > time.Second
	w.waits[owner] = until
	return news
}

// count shows what is still pending, once a second, until the context ends. What is wrong with the database then
// ends the run elsewhere.
func (w *watch) count(ctx context.Context, s *store.Store) {
	for ctx.Err() == nil && w.board != nil {
		c, err := s.Counts(ctx)
		if err != nil {
			return
		}
		for account, pending := range c.Posts {
			w.board.References(account, pending)
		}
		w.mu.Lock()
		w.board.Media(w.files, c.Files, w.bytes)
		w.mu.Unlock()
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}
