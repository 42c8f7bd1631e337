package pipeline

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// pool runs a stage on several workers. It makes and closes its output; the workers end when in is closed or ctx
// is done, and the first error of any ends the group.
func pool[In, Out any](ctx context.Context, g *errgroup.Group, workers int, in <-chan In,
	stage func(context.Context, In) (Out, error)) <-chan Out {
	out := make(chan Out)
	var running sync.WaitGroup
	for range workers {
		running.Add(1)
		g.Go(func() error {
			defer running.Done()
			return work(ctx, in, out, stage)
		})
	}
	g.Go(func() error {
		running.Wait()
		close(out)
		return nil
	})
	return out
}

func work[In, Out any](ctx context.Context, in <-chan In, out chan<- Out, stage func(context.Context, In) (Out, error)) error {
	for {
		item, ok, err := receive(ctx, in)
		if !ok || err != nil {
			return err
		}
		result, err := stage(ctx, item)
		if err != nil {
			return err
		}
		if err := send(ctx, out, result); err != nil {
			return err
		}
	}
}

func receive[T any](ctx context.Context, in <-chan T) (item T, ok bool, err error) {
	select {
	case item, ok = <-in:
		return item, ok, nil
	case <-ctx.Done():
		return item, false, ctx.Err()
	}
}

func send[T any](ctx context.Context, out chan<- T, item T) error {
	select {
	case out <- item:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// merge passes on what either channel yields and closes its output when both are closed.
func merge[T any](ctx context.Context, g *errgroup.Group, a, b <-chan T) <-chan T {
	out := make(chan T)
	g.Go(func() error {
		defer close(out)
		for a != nil || b != nil {
			var item T
			var ok bool
			select {
			case item, ok = <-a:
				if !ok {
					a = nil
					continue
				}
			case item, ok = <-b:
				if !ok {
					b = nil
					continue
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := send(ctx, out, item); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}
