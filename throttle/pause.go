package throttle

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A pause is a time in which a server wants to be left alone.
type pause struct {
	until  time.Time
	why    string
	guess  bool // nobody told until when
	series *backoff.ExponentialBackOff
}

// newPause waits 2 s at first, twice as long after each further refusal, and at most a quarter of an hour.
func newPause() pause {
	const spread = 0.2 // several clients that were refused together don't come back together
	return pause{series: &backoff.ExponentialBackOff{
		InitialInterval: 2 * time.Second, Multiplier: 2, RandomizationFactor: spread,
		MaxInterval: time.Duration(float64(15*time.Minute) / (1 + spread)),
	}}
}

// lengthen goes on at least until the time that the server told, or backs off where that is zero or has passed.
func (p *pause) lengthen(now, told time.Time, why string) {
	guess := !told.After(now)
	switch {
	case !guess:
		told = told.Add(guard)
	case now.Before(p.until): // one of several that were under way together
		return
	default:
		told = now.Add(p.series.NextBackOff())
	}
	if told.After(p.until) {
		p.until, p.why, p.guess = told, why, guess
	}
}

// shift moves a guess along when the server's time turns out to be another: it was so long by our own clock. What the
// server told stands in its time already.
func (p *pause) shift(skew time.Duration) {
	if p.guess && !p.until.IsZero() {
		p.until = p.until.Add(skew)
	}
}

// over forgets the earlier refusals once the server answers again.
func (p *pause) over(now time.Time) {
	if !now.Before(p.until) {
		p.series.Reset()
	}
}
