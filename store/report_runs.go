package store

import (
	"context"
	"encoding/json"
	"fmt"

	"lama/archive"
)

// RunReport is a run.
type RunReport struct {
	StartedAt string          `json:"started_at"`
	EndedAt   string          `json:"ended_at"` // empty while it runs, or when it was killed
	Outcome   string          `json:"outcome"`
	Summary   json.RawMessage `json:"summary,omitempty"`
}

const runColumns = "started_at, ended_at, outcome, summary"

func scanRun(q rows) (r RunReport, err error) {
	var started, ended archive.Time
	var summary string
	err = q.Scan(scanTime{&started}, scanTime{&ended}, scanText{&r.Outcome}, scanText{&summary})
	r.StartedAt, r.EndedAt = started.String(), ended.String()
	if json.Valid([]byte(summary)) {
		r.Summary = json.RawMessage(summary)
	}
	return r, err
}

func reportRun(ctx context.Context, t tx, r *Report) error {
	runs, err := collect(ctx, t, scanRun, "SELECT "+runColumns+" FROM runs ORDER BY id DESC LIMIT 1")
	if len(runs) > 0 {
		r.LastRun = &runs[0]
	}
	return err
}

// Outcomes of a run, as runs.outcome has them.
const (
	Complete    = "complete"    // all was read that there is
	Incomplete  = "incomplete"  // an account or a collection could not be read to its end
	Failed      = "failed"      // the run broke off
	Interrupted = "interrupted" // it was told to stop
)

// History is how the runs went.
type History struct {
	Recent       []RunReport      // the newest first, at most 50
	LastComplete archive.Time     // when the last complete run ended; zero: none was
	FailingSince archive.Time     // when the first run after that began which failed or was killed; zero: none did
	Outcomes     map[string]int64 // runs by outcome; those without one were killed, or run now
}

// History reads how the runs went.
func (s *Store) History(ctx context.Context) (h History, err error) {
	h.Outcomes = map[string]int64{}
	err = s.engine.survey(ctx, func(t tx) error {
		if h.Recent, err = collect(ctx, t, scanRun, "SELECT "+runColumns+" FROM runs ORDER BY id DESC LIMIT 50"); err != nil {
			return err
		}
		_, err := collect(ctx, t, func(q rows) (int64, error) {
			var outcome string
			var n int64
			err := q.Scan(scanText{&outcome}, &n)
			h.Outcomes[outcome] = n
			return n, err
		}, "SELECT outcome, count(*) FROM runs GROUP BY outcome")
		if err != nil {
			return err
		}
		return failing(ctx, t, &h)
	})
	if err != nil {
		return History{}, fmt.Errorf("read how the runs went: %w", err)
	}
	return h, nil
}

// failing finds where the complete runs end. The newest run is left out as long as it has no end: it may be under way.
func failing(ctx context.Context, t tx, h *History) error {
	_, err := collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(scanTime{&h.LastComplete}, scanTime{&h.FailingSince})
	}, `WITH last(id) AS (SELECT COALESCE(MAX(id), 0) FROM runs WHERE outcome = $1)
SELECT (SELECT ended_at FROM runs WHERE id = (SELECT id FROM last)),
    (SELECT MIN(started_at) FROM runs WHERE id > (SELECT id FROM last) AND (outcome IN ($2, $3)
        OR ended_at IS NULL AND id < (SELECT MAX(id) FROM runs)))`, Complete, Incomplete, Failed)
	return err
}
