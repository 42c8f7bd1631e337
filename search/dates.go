package search

import "time"

// layouts are the dates that people write, and how long each is, in years, months and days.
var layouts = []struct {
	layout              string
	years, months, days int
}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}}

// span is the time of a day, a month or a year, in UTC.
func span(text string) (from, to time.Time, ok bool) {
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, text); err == nil {
			return t, t.AddDate(l.years, l.months, l.days), true
		}
	}
	return from, to, false
}

// date reads before:, after: and during:. Before a month is before it begins, after it is when it has ended.
func (p *parser) date(i item) error {
	from, to, ok := span(i.text)
	switch {
	case !ok:
		return mistake("%s: a date is written as in %s", i, examples[i.operator])
	case i.not:
		return mistake("%s: a date has no - before it: the other of before: and after: says that", i)
	}
	switch i.operator {
	case "before":
		p.limit(time.Time{}, from)
	case "after":
		p.limit(to, time.Time{})
	case "during":
		p.limit(from, to)
	}
	return nil
}

// limit narrows the time that is searched.
func (p *parser) limit(after, before time.Time) {
	if after.After(p.q.After) {
		p.q.After = after
	}
	if !before.IsZero() && (p.q.Before.IsZero() || before.Before(p.q.Before)) {
		p.q.Before = before
	}
}
