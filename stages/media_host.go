package stages

import (
	"time"

	"lama/archive"
)

// A media host that gives no answer is asked again when it has been silent as long again, within these bounds, and
// with another of its files each time: one that never comes must not stand for all.
const (
	hostSoonest = 10 * time.Minute
	hostLatest  = 20 * time.Hour // a daily run, whose minute varies, finds it due
)

// hostLeave is when files of a silent host are asked for at their other address: a few hours are a restart, a day is
// not, and meanwhile the other address may lose them.
const hostLeave = 2 * time.Hour

// giveUp is how long a host, or a file of one that answers, is asked for in vain. Peers wait 14 days (mastodon-archive);
// instances that run out of money or lose a disk have come back after weeks.
const giveUp = 90 * 24 * time.Hour

// silence is what is noted of a host that gave no answer to a request for a file.
func silence(name string, m archive.Media, reason string, now time.Time) *archive.Host {
	since := m.Silent.Time
	if since.IsZero() {
		since = now
	}
	silent := now.Sub(since)
	return &archive.Host{
		Name: name, Silent: true, Since: since, NotBefore: now.Add(min(max(silent, hostSoonest), hostLatest)),
		Reason: excerpt(reason, maxReason), Leave: silent >= hostLeave, GiveUp: silent >= giveUp,
	}
}

// yield is when a file is due again whose host was silent: after the host's next turn, which is another file's.
func yield(h *archive.Host, now time.Time) time.Time { return now.Add(2 * h.NotBefore.Sub(now)) }

// unreachable says whether an answer comes from what stands before a host, such as a CDN, and says that the host gave
// none.
func unreachable(status int) bool {
	switch status {
	case 521, 522, 523, 525, 526, 530: // Cloudflare: refused, timed out, no route, no TLS, no name
		return true
	}
	return false
}
