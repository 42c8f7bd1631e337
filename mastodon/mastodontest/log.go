package mastodontest

import (
	"slices"
	"strings"
	"time"
)

// Request is a request that came to an instance.
type Request struct {
	Host     string
	Method   string
	Path     string
	Query    string
	Endpoint string // the pattern of the path: /api/v1/statuses/{id}/context; empty for none that is known
	Account  string // user@host of the token's person; empty without one
	Paged    bool   // it counts as paging: it has page, min_id, max_id or since_id
	Media    bool   // it is for a file
	At       time.Time
	Range    string // the part of a file that it asks for; empty: all
	Status   int    // of the answer; 0 while there is none
	Bytes    int64  // of the answer's body that were sent so far
}

// Log is requests in the order in which they came. Its methods pick some of them: len counts.
type Log []Request

func (l Log) where(keep func(Request) bool) Log {
	return slices.DeleteFunc(slices.Clone(l), func(r Request) bool { return !keep(r) })
}

// On picks the requests to a host.
func (l Log) On(host string) Log { return l.where(func(r Request) bool { return r.Host == host }) }

// To picks the requests to an endpoint, as the pattern or as the path itself.
func (l Log) To(endpoint string) Log {
	return l.where(func(r Request) bool { return r.Endpoint == endpoint || r.Path == endpoint })
}

// By picks the requests with a token of a person.
func (l Log) By(p *Person) Log {
	return l.where(func(r Request) bool { return r.Account == p.Handle() })
}

// Paged picks the requests that count as paging.
func (l Log) Paged() Log { return l.where(func(r Request) bool { return r.Paged }) }

// Media picks the requests for files.
func (l Log) Media() Log { return l.where(func(r Request) bool { return r.Media }) }

// API picks the requests below /api/.
func (l Log) API() Log {
	return l.where(func(r Request) bool { return strings.HasPrefix(r.Path, "/api/") })
}

// Answered picks the requests that were answered with a status.
func (l Log) Answered(status int) Log {
	return l.where(func(r Request) bool { return r.Status == status })
}

// Bytes is how much was sent in all.
func (l Log) Bytes() (n int64) {
	for _, r := range l {
		n += r.Bytes
	}
	return n
}
