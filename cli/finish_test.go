package cli

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A run that is told to stop has a second for what is left to write; one that is not told has all the time it needs.
func TestWhatIsLeftIsWrittenForASecondAfterTheSignal(t *testing.T) {
	full := errors.New("disk full")
	for name, tc := range map[string]struct {
		signal, needs, takes time.Duration
		fails, want          error
	}{
		"no signal":                        {signal: time.Hour, needs: time.Minute, takes: time.Minute},
		"no signal, and the disk is full":  {signal: time.Hour, needs: time.Minute, takes: time.Minute, fails: full, want: full},
		"a signal before, and little left": {needs: time.Second / 2, takes: time.Second / 2},
		"a signal before, and much left":   {needs: time.Minute, takes: time.Second, want: context.DeadlineExceeded},
		"a signal meanwhile":               {signal: 10 * time.Second, needs: time.Minute, takes: 11 * time.Second, want: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), tc.signal)
				defer cancel()
				err := finish(ctx, func(ctx context.Context) error {
					select {
					case <-time.After(tc.needs):
						return tc.fails
					case <-ctx.Done():
						return ctx.Err()
					}
				})
				if took := time.Since(start); took != tc.takes || !errors.Is(err, tc.want) {
					t.Errorf("it took %s and ended with %v, want %s and %v", took, err, tc.takes, tc.want)
				}
			})
		})
	}
}
