package archive

import (
	"strings"
	"time"
)

// Time is a moment in UTC, to the second; its zero value is "not known".
type Time struct{ time.Time }

// At is t in UTC, cut to the second.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Second)}
}

// layouts are the ways in which servers write a time (fixtures.md, "Dates").
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05", "2006-01-02",
}

// ParseTime reads a time as servers write it. What can't be read is not known: a bad date never loses a post.
func ParseTime(s string) Time {
	if s = strings.TrimSpace(s); s == "" {
		return Time{} // as most posts were never edited
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return At(t)
		}
	}
	return Time{}
}

// Minute is t for people: local, to the minute, or "never".
func (t Time) Minute() string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// String writes t as the database does: 2006-01-02 15:04:05+00:00, or nothing.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05-07:00")
}
