package stages

import (
	"time"

	"lama/archive"
	"lama/mastodon"
)

// Retry says what a failed request means for its task.
type Retry struct{ Now func() time.Time }

// distances are how long a task waits after each failure. The first two are waited for by the run itself.
var distances = []time.Duration{5 * time.Second, 30 * time.Second, 10 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// patient is how many failures to find a server's name are waited for by the run before the server is taken to be gone.
const patient = 2

// After is when a task may be tried again that has failed so many times before.
func (r Retry) After(attempts int) time.Time {
	return r.Now().Add(distances[min(attempts, len(distances)-1)])
}

// Outcome is what an error of the API means. A post that its server does not give is refused for a while; a
// collection is never: it is asked for again by every run.
func (r Retry) Outcome(err error, attempts int, post bool) archive.Outcome {
	o := archive.Outcome{State: archive.Pending, Reason: err.Error()}
	switch kind := mastodon.KindOf(err); {
	case kind == mastodon.Unauthorized || kind == mastodon.Frozen:
		o.Account = err
	case !post && mastodon.InstanceGone(err) && (kind != mastodon.Temporary || attempts >= patient):
		o.Account = err
	case post && (kind == mastodon.NotFound || kind == mastodon.Forbidden || kind == mastodon.Invalid):
		o.State, o.NotBefore, o.Missing = archive.Refused, r.Now().Add(refusedFor), mastodon.PostGone(err)
	case kind == mastodon.Throttled: // at once, when the budget lets it through: that read when
	case kind == mastodon.NotFound || kind == mastodon.Forbidden || kind == mastodon.Invalid:
		o.NotBefore = r.Now().Add(24 * time.Hour)
	default:
		o.NotBefore = r.After(attempts)
	}
	return o
}
