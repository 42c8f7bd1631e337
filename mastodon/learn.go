package mastodon

import (
	"fmt"
	"maps"
)

// Ability is what only some servers have, or have in another size.
type Ability string

// The abilities that a first request for them decides.
const (
	AbleBatch   Ability = "batch"   // several posts in one answer
	AbleContext Ability = "context" // what is above a post
	AblePages   Ability = "pages"   // pages of the usual size
)

// small is a page that every server gives.
const small = 20

// Learn is the server with what the first request for an ability has shown: err is that request's error, nil where it
// was answered. Only a refusal counts, no outage; later ones change nothing, since a post may be gone and a server
// have a bad day. changed says whether there is anything new.
func (s Server) Learn(what Ability, err error) (learned Server, changed bool) {
	key := string(what) + " asked"
	if what == "" || s.Evidence[key] != "" || err != nil && !what.refused(err) {
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
	case AblePages:
		s.Most = small
	}
	return s, true
}

// refused says whether an error means that the server lacks the ability. A page may be refused for its collection.
func (a Ability) refused(err error) bool {
	return Refused(err) && (a != AblePages || KindOf(err) == Invalid)
}

// Refused says whether a server understood a request and would not answer it.
func Refused(err error) bool {
	switch KindOf(err) {
	case NotFound, Forbidden, Invalid:
		return true
	}
	return false
}
