package pipeline

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"lama/archive"
)

// Stages are what the pipeline runs. Each is a plain function, called from several goroutines at once; it may
// block on its own work and ends early when its context does. An error that it returns ends the run.
type Stages struct {
	Page      func(context.Context, archive.Task) (archive.Page, error)
	Normalize func(context.Context, archive.Page) (archive.Batch, error)
	Recurse   func(context.Context, archive.Batch) (archive.Batch, error)
	// Prepare does what Write need not do in its turn.
	Prepare func(context.Context, archive.Batch) (archive.Batch, error)
	// Media gets a file, and calls arrived when all of it has come: its host may be asked for another from there on. An error of
	// arrived is its own. A host that sent no file is left alone until it is committed what is to become of that.
	Media func(_ context.Context, _ archive.Task, arrived func() error) (archive.Batch, error)
	// Announce says which batches Write is called with next. It must not block; its calls are in the order in which the pages
	// of each walk stand, and one at a time.
	Announce func([]archive.Batch)
	// Write commits batches; its result has one Settled for each. Where several calls are under way, the page before may be in
	// another that was announced earlier, and must be committed first.
	Write func(context.Context, []archive.Batch) (archive.Result, error)
	// Files writes what is derived from what is committed, beside the next commits. It may be nil.
	Files Files
}

// Source reads what is pending in a lane and due: up to limit tasks of one row each, and when the next deferred
// one is due, where there are fewer. It must be quick: feed waits for it.
type Source interface {
	Pending(ctx context.Context, lane archive.Lane, limit int) (tasks []archive.Task, again time.Time, err error)
	// Occupied is which of some lanes hold rows, due or deferred: most of an account's never do.
	Occupied(ctx context.Context, lanes []archive.Lane) ([]archive.Lane, error)
}

// Gate says what may be asked now. It is only called by feed and must not block.
type Gate interface {
	// Admit takes one request out of its budget, or says when to ask again; the zero time is "not in this run".
	Admit(t archive.Task) (ok bool, again time.Time)
	// Width is how many requests of a lane's owner may be in flight at once.
	Width(lane archive.Lane) int
	// Batch is how many rows of a lane one request may carry, at least 1.
	Batch(lane archive.Lane) int
	// Above says whether a want may be asked for together with all that is above the post named in its Below.
	Above(w archive.Want) bool
}

// Options say how wide the pipeline is.
type Options struct {
	Source  Source
	Gate    Gate
	Pages   int // workers of the page stage: as many API requests as can be in flight
	Media   int // downloads in flight, all hosts together
	CPU     int // workers of the stages that only compute
	Writers int // commits side by side
	// Waiting is told when a lane stands still until a time because of its budget; may be nil.
	Waiting func(lane archive.Lane, until time.Time)
}

// Run runs the pipeline until nothing is pending. Lanes come in on ready, which its sender closes: an account's
// lanes may come late, after its server was asked what it can do. It returns the first error about the run, or
// ctx's.
func Run(ctx context.Context, o Options, s Stages, ready <-chan []archive.Lane) error {
	g, ctx := errgroup.WithContext(ctx)
	api, media := make(chan archive.Task), make(chan archive.Task)

	landed, committed := make(chan landing), make(chan struct{}) // many send on them: they are never closed
	fresh, ended := make(chan struct{}, 1), make(chan struct{})

	pages := pool(ctx, g, o.Pages, api, reporting(s.Page, landed))
	batches := pool(ctx, g, o.CPU, pages, s.Normalize)
	followed := pool(ctx, g, 1, batches, s.Recurse)
	prepared := pool(ctx, g, o.CPU, followed, s.Prepare)
	files := pool(ctx, g, o.Media, media, arriving(s.Media, landed))
	commits := pool(ctx, g, 1, compose(ctx, g, merge(ctx, g, prepared, files), committed, o.Writers), announcing(s.Announce))
	settled := pool(ctx, g, o.Writers, commits, telling(s.Write, committed, fresh))
	if s.Files != nil {
		g.Go(func() error { return derive(ctx, s.Files, fresh, ended) })
	}
	g.Go(func() error {
		defer close(api)
		defer close(media)
		defer close(ended)
		return newFeed(o, channels{api, media, landed, settled, ready}).run(ctx)
	})
	return g.Wait()
}

// landing is a request that has its answer, which is not committed yet.
type landing struct {
	key    string // of the task
	follow *archive.Task
}

// reporting is the page stage, and tells the feed of each answer: the next request need not wait for its commit.
func reporting(page func(context.Context, archive.Task) (archive.Page, error), landed chan<- landing) func(context.Context, archive.Task) (archive.Page, error) {
	return func(ctx context.Context, t archive.Task) (archive.Page, error) {
		p, err := page(ctx, t)
		if err != nil {
			return p, err
		}
		return p, send(ctx, landed, landing{t.Keys()[0], p.Follow})
	}
}

// arriving is the media stage, and tells the feed of each file that came.
func arriving(media func(context.Context, archive.Task, func() error) (archive.Batch, error), landed chan<- landing) func(context.Context, archive.Task) (archive.Batch, error) {
	return func(ctx context.Context, t archive.Task) (archive.Batch, error) {
		return media(ctx, t, func() error { return send(ctx, landed, landing{key: t.Keys()[0]}) })
	}
}

// announcing is the stage that announces commits.
func announcing(announce func([]archive.Batch)) func(context.Context, []archive.Batch) ([]archive.Batch, error) {
	return func(_ context.Context, all []archive.Batch) ([]archive.Batch, error) {
		announce(all)
		return all, nil
	}
}

// telling is the write stage, and tells the composer of each commit, and who derives files of each that brought something.
func telling(write func(context.Context, []archive.Batch) (archive.Result, error), committed, fresh chan<- struct{}) func(context.Context, []archive.Batch) ([]archive.Settled, error) {
	return func(ctx context.Context, all []archive.Batch) ([]archive.Settled, error) {
		result, err := write(ctx, all)
		if err != nil {
			return nil, err
		}
		if !result.Quiet {
			select {
			case fresh <- struct{}{}:
			default: // it has been told, and not begun yet
			}
		}
		return result.Settled, send(ctx, committed, struct{}{})
	}
}
