package mastodontest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Fault is what can be wrong with an answer: it stands between a request and what answers it.
type Fault func(next http.Handler) http.Handler

// answering is a fault that answers by itself.
func answering(answer http.HandlerFunc) Fault {
	return func(http.Handler) http.Handler { return answer }
}

// spoiling is a fault that changes the answer.
func spoiling(spoil func(w http.ResponseWriter, r *http.Request, answer *capture)) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := &capture{header: http.Header{}, status: http.StatusOK}
			next.ServeHTTP(answer, r)
			maps.Copy(w.Header(), answer.header)
			spoil(w, r, answer)
		})
	}
}

// capture keeps an answer instead of sending it.
type capture struct {
	header http.Header
	status int
	bytes.Buffer
}

func (c *capture) Header() http.Header    { return c.header }
func (c *capture) WriteHeader(status int) { c.status = status }

// send writes a body; the client may have gone.
func send(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	_, _ = w.Write(body)
	_ = http.NewResponseController(w).Flush()
}

// Status answers with a status, a body, and headers as name and value in turn: Status(503, "", "Retry-After", "30").
func Status(status int, body string, headers ...string) Fault {
	return answering(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for n := 0; n+1 < len(headers); n += 2 {
			w.Header().Set(headers[n], headers[n+1])
		}
		send(w, status, []byte(body))
	})
}

// HTML answers 200 with a web page, as a parked domain or a portal does.
func HTML() Fault {
	return answering(func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, "Welcome") })
}

// Redirect answers 302 to another address.
func Redirect(address string) Fault {
	return answering(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) })
}

// Stall does not answer until the client gives up.
func Stall() Fault {
	return answering(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
}

// Drop closes the connection without an answer.
func Drop() Fault {
	return answering(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// Cut sends the first half of the answer, whose Content-Length names the whole, and closes the connection. Of an
// answer that is the rest of a file it is half of that: a rule's Times says how often one file is cut.
func Cut() Fault {
	return spoiling(func(w http.ResponseWriter, _ *http.Request, answer *capture) {
		w.Header().Set("Content-Length", strconv.Itoa(answer.Len()))
		send(w, answer.status, answer.Bytes()[:answer.Len()/2])
		panic(http.ErrAbortHandler)
	})
}

// Whole answers as a server does that knows no ranges: with the whole, whatever part is asked for.
func Whole() Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.Header.Del("Range")
			next.ServeHTTP(w, r)
		})
	}
}

// Truncate sends the first half of the answer as if it were all: the Content-Length fits.
func Truncate() Fault {
	return spoiling(func(w http.ResponseWriter, _ *http.Request, answer *capture) {
		half := answer.Bytes()[:answer.Len()/2]
		w.Header().Set("Content-Length", strconv.Itoa(len(half)))
		send(w, answer.status, half)
	})
}

// Vanish deletes a post while the page that has it is made. Mastodon up to 4.2 leaves it out after it has counted the
// rows, and with it the link to the next page (mastodon-4.2.0 cache_concern.rb:225).
func Vanish(p *Post) Fault {
	return spoiling(func(w http.ResponseWriter, _ *http.Request, answer *capture) {
		id, items := p.author.home.ID(p), []json.RawMessage{}
		if err := json.Unmarshal(answer.Bytes(), &items); err != nil {
			panic(err) // the rule meets no list
		}
		p.Delete()
		items = slices.DeleteFunc(items, func(item json.RawMessage) bool {
			return bytes.Contains(item, []byte(`"id":"`+id+`"`))
		})
		body, _ := json.Marshal(items) // never fails
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		links := strings.Split(w.Header().Get("Link"), ", ")
		w.Header().Set("Link", links[len(links)-1]) // that is prev
		send(w, answer.status, body)
	})
}

// Endless sends the answer again and again until the client has enough.
func Endless() Fault {
	return spoiling(func(w http.ResponseWriter, r *http.Request, answer *capture) {
		w.Header().Del("Content-Length")
		for r.Context().Err() == nil {
			if _, err := w.Write(append(answer.Bytes(), ' ')); err != nil {
				return
			}
		}
	})
}

// ContentType sends the answer as another type than it is.
func ContentType(kind string) Fault {
	return spoiling(func(w http.ResponseWriter, _ *http.Request, answer *capture) {
		w.Header().Set("Content-Type", kind)
		send(w, answer.status, answer.Bytes())
	})
}

// RevokeAt revokes the token of the request that it meets: that request and all later ones get 401.
func (i *Instance) RevokeAt() Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if g, _ := i.bearer(r); g != nil {
				i.mu.Lock()
				g.revoked = true
				i.mu.Unlock()
			}
			next.ServeHTTP(w, r)
		})
	}
}
