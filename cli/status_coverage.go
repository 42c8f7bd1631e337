package cli

import (
	"fmt"
	"strings"

	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// doubts are the words for what speaks against a gapless walk.
var doubts = map[archive.Doubt]string{
	archive.DoubtNoLink: "the server gave a full page without a link to the next, so that what is older " +
		"can't be asked for",
	archive.DoubtCircle: "the server's links led in a circle",
	archive.DoubtKnown: "the server's cursors can't be compared, so that a page without anything new was taken for where the " +
		"last run had begun",
	archive.DoubtEarlyEnd: "the server said that there is no more, where it had shown more before",
}

// omissions are the words for what a server's lists lack.
var omissions = map[mastodon.Omission]string{
	mastodon.OmitsPostOrder: "the server sorts them by the age of the posts, so that an old post that is added stands " +
		"where the archive has read already",
	mastodon.OmitsBackdated: "a post that is dated back stands where the archive has read already",
	mastodon.OmitsReplies:   "the server lists neither replies nor boosts",
}

// coverage is what a collection's walks prove, on a server of this kind and with these filters.
func coverage(c store.CollectionReport, server mastodon.Server, hides hiding) collectionStatus {
	s := collectionStatus{CollectionReport: c, NotProved: []reason{}}
	if c.ReadTo != "" {
		s.NotProved = append(notProved(c), omitted(c, server, hides)...)
		s.Proved = len(s.NotProved) == 0
	}
	s.Coverage = s.sentence()
	return s
}

// notProved is what was wrong with the walks themselves.
func notProved(c store.CollectionReport) []reason {
	all := []reason{}
	for _, d := range c.Doubts {
		all = append(all, reason{string(d), doubts[d]})
	}
	if !c.Proved && len(all) == 0 {
		all = append(all, reason{"unknown", "an earlier version of LAMA did not note why"})
	}
	return all
}

// omitted is what the server's list lacks, however it is read.
func omitted(c store.CollectionReport, server mastodon.Server, hides hiding) (all []reason) {
	collection := string(c.Collection)
	if o := server.Omits(collection); o != mastodon.OmitsNothing {
		text := omissions[o]
		if walked := archive.ParseTime(c.WalkedAt); server.Inserts(collection) && !walked.IsZero() {
			text += ", unless it was there on " + day(walked.String()) + ", when all was read"
		}
		all = append(all, reason{string(o), text})
	}
	if !server.Filters() || !filtered(collection) {
		return all
	}
	if hides.Unknown != "" {
		all = append(all, reason{"filters unknown", "the server did not tell whether a filter hides posts: " + hides.Unknown})
	}
	for _, f := range hides.Filters {
		if f.Hides(collection) {
			all = append(all, reason{"hide filter", fmt.Sprintf("the filter %q hides posts from LAMA too: let it warn instead, "+
				"and LAMA sees them", printable(f.Title, maxName))})
		}
	}
	return all
}

// filtered says whether a filter can take anything out of a collection.
func filtered(collection string) bool {
	every := mastodon.HidingFilter{Contexts: []string{"home", "notifications", "public", "thread", "account"}}
	return every.Hides(collection)
}

// sentence says how far the collection was read: "favourites complete from the beginning to 2026-11-22 18:02, 0 gaps".
func (s collectionStatus) sentence() string {
	to, read := archive.ParseTime(s.CompleteTo).Minute(), archive.ParseTime(s.ReadTo).Minute()
	text := string(s.Collection)
	switch {
	case s.ReadTo == "":
		return text + " not read yet"
	case s.Complete && s.Proved:
		text += " complete from the beginning to " + to
	case s.Complete:
		text += " read to " + to + " as far as the server shows them"
	case s.CompleteTo != "":
		text += " complete from the beginning to " + to + ", and the newest read to " + read
	default:
		text += " read to " + read + ", not yet from the beginning"
	}
	text += ", " + plural(s.Gaps, "gap")
	if s.Gaps > 0 {
		text += ", which the next run closes"
	}
	if len(s.NotProved) > 0 {
		text += "; not proved: " + s.reasons()
	}
	return text
}

func (s collectionStatus) reasons() string {
	texts := make([]string, len(s.NotProved))
	for i, r := range s.NotProved {
		texts[i] = r.Text
	}
	return strings.Join(texts, "; ")
}
