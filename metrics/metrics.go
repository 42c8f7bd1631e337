// Package metrics writes Prometheus' text format, which the node exporter's textfile collector reads. What the figures
// mean is its caller's business.
package metrics

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Type is what a metric's values are.
type Type string

// The types. A counter only ever grows, and its name ends in _total; a gauge goes up and down.
const (
	Gauge   Type = "gauge"
	Counter Type = "counter"
)

// Metric is a figure, or one for each of several labels.
type Metric struct {
	Name    string
	Type    Type
	Help    string // one sentence, with the unit
	Samples []Sample
}

// Sample is a value and the labels that tell it from the metric's others.
type Sample struct {
	Value  float64
	Labels []Label
}

// Label is a name and a value.
type Label struct{ Name, Value string }

// One is a metric without labels.
func One(name, help string, value float64) Metric {
	return Metric{Name: name, Type: Gauge, Help: help, Samples: []Sample{{Value: value}}}
}

// With is a sample with one label.
func With(name, value string, v float64) Sample { return Sample{v, []Label{{name, value}}} }

var (
	inHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	inLabel = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// Text is the metrics in the text format. One without samples is left out.
func Text(metrics []Metric) []byte {
	var b bytes.Buffer
	for _, m := range metrics {
		if len(m.Samples) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", m.Name, inHelp.Replace(m.Help), m.Name, m.Type)
		for _, s := range m.Samples {
			b.WriteString(m.Name + s.labels() + " " + strconv.FormatFloat(s.Value, 'f', -1, 64) + "\n")
		}
	}
	return b.Bytes()
}

func (s Sample) labels() string {
	if len(s.Labels) == 0 {
		return ""
	}
	pairs := make([]string, len(s.Labels))
	for i, l := range s.Labels {
		pairs[i] = l.Name + `="` + inLabel.Replace(strings.ToValidUTF8(l.Value, "\uFFFD")) + `"`
	}
	return "{" + strings.Join(pairs, ",") + "}"
}
