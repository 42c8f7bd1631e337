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
	sure   bool // the server told the end
	used   int  // requests that the server has counted, ours and others', as far as we know
	away   int  // ours that were admitted and not answered yet
	old    int  // of these, admitted before this window began
	next   int  // ours that were answered about the end: the next window may have counted them
}

// sameEnd is how far apart two accounts of one window's end may be. Mastodon's has the fraction of the second at
// which the request came (v4.6.5 rack_attack.rb:156-168).
const sameEnd = 2 * time.Second

// align puts the end where Mastodon's windows end: at multiples of the period since 1970.
func (w *window) align(now time.Time) {
	w.end, w.sure = time.Unix(now.Unix()-now.Unix()%int64(w.period/time.Second), 0).Add(w.period), false
}

// roll begins the next window when this one is over for certain. What is still under way may fall into it; what was
// not answered for a whole window will never be.
func (w *window) roll(now time.Time) {
	if now.Before(w.end.Add(guard)) {
		return
	}
	w.used, w.next = w.next, 0
	w.away -= w.old
	w.old = w.away
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

// answered counts a request of ours that has come back. About the end either window may have counted it: what the
// server tells as the end can be a second late.
func (w *window) answered(now time.Time) {
	w.returned()
	w.used++
	if !now.Before(w.end.Add(-guard)) {
		w.next++
	}
}

// returned takes a request of ours off those under way, the oldest.
func (w *window) returned() { w.away, w.old = max(w.away-1, 0), max(w.old-1, 0) }

// told takes what the server says about this window after a request of ours. It counts the phone's requests too, but
// answers overtake each other, and some speak of the other window: our own count never falls while this one lasts.
// Another end or limit means another window.
func (w *window) told(a answer) {
	w.returned()
	used := a.limit - a.left
	if a.limit == w.limit && w.ends(a.reset) {
		used = max(used, w.used+1)
	} else {
		w.next = 0
	}
	w.limit, w.end, w.sure, w.used = a.limit, a.reset, true, used
}

// ends says whether the window is the one that ends at t.
func (w *window) ends(t time.Time) bool { return t.Sub(w.end).Abs() <= sameEnd }

// follows says whether t is the end of an earlier window: an answer of this one has overtaken one of that.
func (w *window) follows(t time.Time) bool { return w.sure && t.Before(w.end.Add(-sameEnd)) }
