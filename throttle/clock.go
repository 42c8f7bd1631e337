package throttle

import "time"

// A clock tells a server's time, which its answers date, from a local one that may be wrong by hours.
type clock struct {
	local   func() time.Time
	skew    time.Duration // what must be added to the local time
	learned bool
}

// jump is the change of skew that is no mere delay of an answer: one of the two clocks was set.
const jump = 2 * time.Second

// now is the server's time, or a little before: an answer's date is cut to the second and has travelled. Windows
// therefore open late rather than early. It has no monotonic reading, which stands still while a laptop sleeps.
func (c *clock) now() time.Time { return c.local().Round(0).Add(c.skew) }

// toLocal is a time of the server as the local clock will show it.
func (c *clock) toLocal(t time.Time) time.Time { return t.Add(-c.skew) }

// learn takes the date of an answer that has just come. It reports whether the server's time is not at all what
// it was thought to be.
func (c *clock) learn(date time.Time) (jumped bool) {
	if date.IsZero() {
		return false
	}
	skew := date.Sub(c.local().Round(0))
	jumped = (skew - c.skew).Abs() > jump
	if !c.learned || jumped || skew > c.skew { // of several the highest was delayed the least
		c.skew, c.learned = skew, true
	}
	return jumped
}
