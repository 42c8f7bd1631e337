package throttle

import (
	"math"
	"time"
)

// A window is the current window of one of a server's limits. All its times are the server's.
type window struct {
	limit  int           // requests of all clients together
	period time.Duration // its usual length
	end    time.Time
	used   int // requests that the server has counted, ours and others', as far as we know
	away   int // ours that were admitted and not answered yet
	next   int // ours that were answered after the end: the next window may have counted them
}

const (
	// sameEnd is how far apart two accounts of one window's end may be. Mastodon's has the fraction of the second
	// at which the request came (v4.6.5 rack_attack.rb:156-168).
	sameEnd = 2 * time.Second
	// onTheWay bounds the requests that can be under way when a window ends. An admitted one that is never
	// observed costs that much, not everything.
	onTheWay = 16
)

// align puts the end where Mastodon's windows end: at multiples of the period since 1970.
func (w *window) align(now time.Time) {
	w.end = time.Unix(now.Unix()-now.Unix()%int64(w.period/time.Second), 0).Add(w.period)
}

// roll begins the next window when this one is over for certain. What is still under way may fall into it.
func (w *window) roll(now time.Time) {
	if now.Before(w.end.Add(guard)) {
		return
	}
	w.used, w.next, w.away = w.next, 0, min(w.away, onTheWay)
	w.align(now)
}

// open says whether one more request keeps within a share of the limit. Between the end and the next window it
// does not: which of the two would count it is not known.
func (w *window) open(share float64, now time.Time) bool {
	return now.Before(w.end) && w.used+w.away < w.allowed(share)
}

// allowed is how many requests of all clients may be counted before ours must stop; always one.
func (w *window) allowed(share float64) int {
	const rounding = 1e-9 // 0.57*300 is a little less than 171
	return max(1, int(math.Floor(share*float64(w.limit)+rounding)))
}

// again is when the next window is open.
func (w *window) again() time.Time { return w.end.Add(guard) }

// answered counts a request of ours that has come back.
func (w *window) answered(now time.Time) {
	w.returned()
	if now.Before(w.end) {
		w.used++
	} else {
		w.next++
	}
}

// returned takes a request of ours off those under way.
func (w *window) returned() { w.away = max(w.away-1, 0) }

// told takes what the server says about this window after a request of ours. It counts the phone's requests too, but
// answers overtake each other and may speak of another window that ends with this one: our own count never falls
// while the window lasts. Another end or limit means another window.
func (w *window) told(a answer) {
	w.returned()
	used := a.limit - a.left
	if a.limit == w.limit && w.ends(a.reset) {
		used = max(used, w.used+1)
	} else {
		w.next = 0
	}
	w.limit, w.end, w.used = a.limit, a.reset, used
}

// ends says whether the window is the one that ends at t.
func (w *window) ends(t time.Time) bool { return t.Sub(w.end).Abs() <= sameEnd }
