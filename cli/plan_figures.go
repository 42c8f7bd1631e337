package cli

import (
	"fmt"
	"math"
	"time"

	"github.com/dustin/go-humanize"

	"lama/throttle"
)

// limits says what a server allows, and who says so.
func limits(l throttle.Limits, shared bool) string {
	if l.Every.Requests == 0 {
		return "the server tells of none; a polite " + humanize.Ftoa(float64(l.Pace)) + " requests a second are assumed"
	}
	text := fmt.Sprintf("%d requests in %s", l.Every.Requests, span(l.Every.Period))
	if l.Stated {
		text += ", as the server tells"
	} else {
		text += ", Mastodon's, as the server has told of none yet"
	}
	if shared {
		text += ", for all accounts there together"
	}
	ours := fmt.Sprint(l.Every.Ours)
	if l.Paged.Requests > 0 {
		text += fmt.Sprintf("; %d pages in %s, as Mastodon counts", l.Paged.Requests, span(l.Paged.Period))
		ours += fmt.Sprintf(" and %d", l.Paged.Ours)
	}
	return text + "; LAMA's share is " + ours + " (rate_share)"
}

// duration says how long limits hold up a run, or what is known of it.
func duration(wait time.Duration, more bool) string {
	text := "as long as the answers take: no limit holds it up"
	if wait >= time.Minute {
		text = "about " + span(wait) + " at the limits"
	}
	if more {
		text += ", for what is known"
	}
	return text
}

func span(d time.Duration) string {
	minutes := int(math.Ceil(d.Minutes()))
	switch hours := minutes / 60; {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	}
}

func whole(n float64) int { return int(math.Round(n)) }

// figureOf is a number as far as it is known.
func figureOf(n float64, least, exact bool) string {
	if !exact {
		n = rounded(n)
	}
	text := humanize.Comma(int64(whole(n)))
	switch {
	case least:
		return "at least " + text
	case exact:
		return text
	case whole(n) == 0:
		return "none"
	}
	return "about " + text
}

// rounded keeps the first three digits, of numbers below a thousand two; what is below a hundred stays.
func rounded(n float64) float64 {
	step := 1.0
	switch {
	case n >= 1000:
		step = math.Pow(10, math.Floor(math.Log10(n))-2)
	case n >= 100:
		step = 10
	}
	return math.Round(n/step) * step
}

func sizeOf(bytes float64, least bool) string {
	if least {
		return "at least " + size(int64(bytes))
	}
	return "about " + size(int64(bytes))
}
