package progress

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// wait is someone who is not asked before a time.
type wait struct {
	who, why string
	until    time.Time
}

// waitLines is how many waits are shown at most: hundreds of hosts may have one.
const waitLines = 5

// addFooter adds what stands at the bottom: the waits, and how long the run takes.
func (b *Board) addFooter() {
	// mpb draws extenders from the last to the first.
	lines := make([]mpb.BarFiller, waitLines)
	for i := range waitLines {
		lines[waitLines-1-i] = mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
			text := b.wait(i)
			if text == "" {
				return nil // mpb draws no line for it
			}
			_, err := io.WriteString(w, b.paint(yellow, cut(text, st))+"\n")
			return err
		})
	}
	b.add(footerLine, b.text(faint, func() string {
		took := short(time.Since(b.start))
		return fmt.Sprintf("%s %s  Ctrl-C stops; the next run goes on from there", mark(Reading), took)
	}), mpb.BarTopExtender(lines...))
}

// wait is the n-th line of the waits, or nothing: the first to end comes first; the last line counts the rest.
func (b *Board) wait(n int) string {
	all := b.waiting()
	switch {
	case n >= len(all):
		return ""
	case n == waitLines-1 && len(all) > waitLines:
		return fmt.Sprintf("… and %d more wait", len(all)-n)
	}
	w, now := all[n], time.Now()
	layout := "15:04:05"
	if until, now := w.until.Local(), now.Local(); until.YearDay() != now.YearDay() || until.Year() != now.Year() {
		layout = "Mon 2 Jan 15:04"
	}
	until := w.until.Local().Format(layout)
	return fmt.Sprintf("… %s waits until %s (%s): %s", w.who, until, short(w.until.Sub(now)), w.why)
}

// waiting lists the waits that have not ended, and forgets the others.
func (b *Board) waiting() []wait {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(b.waits, func(_ string, w wait) bool { return !w.until.After(now) })
	return slices.SortedFunc(maps.Values(b.waits), func(x, y wait) int {
		return cmp.Or(x.until.Compare(y.until), strings.Compare(x.who, y.who))
	})
}

// short is a duration as people say it, to the second.
func short(d time.Duration) string {
	d = d.Round(time.Second)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case h > 0:
		return fmt.Sprintf("%d h %02d min", h, m)
	case m > 0:
		return fmt.Sprintf("%d min %02d s", m, s)
	}
	return fmt.Sprintf("%d s", s)
}
