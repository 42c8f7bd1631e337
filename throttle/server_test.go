package throttle_test

import (
	"net/http"
	"strconv"
	"time"

	"lama/throttle"
)

// A limit counts requests in fixed windows that begin at multiples of the period since 1970.
type limit struct {
	requests int
	period   time.Duration
	paged    bool // only those with page, min_id, max_id or since_id
}

// mastodon are the limits of Mastodon that a user meets (mastodon-api.md §3.1).
var mastodon = []limit{
	{1500, 5 * time.Minute, false},
	{300, 5 * time.Minute, false},
	{300, 15 * time.Minute, true},
}

// iso is how Mastodon writes the end of a window.
func iso(reset, _ time.Time) string { return reset.UTC().Format("2006-01-02T15:04:05.000000Z") }

// A server counts as rack-attack does. It is not safe for concurrent use.
type server struct {
	limits  []limit
	ahead   time.Duration // of the local clock
	format  func(reset, now time.Time) string
	all     map[window]int // requests of everybody
	ours    map[window]int
	refused int
}

type window struct {
	limit
	number int64
}

func newServer(limits ...limit) *server {
	return &server{limits: limits, format: iso, all: map[window]int{}, ours: map[window]int{}}
}

func (s *server) now() time.Time { return time.Now().Add(s.ahead) }

// phone is a request of another of the person's clients.
func (s *server) phone(paged bool) { s.count(paged, s.all) }

// answer counts a request of ours and gives what is answered.
func (s *server) answer(paged bool) (status int, header http.Header) {
	s.count(paged, s.ours)
	closest, left := s.count(paged, s.all)
	now := s.now()
	header = http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	if closest.requests == 0 {
		return http.StatusOK, header
	}
	reset := now.Add(closest.period - time.Duration(now.Unix()%int64(closest.period.Seconds()))*time.Second)
	header.Set("X-RateLimit-Limit", strconv.Itoa(closest.requests))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	header.Set("X-RateLimit-Reset", s.format(reset, now))
	if left < 0 {
		s.refused++
		return http.StatusTooManyRequests, header
	}
	return http.StatusOK, header
}

// count adds a request to every limit that it meets, and gives the one that is closest to empty.
func (s *server) count(paged bool, counts map[window]int) (closest limit, left int) {
	for _, l := range s.limits {
		if l.paged && !paged {
			continue
		}
		w := window{l, s.now().Unix() / int64(l.period.Seconds())}
		counts[w]++
		if rest := l.requests - counts[w]; closest.requests == 0 || rest < left {
			closest, left = l, rest
		}
	}
	return closest, left
}

// ask makes one request if it is admitted.
func (s *server) ask(b *throttle.Budget, paged bool) bool {
	ok, _ := b.Admit(paged)
	if ok {
		status, header := s.answer(paged)
		b.Observe(paged, status, header)
	}
	return ok
}

// spend makes requests until none is admitted, and says how many were; it gives up at 5,000.
func (s *server) spend(b *throttle.Budget, paged bool) (n int) {
	for n < 5000 && s.ask(b, paged) {
		n++
	}
	return n
}
