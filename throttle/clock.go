package throttle

import "time"

// A clock tells a server's time, which its answers date, from a local one that may be wrong by hours.
type clock struct {
	local   func() time.Time
	skew    time.Duration // what must be added to the local time
	learned bool
}

const (
	// jump is the change of skew that is more than the rounding of dates.
	jump = 2 * time.Second
	// delay is how late an answer may come. One that is dated earlier still tells of a clock that was set.
	delay = 2 * time.Minute
	// century is more than a clock is wrong that starts with its epoch. No server is believed that says more: the
	// difference could not even be told.
	century = 100 * 365 * 24 * time.Hour
)

// now is the server's time, or a little before: an answer's date is cut to the second and has travelled. Windows
// therefore open late rather than early. It has no monotonic reading, which stands still while a laptop sleeps.
func (c *clock) now() time.Time { return c.local().Round(0).Add(c.skew) }

// toLocal is a time of the server as the local clock will show it.
func (c *clock) toLocal(t time.Time) time.Time { return t.Add(-c.skew) }

// learn takes the date of an answer that has just come. An answer may be late but never early: of several the one
// that was delayed the least is right. It reports whether the server's time is not at all what it was thought to be.
func (c *clock) learn(date time.Time) (jumped bool) {
	if date.IsZero() {
		return false
	}
	skew := date.Sub(c.local().Round(0))
	if skew.Abs() > century {
		return false
	}
	change := skew - c.skew
	if c.learned && change <= 0 && change > -delay {
		return false
	}
	c.skew, c.learned = skew, true
	return change.Abs() > jump
}
