package throttle

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Hosts paces the downloads from media hosts, which tell of no limits. It is safe for concurrent use.
type Hosts struct {
	options Options
	mu      sync.Mutex
	hosts   map[string]*host
}

// host is one media host. What a server fetches again on demand is a host of its own: Mastodon allows 30 of those
// in 10 minutes per address, failures included, and no limit for files that are there (rack_attack.rb:85,
// mastodon#29332).
type host struct {
	clock    clock
	pace     *rate.Limiter
	proxy    *window // nil where files are there
	pause    pause
	answered bool
	silent   bool // gave no answer to the first request, and is asked no more
}

// NewHosts makes an empty one; Options.Pace and Burst are those of each host.
func NewHosts(o Options) *Hosts { return &Hosts{options: o.withDefaults(), hosts: map[string]*host{}} }

func (h *Hosts) host(address string) *host {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	key, proxied := u.Host, strings.Contains(u.Path, "/media_proxy/")
	if proxied {
		key += "/media_proxy/"
	}
	if h.hosts[key] == nil {
		one := &host{clock: clock{local: h.options.Clock}, pace: rate.NewLimiter(h.options.Pace, h.options.Burst), pause: newPause()}
		if proxied {
			one.proxy = &window{limit: 30, period: 10 * time.Minute}
		}
		h.hosts[key] = one
	}
	return h.hosts[key]
}

// Admit takes one request for a file out of its host's budget, or says when to ask again: the zero time is never. It
// never blocks.
func (h *Hosts) Admit(address string) (ok bool, again time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, local := h.host(address), h.options.Clock()
	if one.silent {
		return false, time.Time{}
	}
	if until := one.closed(h.options.Share); !until.IsZero() {
		return false, one.clock.toLocal(until)
	}
	turn := one.pace.ReserveN(local, 1)
	if wait := turn.DelayFrom(local); wait > 0 {
		turn.CancelAt(local)
		return false, local.Add(wait)
	}
	if one.proxy != nil {
		one.proxy.away++
	}
	return true, time.Time{}
}

// Guessing says whether nothing is admitted only because the host failed: how long that lasts is a guess.
func (h *Hosts) Guessing(address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.host(address)
	return one.pause.guess && one.clock.now().Before(one.pause.until)
}

// Silent says whether a host gave no answer to the first request that was made of it: it is asked no more. A file that
// a server fetches again says nothing of that server, whatever it waits for.
func (h *Hosts) Silent(address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.host(address).silent
}

// Answered says whether a host, with its port where that is written, has given an answer. Until it has, it should be
// asked for one file at a time.
func (h *Hosts) Answered(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hosts[name] != nil && h.hosts[name].answered
}

// closed is until when nothing is admitted, in the host's time; zero where something is.
func (o *host) closed(share float64) (until time.Time) {
	now := o.clock.now()
	if now.Before(o.pause.until) {
		until = o.pause.until
	}
	if o.proxy == nil {
		return until
	}
	o.proxy.roll(now)
	if again := o.proxy.again(); !o.proxy.open(share, now) && again.After(until) {
		until = again
	}
	return until
}

// Observe learns from an answer, or from there being none (status 0).
func (h *Hosts) Observe(address string, status int, header http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.host(address)
	before := one.clock.skew
	jumped := one.clock.learn(dateOf(header))
	one.pause.shift(one.clock.skew - before)
	now := one.clock.now()
	if one.proxy != nil {
		if jumped {
			one.proxy.align(now)
		}
		one.proxy.roll(now)
		one.proxy.answered(now)
	}
	one.answered = one.answered || status != 0
	one.silent = !one.answered && one.proxy == nil
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		one.pause.lengthen(now, readAnswer(header, now).told(), "the host is busy")
	case status == 0:
		one.pause.lengthen(now, time.Time{}, "the host does not answer")
	default:
		one.pause.over(now)
	}
}
