package throttle

import (
	"net/http"
	"strings"
	"time"
)

// Observe learns from the answer to a request that was admitted. status is 0 where none came: the server may have
// counted it nevertheless.
func (b *Budget) Observe(paged bool, status int, header http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.clock.skew
	jumped := b.clock.learn(dateOf(header))
	b.pause.shift(b.clock.skew - before)
	if jumped {
		for _, w := range b.windows(true) { // their ends were those of a wrong time
			w.align(b.clock.now())
		}
	}
	now := b.roll()
	a := readAnswer(header, now)
	described := b.described(paged, a, now)
	for _, w := range b.windows(paged) {
		if w == described {
			w.told(a)
		} else {
			w.answered(now)
		}
	}
	b.state(status, a)
	b.judge(status, header, a, described != nil, now)
}

// described is the window that an answer speaks of: of those that count the request the one closest to empty
// (v4.6.5 rate_limit_headers.rb:58-61). It is nil where the answer tells of none, or of one that is over.
func (b *Budget) described(paged bool, a answer, now time.Time) *window {
	if a.limit == 0 || !a.reset.After(now) {
		return nil
	}
	w := b.every
	if paged && b.paging != nil && b.aboutPaging(a, now) {
		w = b.paging
	}
	if w.follows(a.reset) {
		return nil
	}
	return w
}

// aboutPaging tells the two windows apart by their ends. Every third short window ends with the long one: then no
// more pages are left than the answer says, whichever it means, and other requests have answers of their own.
func (b *Budget) aboutPaging(a answer, now time.Time) bool {
	return b.paging.ends(a.reset) || !b.every.ends(a.reset) && a.reset.Sub(now) > b.every.period+sameEnd
}

// state notes whether the server states limits.
func (b *Budget) state(status int, a answer) {
	switch {
	case a.limit > 0, status == http.StatusTooManyRequests:
		b.stated = true
	case status > 0 && status < http.StatusInternalServerError:
		b.silent++ // what a proxy answers in the server's place says nothing
	}
	if b.free() {
		b.pace.SetLimitAt(b.options.Clock(), b.options.Free)
	} else {
		b.pace.SetLimitAt(b.options.Clock(), b.options.Pace)
	}
}

// judge pauses where the server refuses, and ends the back-off where it does not.
func (b *Budget) judge(status int, header http.Header, a answer, described bool, now time.Time) {
	switch {
	case status == http.StatusTooManyRequests && a.retryAfter.IsZero() && described && a.left == 0:
		// That window is closed until its end, and only that one.
	case status == http.StatusTooManyRequests:
		b.pause.lengthen(now, a.told(), "the server says: too many requests")
	case status == http.StatusServiceUnavailable && (!a.retryAfter.IsZero() || !aboutRemote(header)):
		b.pause.lengthen(now, a.retryAfter, "the server is not available")
	case status == 0:
		b.pause.lengthen(now, time.Time{}, "the server does not answer")
	default:
		b.pause.over(now)
	}
}

// told is until when a 429 asks to wait; zero where it does not say.
func (a answer) told() time.Time {
	if a.retryAfter.IsZero() {
		return a.reset
	}
	return a.retryAfter
}

// aboutRemote says whether a 503 comes from the application: Mastodon's "Remote data could not be fetched" is about
// another server (v4.6.5 error_handling.rb:23-42). A server that is down answers through its proxy, in HTML.
func aboutRemote(h http.Header) bool { return strings.Contains(h.Get("Content-Type"), "json") }
