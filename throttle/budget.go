package throttle

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options says how much of a server's limits is taken. The zero value is what LAMA takes by default.
type Options struct {
	Share float64          // of each limit, more than 0 up to 1; 0: DefaultShare. The rest is the phone's
	Clock func() time.Time // nil: time.Now
	Pace  rate.Limit       // requests per second within windows; 0: 20
	Burst int              // requests at once; 0: 20
	Free  rate.Limit       // requests per second where the server states no limit; 0: 5
}

// DefaultShare leaves a quarter of each limit to the person's own clients, which Mastodon counts together with us.
const DefaultShare = 0.75

func (o Options) withDefaults() Options {
	if !(o.Share > 0 && o.Share <= 1) {
		o.Share = DefaultShare
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Pace <= 0 {
		o.Pace = 20
	}
	if o.Burst <= 0 {
		o.Burst = 20
	}
	if o.Free <= 0 {
		o.Free = 5 // Iceshrimp.NET, which says nothing, allows 500 a minute; Pleroma 3 pages in half a second
	}
	return o
}

// A Budget is what one server lets one account do. It assumes Mastodon's limits until the server's answers say
// otherwise. It may be used by several goroutines.
type Budget struct {
	options Options

	mu     sync.Mutex
	clock  clock
	every  *window // all requests: 300 in 5 min per token
	paging *window // requests that Paged says yes to, which count in both: 300 in 15 min per user; nil: none
	pace   *rate.Limiter
	pause  pause
	silent int  // answers that stated no limit
	stated bool // an answer stated one, or was a refusal
}

// silence is how many answers without a limit mean that the server has none.
const silence = 3

// NewBudget is a budget of which nothing has been taken.
func NewBudget(o Options) *Budget {
	o = o.withDefaults()
	b := &Budget{
		options: o,
		clock:   clock{local: o.Clock},
		every:   &window{limit: 300, period: 5 * time.Minute},
		paging:  &window{limit: 300, period: 15 * time.Minute},
		pace:    rate.NewLimiter(o.Pace, o.Burst),
		pause:   newPause(),
	}
	for _, w := range b.windows(true) {
		w.align(b.clock.now())
	}
	return b
}

// Paged says whether Mastodon counts a request as paging: whether its address carries page, min_id, max_id or
// since_id (v4.6.5 rack_attack.rb:60-62).
func Paged(u *url.URL) bool {
	q := u.Query()
	return q.Has("page") || q.Has("min_id") || q.Has("max_id") || q.Has("since_id")
}

// Admit takes one request out of the budget. Where there is none to take, again is when it is worth asking next
// (sooner only if an answer changes the picture), by the local clock. It never blocks.
func (b *Budget) Admit(paged bool) (ok bool, again time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.roll()
	if until, _ := b.closed(paged, now); !until.IsZero() {
		return false, b.clock.toLocal(until)
	}
	local := b.options.Clock()
	turn := b.pace.ReserveN(local, 1)
	if wait := turn.DelayFrom(local); wait > 0 {
		turn.CancelAt(local)
		return false, local.Add(wait)
	}
	for _, w := range b.windows(paged) {
		w.away++
	}
	return true, time.Time{}
}

// Guessing says whether nothing is admitted only because the server failed, and not because of a limit or until a
// time that it told: how long that lasts is a guess.
func (b *Budget) Guessing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pause.guess && b.clock.now().Before(b.pause.until)
}

// Cancel gives back a request that was admitted but never made.
func (b *Budget) Cancel(paged bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.windows(paged) {
		w.returned()
	}
}

// Wait waits until a request is admitted. The error is the context's.
func (b *Budget) Wait(ctx context.Context, paged bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		ok, again := b.Admit(paged)
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again.Sub(b.options.Clock())):
		}
	}
}

// Status says until when no request of this kind is admitted, by the local clock, and why, in words for people. It
// is zero where one is, or will be within a moment.
func (b *Budget) Status(paged bool) (until time.Time, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	until, why = b.closed(paged, b.roll())
	if !until.IsZero() {
		until = b.clock.toLocal(until)
	}
	return until, why
}

// closed is until when no request is admitted, in the server's time, and why; zero where one is.
func (b *Budget) closed(paged bool, now time.Time) (until time.Time, why string) {
	if now.Before(b.pause.until) {
		until, why = b.pause.until, b.pause.why
	}
	for _, w := range b.windows(paged) {
		if b.free() || w.open(b.options.Share, now) || !w.again().After(until) {
			continue
		}
		until, why = w.again(), b.exhausted(w)
	}
	return until, why
}

func (b *Budget) exhausted(w *window) string {
	kind := "requests"
	if w == b.paging {
		kind = "pages"
	}
	return fmt.Sprintf("the share of %s that the server allows is used up: %d of %d", kind, w.used+w.away, w.limit)
}

// windows are those that count a request.
func (b *Budget) windows(paged bool) []*window {
	if paged && b.paging != nil {
		return []*window{b.every, b.paging}
	}
	return []*window{b.every}
}

// roll begins the windows that are due, and gives the server's time.
func (b *Budget) roll() time.Time {
	now := b.clock.now()
	for _, w := range b.windows(true) {
		w.roll(now)
	}
	return now
}

// free says whether the server seems to have no limits, as Pleroma, Akkoma and Iceshrimp: only the pace holds, and a
// pause. One that refuses has some, if in silence: Mastodon's are kept to again.
func (b *Budget) free() bool { return !b.stated && b.silent >= silence }
