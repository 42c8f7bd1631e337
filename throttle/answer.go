package throttle

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An answer is what the headers of a response say about limits.
type answer struct {
	date       time.Time // of the server; zero where it is not told
	retryAfter time.Time // in the server's time; zero where it is not told
	reset      time.Time // in the server's time; zero where it is not told
	limit      int       // 0 where the three headers are not all there: they describe no window then
	left       int
}

const (
	longest = 24 * time.Hour // no server is believed that wants more patience
	most    = 1_000_000      // nor a higher limit
	guard   = time.Second    // how long after its end a window is over for us
)

// dateOf is the server's time at which a response was made. One from a cache is as old as it likes.
func dateOf(h http.Header) time.Time {
	if h.Get("Age") != "" {
		return time.Time{}
	}
	date, _ := http.ParseTime(h.Get("Date"))
	return date
}

// readAnswer reads headers that came at now, in the server's time.
func readAnswer(h http.Header, now time.Time) answer {
	a := answer{date: dateOf(h), retryAfter: believable(readRetryAfter(h.Get("Retry-After"), now), now)}
	if h.Get("Age") != "" {
		return a
	}
	a.reset = believable(readReset(h.Get("X-RateLimit-Reset"), now), now)
	limit, errLimit := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	left, errLeft := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if errLimit == nil && errLeft == nil && !a.reset.IsZero() && limit > 0 && limit <= most {
		a.limit, a.left = limit, min(max(left, 0), limit)
	}
	return a
}

// believable drops what lies too far ahead. What has passed stays: it is an answer about a window that is over.
func believable(t, now time.Time) time.Time {
	if t.Sub(now) > longest {
		return time.Time{}
	}
	return t
}

// readRetryAfter reads seconds or a date (RFC 9110 §10.2.3).
func readRetryAfter(s string, now time.Time) time.Time {
	if n, ok := number(s); ok {
		return now.Add(seconds(n))
	}
	t, _ := http.ParseTime(s)
	return t
}

// readReset reads the three formats of X-RateLimit-Reset: ISO 8601 (Mastodon, GoToSocial), seconds since 1970
// (older GoToSocial) and seconds from now (Sharkey).
func readReset(s string, now time.Time) time.Time {
	s = strings.TrimSpace(s)
	n, ok := number(s)
	switch {
	case !ok:
		t, _ := time.Parse(time.RFC3339Nano, s)
		return t
	case n > 1e8: // more than three years
		return time.Unix(0, 0).Add(seconds(n))
	}
	return now.Add(seconds(n) + time.Second) // it was cut to the second, and now is a little early
}

// number is a count of seconds that a time can be made of.
func number(s string) (n float64, ok bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && n >= 0 && n < float64(math.MaxInt64/time.Second)
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
