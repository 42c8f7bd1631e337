package mastodon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Ability is what only some servers have, or have in another size.
type Ability string

// The abilities that a request for them decides; there is one of pages for each collection, see [AblePages].
const (
	AbleBatch   Ability = "batch"   // several posts in one answer
	AbleContext Ability = "context" // what is above a post
	AbleHistory Ability = "history" // the older versions of a post
)

// AblePages is the ability to give pages of a collection in the usual size.
func AblePages(collection string) Ability { return Ability(pagesOf + collection) }

const pagesOf = "pages of "

// small is a page that every server gives.
const small = 20

// Learn is the server with what a request for an ability has shown: err is that request's error, nil where it was
// answered. Only a refusal counts, no outage, and what was decided once stays: a server may have a bad day. A context or a
// history that is refused may be that of a post which is gone, so that takes a second one. changed says whether the server is to be
// asked in another way from now on, or is known to be asked rightly.
func (s Server) Learn(what Ability, err error) (learned Server, changed bool) {
	key := string(what) + " asked"
	if what == "" || s.Evidence[key] != "" || err != nil && !what.refused(err) {
		return s, false
	}
	if err != nil && (what == AbleContext || what == AbleHistory) && !slices.Contains(s.Doubts, what) {
		s.Doubts = append(slices.Clone(s.Doubts), what)
		return s, false
	}
	s.Evidence = maps.Clone(s.Evidence)
	if s.Evidence == nil {
		s.Evidence = map[string]string{}
	}
	if err == nil {
		s.Evidence[key] = "given"
		return s, true
	}
	s.Evidence[key] = bounded(fmt.Sprintf("refused: %v", err))
	switch what {
	case AbleBatch:
		s.Batch = BatchNone
	case AbleContext:
		s.NoContext = true
	case AbleHistory:
		s.NoHistory = true
	default:
		s.Most = small
	}
	return s, true
}

// refused says whether an error means that the server lacks the ability. A page may be refused for its collection.
func (a Ability) refused(err error) bool {
	return Refused(err) && (!strings.HasPrefix(string(a), pagesOf) || KindOf(err) == Invalid)
}

// PostGone says whether a server's answer to a request for a post is that there is none, or none for whoever asked. A token
// that may not ask is no such answer.
func PostGone(err error) bool {
	switch KindOf(err) {
	case NotFound:
		return true
	case Forbidden:
		return !strings.Contains(strings.ToLower(err.Error()), "scope")
	}
	return false
}

// Refused says whether a server understood a request and would not answer it.
func Refused(err error) bool {
	switch KindOf(err) {
	case NotFound, Forbidden, Invalid:
		return true
	}
	return false
}
