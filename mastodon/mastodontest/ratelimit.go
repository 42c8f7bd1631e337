package mastodontest

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Throttle is a rate limit: so many requests of one kind by one subject in a window. Windows are fixed and begin
// at multiples of the period since 1970 (mastodon-api.md §3.1).
type Throttle struct {
	Limit  int
	Period time.Duration
	Per    Subject
	Prefix string // of the path; empty: any
	Method string // empty: any
	Paged  bool   // only requests with page, min_id, max_id or since_id
}

// Subject is whose requests a throttle counts together.
type Subject int

// The subjects.
const (
	PerToken Subject = iota
	PerUser          // all tokens of a person
	PerIP            // with and without a token
	PerGuest         // an address, without a token
)

var mastodonThrottles = []Throttle{
	{Limit: 1500, Period: 5 * time.Minute, Per: PerUser, Prefix: "/api/"},
	{Limit: 300, Period: 5 * time.Minute, Per: PerToken, Prefix: "/api/"},
	{Limit: 300, Period: 5 * time.Minute, Per: PerGuest, Prefix: "/api/"},
	{Limit: 300, Period: 15 * time.Minute, Per: PerUser, Paged: true},
	{Limit: 300, Period: 15 * time.Minute, Per: PerGuest, Paged: true},
	{Limit: 30, Period: 10 * time.Minute, Per: PerIP, Prefix: "/media_proxy/"},
	{Limit: 5, Period: 10 * time.Minute, Per: PerIP, Prefix: "/api/v1/apps", Method: http.MethodPost},
}

var goToSocialThrottles = []Throttle{{Limit: 300, Period: 5 * time.Minute, Per: PerIP, Prefix: "/api/"}}

// paged says whether Mastodon counts a request as paging.
func paged(r *http.Request) bool {
	q := r.URL.Query()
	return q.Has("page") || q.Has("min_id") || q.Has("max_id") || q.Has("since_id")
}

// limited counts requests, tells the closest throttle in headers and answers 429 above a limit.
func (i *Instance) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		closest, left, counted := i.spend(r)
		if counted && strings.HasPrefix(r.URL.Path, "/api/") {
			w.Header().Set("X-RateLimit-Limit", strconv.Itoa(closest.Limit))
			w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
			w.Header().Set("X-RateLimit-Reset", i.reset(closest))
		}
		if counted && left < 0 {
			text := "Too many requests"
			if i.software.goToSocial() {
				text = "rate limit reached"
			}
			fail(w, failure{http.StatusTooManyRequests, text})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// spend counts a request in each throttle that applies and gives the one with the fewest left; left is negative
// for a request too many.
func (i *Instance) spend(r *http.Request) (closest Throttle, left int, counted bool) {
	now := i.world.Now()
	for n, t := range i.throttles {
		subject := i.subject(t, r)
		if subject == "" {
			continue
		}
		window := fmt.Sprint(n, " ", subject, " ", now.Unix()/int64(t.Period.Seconds()))
		i.mu.Lock()
		i.usage[window]++
		rest := t.Limit - i.usage[window]
		i.mu.Unlock()
		if !counted || rest < left {
			closest, left, counted = t, rest, true
		}
	}
	return closest, left, counted
}

// subject is whom a throttle counts a request for; empty where it does not apply.
func (i *Instance) subject(t Throttle, r *http.Request) string {
	if !strings.HasPrefix(r.URL.Path, t.Prefix) || t.Method != "" && t.Method != r.Method || t.Paged && !paged(r) {
		return ""
	}
	g, _ := i.bearer(r)
	switch {
	case t.Per == PerIP || t.Per == PerGuest && g == nil:
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		return "ip " + host
	case t.Per == PerToken && g != nil:
		return "token " + g.token
	case t.Per == PerUser && g != nil && g.person != nil:
		return "user " + g.person.user
	}
	return ""
}

// reset is when a throttle's window ends, in the format of the software.
func (i *Instance) reset(t Throttle) string {
	now := i.world.Now().UTC()
	period := int64(t.Period.Seconds())
	end := now.Add(time.Duration(period-now.Unix()%period) * time.Second)
	if i.software.goToSocial() {
		return end.Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
	}
	return end.Format("2006-01-02T15:04:05.000000Z")
}
