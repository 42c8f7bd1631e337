package cli

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"lama/metrics"
	"lama/store"
)

// metrics are the figures of a run that has ended now, and of the archive where that could be read.
func (r result) metrics(file string, now time.Time, took time.Duration) []metrics.Metric {
	s := r.summary
	all := []metrics.Metric{
		r.lastSuccess(file),
		metrics.One("lama_last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", float64(now.Unix())),
		metrics.One("lama_last_run_duration_seconds", "How long the last run took.", took.Seconds()),
		r.outcomes(),
		metrics.One("lama_last_run_posts", "Posts that the last run added.", float64(s.Posts)),
		metrics.One("lama_last_run_files", "Media files that the last run downloaded.", float64(s.Files)),
		metrics.One("lama_last_run_bytes", "Bytes of these files.", float64(s.Bytes)),
		metrics.One("lama_last_run_requests", "Requests of the API that the last run made.", float64(s.Requests)),
		s.failures(),
		r.alarmed(),
	}
	if r.history == nil {
		return all
	}
	return append(append(all, runsTotal(*r.history)), archived(r.stored)...)
}

// failures are what a run could not read: accounts and collections, posts and files that are gone, and those that it left
// for a later run.
func (s summary) failures() metrics.Metric {
	return metrics.Metric{Name: "lama_last_run_failures", Type: metrics.Gauge,
		Help: "What the last run could not read, by what it is.",
		Samples: []metrics.Sample{
			metrics.With("kind", "account", float64(len(s.Failed))),
			metrics.With("kind", "collection", float64(len(s.Unfinished))),
			metrics.With("kind", "gone", float64(s.Gone)),
			metrics.With("kind", "deferred", float64(s.Deferred)),
		}}
}

func runsTotal(h store.History) metrics.Metric {
	m := metrics.Metric{Name: "lama_runs_total", Type: metrics.Counter,
		Help: "Runs since the archive was made, by how they ended."}
	for _, outcome := range slices.Sorted(maps.Keys(h.Outcomes)) {
		if outcome != "" {
			m.Samples = append(m.Samples, metrics.With("outcome", outcome, float64(h.Outcomes[outcome])))
		}
	}
	return m
}

// archived is what the archive holds.
func archived(r store.Report) []metrics.Metric {
	m := r.Media
	return []metrics.Metric{
		metrics.One("lama_archive_posts", "Posts in the archive.", float64(r.Posts)),
		metrics.One("lama_archive_files", "Media files in the archive.", float64(m.Files)),
		metrics.One("lama_archive_media_bytes", "Bytes of the media files in the archive.", float64(m.Bytes)),
		metrics.One("lama_archive_media_pending", "Media files still to be downloaded.", float64(m.Pending+m.Deferred)),
		metrics.One("lama_archive_media_failed", "Media files that can't be had.", float64(m.Failed)),
	}
}

const lastSuccessName = "lama_last_success_timestamp_seconds"

// lastSuccess is when the last complete run ended. Where the archive can't be read, it stays what it was.
func (r result) lastSuccess(file string) metrics.Metric {
	m := metrics.Metric{Name: lastSuccessName, Type: metrics.Gauge,
		Help: "When the last complete run ended, in seconds since 1970."}
	switch {
	case r.history == nil:
		if before, ok := written(file, lastSuccessName); ok {
			m.Samples = []metrics.Sample{{Value: before}}
		}
	case !r.history.LastComplete.IsZero():
		m.Samples = []metrics.Sample{{Value: float64(r.history.LastComplete.Unix())}}
	}
	return m
}

// written is the value of a metric without labels in the file of an earlier run.
func written(file, name string) (value float64, ok bool) {
	text, err := os.ReadFile(file) // #nosec G304 -- the owner's own --metrics-file
	if err != nil {
		return 0, false // there is none yet
	}
	for line := range bytes.Lines(text) {
		if after, found := bytes.CutPrefix(line, []byte(name+" ")); found {
			value, err = strconv.ParseFloat(string(bytes.TrimSpace(after)), 64)
			return value, err == nil
		}
	}
	return 0, false
}

func (r result) outcomes() metrics.Metric {
	m := metrics.Metric{Name: "lama_last_run_outcome", Type: metrics.Gauge,
		Help: "1 for how the last run ended, 0 for the other ways."}
	for _, outcome := range []string{store.Complete, store.Incomplete, store.Failed, store.Interrupted} {
		is := 0.0
		if outcome == r.outcome {
			is = 1
		}
		m.Samples = append(m.Samples, metrics.With("outcome", outcome, is))
	}
	return m
}

// alarmed is 1 for each alarm; there is no sample of what is well.
func (r result) alarmed() metrics.Metric {
	m := metrics.Metric{Name: "lama_alarm", Type: metrics.Gauge,
		Help: "1 for each thing that somebody should look after, as lama status tells."}
	for _, a := range r.alarms {
		m.Samples = append(m.Samples, metrics.Sample{Value: 1,
			Labels: []metrics.Label{{Name: "kind", Value: string(a.Kind)}, {Name: "account", Value: a.Account}}})
	}
	return m
}
