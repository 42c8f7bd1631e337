package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/metrics"
)

func TestText(t *testing.T) {
	got := string(metrics.Text([]metrics.Metric{
		metrics.One("lama_size_bytes", "A \\ and a\nline.", 1.5e15),
		{Name: "lama_none", Type: metrics.Gauge, Help: "Nothing to say."},
		{Name: "lama_runs_total", Type: metrics.Counter, Help: "Runs.", Samples: []metrics.Sample{
			metrics.With("outcome", "a \"b\"\n\\\xff", 0.25), {Value: -1, Labels: []metrics.Label{{"a", "1"}, {"b", ""}}}}},
	}))
	want := `# HELP lama_size_bytes A \\ and a\nline.
# TYPE lama_size_bytes gauge
lama_size_bytes 1500000000000000
# HELP lama_runs_total Runs.
# TYPE lama_runs_total counter
lama_runs_total{outcome="a \"b\"\n\\` + "\uFFFD" + `"} 0.25
lama_runs_total{a="1",b=""} -1
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
