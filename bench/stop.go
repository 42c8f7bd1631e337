package main

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// exitTerminated is the exit code of a run that SIGTERM ended.
const exitTerminated = 143

// stop times how fast a run ends that waits for every server.
func (b *bench) stop(ctx context.Context) ([]row, error) {
	var all []row
	for _, kind := range b.options.databases {
		r, err := b.stopOf(ctx, kind)
		if err != nil {
			return all, fmt.Errorf("%s: %w", kind, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func (b *bench) stopOf(ctx context.Context, kind string) (row, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	f, err := b.fediverse(ctx, World{Members: 3, Posts: 200, Batch: true})
	if err != nil {
		return row{}, err
	}
	defer f.close()
	if err := f.call("Hold", 0, new(int)); err != nil {
		return row{}, err
	}
	h, err := b.household(ctx, f, kind, nil)
	if err != nil {
		return row{}, err
	}
	cmd := h.command(ctx)
	if err := cmd.Start(); err != nil {
		return row{}, err
	}
	held, err := f.quiet(ctx, 3*len(f.Members)) // three collections of each account have a second page
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return row{}, err
	}
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return row{}, err
	}
	_ = cmd.Wait() // the code says how it ended
	took := time.Since(start)
	if code := cmd.ProcessState.ExitCode(); code != exitTerminated {
		return row{}, fmt.Errorf("SIGTERM ended the run with exit code %d", code)
	}
	return row{
		what:     fmt.Sprintf("SIGTERM to exit while %d requests are held open, %s", held, title(kind)),
		target:   "≤ 2 s",
		measured: seconds(took),
		verdict:  b.judge(took <= 2*time.Second),
	}, b.drop(ctx, h)
}
