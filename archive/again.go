package archive

import "time"

// Again counts what came of asking again for posts that are stored.
type Again struct {
	Read    int // that came
	Changed int // of these, that say something else than before
	Missing int // that their server has no more
}

// Add adds what else came.
func (a *Again) Add(b Again) {
	a.Read, a.Changed, a.Missing = a.Read+b.Read, a.Changed+b.Changed, a.Missing+b.Missing
}

// ages are those at which a post is asked for again: most that is edited, deleted or taken back is so early.
var ages = []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}

// RecheckAt is when a post that was fetched now is to be asked for again because of its age; zero for never. A boost
// says nothing of its own: what it boosts is asked for, and tells whether it is boosted still.
func (p Post) RecheckAt(now Time) Time {
	if p.CreatedAt.IsZero() || p.Reblog != "" {
		return Time{}
	}
	for _, age := range ages {
		if at := p.CreatedAt.Add(age); at.After(now.Time) {
			return Time{at}
		}
	}
	return Time{}
}

// AgainAt is when something of a post that was fetched now will be there that was not: the result of its poll, or media
// that its server was processing. Zero for never, and for a boost, which may show what it boosts.
//
// What was imported is asked for at once: its server may have more, and has it in its own words.
func (p Post) AgainAt(now Time) Time {
	switch {
	case p.Reblog != "":
		return Time{}
	case p.Imported != "":
		return now
	}
	at := p.processedAt(now)
	if p.PollEnds.After(now.Time) && (at.IsZero() || p.PollEnds.Before(at.Time)) {
		at = p.PollEnds
	}
	return at
}

// Media that have no address are asked for after minutes, and then at growing distances: as long again as the post is
// old. What was not processed in a month never will be.
const (
	firstProcessing = 5 * time.Minute
	lastProcessing  = 30 * 24 * time.Hour
)

func (p Post) processedAt(now Time) Time {
	age := now.Sub(p.CreatedAt.Time)
	for _, a := range p.Media {
		if a.Unprocessed() && !a.Off && age.Abs() < lastProcessing {
			return Time{now.Add(max(firstProcessing, age))}
		}
	}
	return Time{}
}

// Unprocessed says whether an attachment has no address yet.
func (a Attachment) Unprocessed() bool { return a.URL == "" && a.RemoteURL == "" }
