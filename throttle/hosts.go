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

// host is one media host. What a server fetches again on demand is counted apart: Mastodon allows 30 of those
// in 10 minutes per address, failures included (rack_attack.rb:85, mastodon#29332).
type host struct {
	pace  *rate.Limiter
	proxy *window
	pause pause
}

// NewHosts makes an empty one; Options.Pace and Burst are those of each host.
func NewHosts(o Options) *Hosts { return &Hosts{options: o.withDefaults(), hosts: map[string]*host{}} }

func (h *Hosts) host(address string) (one *host, proxied bool) {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	if h.hosts[u.Host] == nil {
		h.hosts[u.Host] = &host{pace: rate.NewLimiter(h.options.Pace, h.options.Burst), pause: newPause(),
			proxy: &window{limit: 30, period: 10 * time.Minute}}
	}
	return h.hosts[u.Host], strings.Contains(u.Path, "/media_proxy/")
}

// Admit takes one download out of its host's budget, or says when to ask again. It never blocks.
func (h *Hosts) Admit(address string) (ok bool, again time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, proxied := h.host(address)
	now := h.options.Clock()
	if one.pause.until.After(now) {
		return false, one.pause.until
	}
	if one.proxy.roll(now); proxied && !one.proxy.open(h.options.Share, now) {
		return false, one.proxy.again()
	}
	turn := one.pace.ReserveN(now, 1)
	if wait := turn.DelayFrom(now); wait > 0 {
		turn.CancelAt(now)
		return false, now.Add(wait)
	}
	if proxied {
		one.proxy.used++
	}
	return true, time.Time{}
}

// Observe learns from an answer, or from there being none (status 0).
func (h *Hosts) Observe(address string, status int, header http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, _ := h.host(address)
	now := h.options.Clock()
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		one.pause.lengthen(now, readAnswer(header, now).retryAfter, "the host is busy")
	case status == 0:
		one.pause.lengthen(now, time.Time{}, "the host does not answer")
	default:
		one.pause.over(now)
	}
}
