package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lama/alarm"
	"lama/disk"
	"lama/metrics"
	"lama/store"
)

// result is what a run came to, for those who tell of it.
type result struct {
	outcome string
	summary summary
	alarms  []alarm.Alarm
	history *store.History // nil where the archive could not be read, or where nobody asks
	stored  store.Report
}

// readFigures reads what the metrics say of the archive, where they are wanted.
func (r *run) readFigures(ctx context.Context) error {
	if r.cfg.MetricsFile == "" {
		return nil
	}
	history, err := r.store.History(ctx)
	if err != nil {
		return err
	}
	r.result.history = &history
	r.result.stored, err = r.store.Report(ctx, nil)
	return err
}

// checkMetrics refuses a metrics_file that could not be written in the end.
func checkMetrics(path string) error {
	if path == "" {
		return nil
	}
	info, err := os.Stat(filepath.Dir(path))
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder", filepath.Dir(path))
	}
	if err != nil {
		return usagef("metrics_file %s can't be written: %w: make its folder first", path, err)
	}
	return nil
}

// publish writes the metrics of a run that has ended, however it did.
func (r *run) publish(ctx context.Context, took time.Duration) error {
	if r.cfg.MetricsFile == "" {
		return nil
	}
	if r.result.outcome == "" {
		if r.result.outcome = store.Failed; ctx.Err() != nil {
			r.result.outcome = store.Interrupted
		}
	}
	return disk.Publish(r.cfg.MetricsFile, metrics.Text(r.result.metrics(r.cfg.MetricsFile, time.Now(), took)))
}
