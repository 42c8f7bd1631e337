package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"lama/store"
)

// Chart is a diagram of upright bars, in units of its own.
type Chart struct {
	Label string
	Width float64
	Bars  []Bar
	Marks []Mark
}

// Bar is one bar of a chart.
type Bar struct {
	Name       string
	N          int64
	X, Y, W, H float64
}

// Mark is a word below a chart.
type Mark struct {
	Name string
	X    float64
}

const (
	chartWidth  = 600.0
	chartHeight = 130.0
	chartMarks  = 6 // words below it at most
)

func chart(label string, counts []store.Count) Chart {
	c := Chart{Label: label, Width: chartWidth}
	var most int64 = 1
	for _, n := range counts {
		most = max(most, n.N)
	}
	step := chartWidth / float64(max(12, len(counts)))
	every := (len(counts) + chartMarks - 1) / chartMarks
	for i, n := range counts {
		h := chartHeight * float64(n.N) / float64(most)
		c.Bars = append(c.Bars, Bar{n.Name, n.N, round(float64(i) * step), round(chartHeight - h), round(step * 0.86), round(h)})
		if i%every == 0 {
			c.Marks = append(c.Marks, Mark{n.Name, round(float64(i) * step)})
		}
	}
	return c
}

func round(f float64) float64 { return float64(int64(f*100+0.5)) / 100 }

// months are posts by month, without a hole, where the reader lives.
func months(f store.Figures) []store.Count {
	by := map[string]int64{}
	var first, last time.Time
	for hour, n := range f.Hours {
		at := hour.Local()
		by[at.Format("2006-01")] += n
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	var all []store.Count
	if first.IsZero() {
		return nil
	}
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, first.Location()); !m.After(last); m = m.AddDate(0, 1, 0) {
		all = append(all, store.Count{Name: m.Format("2006-01"), N: by[m.Format("2006-01")]})
	}
	return all[max(0, len(all)-maxMonths):]
}

// maxMonths is how far back the months go: ten years.
const maxMonths = 120

func hours(f store.Figures) []store.Count {
	all := make([]store.Count, 24)
	for i := range all {
		all[i].Name = fmt.Sprintf("%02d", i)
	}
	for hour, n := range f.Hours {
		all[hour.Local().Hour()].N += n
	}
	return all
}

// Share is a line of a list of the most frequent.
type Share struct {
	Name, Path string
	N          int64
	Percent    int64 // of the first
}

// mostShares is how long such a list is.
const mostShares = 12

func shares(counts []store.Count, path func(string) string) []Share {
	var all []Share
	for _, c := range counts[:min(mostShares, len(counts))] {
		s := Share{Name: c.Name, N: c.N, Percent: percent(c.N, counts[0].N)}
		if path != nil {
			s.Path = path(c.Name)
		}
		all = append(all, s)
	}
	return all
}

// hosts are authors by their servers.
func hosts(authors []store.Count) []store.Count {
	by := map[string]int64{}
	for _, a := range authors {
		_, host, _ := strings.Cut(a.Name, "@")
		by[host] += a.N
	}
	return ranked(by)
}

// Statistics are figures, drawn.
type Statistics struct {
	Posts                int64
	Months, Hours        Chart
	Authors, Tags, Hosts []Share
}

// Statistics draws figures.
func (v Views) Statistics(f store.Figures) Statistics {
	return Statistics{f.Posts, chart("Posts by month", months(f)), chart("Posts by hour of the day", hours(f)), shares(f.Authors, v.AuthorPath),
		shares(f.Tags, v.TagPath), shares(hosts(f.Authors), nil)}
}

func (r *Reader) statistics(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	f, err := r.figuresOf(q.Context(), v)
	if err != nil {
		return err
	}
	return r.show(w, q, v, "statistics", Page{Title: "Statistics", Here: "Statistics", Body: r.views.Statistics(f)})
}

// ranked are counts, the largest first.
func ranked(by map[string]int64) []store.Count {
	var all []store.Count
	for name, n := range by {
		all = append(all, store.Count{Name: name, N: n})
	}
	slices.SortFunc(all, func(a, b store.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return all
}
