package throttle

import (
	"time"

	"golang.org/x/time/rate"
)

// Limits are what a budget keeps to.
type Limits struct {
	Every  Limit      // of all requests; zero where the server seems to have no limit
	Paged  Limit      // of pages, beside that; zero where the server does not count them apart
	Stated bool       // the server told of a limit; otherwise Mastodon's are assumed
	Pace   rate.Limit // requests per second within these
}

// Limit is how many requests a server allows in a window of time.
type Limit struct {
	Requests int           // of all clients together
	Ours     int           // of these, our share
	Period   time.Duration // as Mastodon has it: no server tells how long its windows are
}

// Limits are those that the budget keeps to, after the answers that it has seen.
func (b *Budget) Limits() Limits {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := Limits{Stated: b.stated, Pace: b.pace.Limit()}
	if b.free() {
		return l
	}
	l.Every = b.every.bound(b.options.Share)
	if b.paging != nil {
		l.Paged = b.paging.bound(b.options.Share)
	}
	return l
}

func (w *window) bound(share float64) Limit { return Limit{w.limit, w.allowed(share), w.period} }

// Wait is how long so many requests, some of them pages, take at most, if answers take no time and nobody else
// asks: the windows that must pass until the last one is admitted, or what the pace takes.
func (l Limits) Wait(requests, pages int) time.Duration {
	wait := max(l.Every.wait(requests), l.Paged.wait(pages))
	if l.Pace > 0 && l.Pace != rate.Inf {
		wait = max(wait, time.Duration(float64(requests)/float64(l.Pace)*float64(time.Second)))
	}
	return wait
}

func (l Limit) wait(requests int) time.Duration {
	if l.Ours == 0 || requests == 0 {
		return 0
	}
	return time.Duration((requests-1)/l.Ours) * l.Period
}
