package stages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lama/archive"
)

// mediaVerdict is what a failure says about asking again.
type mediaVerdict int

const (
	passing  mediaVerdict = iota // a later request may do
	doubtful                     // a success that is none: a mishap of the server, or all it will ever say
	gone                         // this address has it no more
	hopeless                     // no address will do
)

// mediaFailure is why a file did not come. It is about the file: the run goes on.
type mediaFailure struct {
	verdict mediaVerdict
	reason  string
	after   time.Duration // how long the server wants to be left alone
	cause   error         // what cut the request short
}

func (f *mediaFailure) Error() string { return f.reason }

// judge says what an answer without a file means, or nil where it has one.
func judge(resp *http.Response, now time.Time) *mediaFailure {
	code := resp.StatusCode
	f := &mediaFailure{
		reason: strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code)),
		after:  retryAfter(resp.Header, now),
	}
	switch {
	case code == http.StatusOK && compressed(resp.Header):
		f.verdict, f.reason = gone, "compressed, which nobody asked for"
	case code == http.StatusOK:
		return nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		f.verdict = passing
	case code < 300:
		f.verdict = doubtful
	default:
		f.verdict = gone
	}
	return f
}

// compressed says whether an answer's bytes are not the file's.
func compressed(h http.Header) bool {
	encoding := h.Get("Content-Encoding")
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// cutShort is what the failure of a request or of its body means.
func cutShort(err error) *mediaFailure {
	f := &mediaFailure{verdict: passing, reason: err.Error(), cause: err}
	var refused interface{ Permanent() bool }
	if errors.As(err, &refused) && refused.Permanent() {
		f.verdict = gone
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		f.reason = inner.Err.Error() // without the address and its query
	}
	return f
}

// enough is after how many failures a file is given up that may yet come: from the last distance on, a day lies between
// two of them.
var enough = len(distances) - 1 + int(giveUp/distances[len(distances)-1])

// patience is how many failures are waited for at one address, while there is another and while there is none.
func (f *mediaFailure) patience(other bool) int {
	switch {
	case f.verdict == passing && other:
		return 4 // a few hours: elsewhere it may be had at once
	case f.verdict == passing:
		return enough
	case f.verdict == doubtful && !other:
		return 3
	}
	return 0
}

// settle is what a failure means for a file: again later, from another address, or not at all. An address that may yet
// give it takes turns with the other; one that said no is not asked again.
func (f *mediaFailure) settle(m archive.Media, r Retry) (step, gone int, o archive.Outcome) {
	step, gone, o = m.Step, m.Gone, archive.Outcome{State: archive.Pending, Reason: f.said(m, m.Addresses())}
	next, other := m.Elsewhere()
	patience := f.patience(other)
	if m.Attempts < patience || f.verdict == passing && m.Attempts > patience {
		o.NotBefore = r.After(m.Attempts)
		if wanted := r.Now().Add(f.after); wanted.After(o.NotBefore) {
			o.NotBefore = wanted
		}
	}
	switch {
	case f.verdict == hopeless, f.verdict == passing && m.Attempts >= enough:
		o.State, o.NotBefore = archive.Refused, time.Time{}
	case m.Attempts < patience:
	case f.verdict == passing:
		step = next
	case other:
		step, gone = next, gone|1<<m.Step
	default:
		o.State = archive.Refused
	}
	return step, gone, o
}

// maxAfter is the longest that a server may ask to be left alone.
const maxAfter = 24 * time.Hour

// retryAfter is how long a server wants to be left alone: seconds, or until a date by its own clock.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxAfter/time.Second))) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	return min(max(date.Sub(now), 0), maxAfter)
}

// Bounds of what is shown to people, in bytes.
const (
	maxURL    = 200
	maxReason = 500
)

// said is what each address came to so far, without its query: that may hold a signature.
func (f *mediaFailure) said(m archive.Media, addresses []string) string {
	if m.Step >= len(addresses) {
		return excerpt(f.reason, maxReason)
	}
	label := "not an address: "
	if u, err := url.Parse(addresses[m.Step]); err == nil {
		label = excerpt(u.Scheme+"://"+u.Host+u.EscapedPath(), maxURL) + ": "
	}
	text := label + f.reason
	if before, _, _ := strings.Cut(m.Reason, "; "+label); before != "" && !strings.HasPrefix(before, label) {
		text = before + "; " + text
	}
	return excerpt(text, maxReason)
}

// excerpt is the beginning of a text, without what a terminal would obey.
func excerpt(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
