package cli

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"lama/archive"
	"lama/config"
	"lama/outward"
	"lama/pipeline"
)

// archive runs the pipeline and says what came of it.
func (r *run) archive(ctx context.Context) error {
	if _, err := r.folder.Clean(ctx, time.Now().Add(-24*time.Hour)); err != nil {
		return err
	}
	rules, err := r.rules(ctx)
	if err != nil {
		return err
	}
	if err := r.store.Begin(ctx, rules, slices.Collect(maps.Keys(r.kept))); err != nil {
		return err
	}
	id, err := r.store.StartRun(ctx)
	if err != nil {
		return err
	}
	r.log.Logger.Info().Int("accounts", len(r.chosen)).Str("database", r.cfg.Database.String()).
		Str("data", dataFolder(r.cfg)).Msg("run started")
	err = r.pipeline(ctx)
	return r.conclude(context.WithoutCancel(ctx), id, err)
}

// pipeline wires the stages and runs them beside what opens the accounts.
func (r *run) pipeline(ctx context.Context) error {
	r.gate = newGate(r.cfg)
	r.opened = newOpenings(r)
	files, err := r.mediaClient(r.cfg)
	if err != nil {
		return err
	}
	write, interrupted := r.writer(), ctx
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan []archive.Lane)
	g.Go(func() error {
		defer close(ready)
		return r.opened.all(ctx, ready)
	})
	g.Go(func() error {
		return pipeline.Run(ctx, pipeline.Options{
			Source: r.store, Gate: r.gate, Pages: r.cfg.APIConcurrency * len(r.chosen), Media: r.cfg.MediaConcurrency,
			CPU: runtime.GOMAXPROCS(0), Writers: r.store.Writers(), Waiting: r.waiting,
		}, r.stages(files, write), ready)
	})
	counting, stop := context.WithCancel(ctx)
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		r.watch.count(counting, r.store)
	}()
	err = g.Wait()
	stop()
	<-counted
	if left := finish(interrupted, func(ctx context.Context) error { return pipeline.Derive(ctx, write) }); err == nil {
		err = left
	}
	return err
}

// grace is how long a run that is interrupted goes on writing files. What it does not come to is the next run's.
const grace = time.Second

// finish lets files be written to their end, or where ctx ends before, for a little while.
func finish(ctx context.Context, files func(context.Context) error) error {
	going, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stop()
	err := files(going)
	if going.Err() != nil && errors.Is(err, context.Canceled) {
		return ctx.Err()
	}
	return err
}

// mediaClient asks for files, wherever they are.
func (s *session) mediaClient(cfg config.Config) (*http.Client, error) {
	o := outward.Options{Own: baseURLs(cfg.Accounts), Allow: cfg.AllowPrivate, UserAgent: userAgent()}
	if s.Transport != nil {
		o.Dial = s.Transport.DialContext
	}
	return outward.NewClient(o)
}

func baseURLs(accounts []archive.Account) []string {
	var urls []string
	for _, a := range accounts {
		urls = append(urls, a.BaseURL())
	}
	return urls
}
