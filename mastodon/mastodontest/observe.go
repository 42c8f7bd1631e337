package mastodontest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Flight is how many requests are open at a time.
type Flight struct {
	Now int
	Max int // the most that ever were
}

// observer sees every request of a world.
type observer struct {
	mu      sync.Mutex
	log     []*Request
	flights map[string]*Flight
	gates   []*Gate
}

// Log gives the requests that came so far.
func (w *World) Log() Log {
	w.observer.mu.Lock()
	defer w.observer.mu.Unlock()
	all := make(Log, len(w.observer.log))
	for i, r := range w.observer.log {
		all[i] = *r
	}
	return all
}

// ForgetLog empties the log.
func (w *World) ForgetLog() {
	w.observer.mu.Lock()
	defer w.observer.mu.Unlock()
	w.observer.log = nil
}

// Flight is the API requests with p's tokens.
func (p *Person) Flight() Flight { return p.world.observer.flight(p.Handle()) }

// MediaFlight is the requests for files at the instance.
func (i *Instance) MediaFlight() Flight { return i.world.observer.flight(i.host) }

func (o *observer) flight(key string) Flight {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f := o.flights[key]; f != nil {
		return *f
	}
	return Flight{}
}

// begin enters a request in the log and counts it among those in flight; landed ends that.
func (o *observer) begin(r Request) (entry *Request, gates []*Gate, landed func(status int)) {
	key := r.Account
	if r.Media {
		key = r.Host
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.flights == nil {
		o.flights = make(map[string]*Flight)
	}
	f := o.flights[key]
	if f == nil {
		f = &Flight{}
		o.flights[key] = f
	}
	f.Now++
	f.Max = max(f.Max, f.Now)
	o.log = append(o.log, &r)
	return &r, slices.Clone(o.gates), func(status int) {
		o.mu.Lock()
		defer o.mu.Unlock()
		f.Now--
		r.Status = status
	}
}

// observed enters every request of an instance in the world's log and holds it at the gates.
func (w *World) observed(i *Instance, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		entry, gates, landed := w.observer.begin(i.describe(r))
		answer := &recorder{ResponseWriter: rw, sent: func(n int) { w.observer.sent(entry, n) }}
		defer func() { landed(answer.status) }()
		for _, gate := range gates {
			gate.pass(r.Context(), *entry)
		}
		next.ServeHTTP(answer, r)
	})
}

func (i *Instance) describe(r *http.Request) Request {
	_, pattern := i.mux.Handler(r)
	_, endpoint, _ := strings.Cut(pattern, " ")
	entry := Request{
		Host: i.host, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Endpoint: endpoint,
		Paged: paged(r), At: i.world.Now(), Range: r.Header.Get("Range"),
		Media: slices.ContainsFunc(slices.Concat(filePrefixes, emblems), func(prefix string) bool {
			return strings.HasPrefix(r.URL.Path, prefix)
		}),
	}
	if g, _ := i.bearer(r); g != nil && g.person != nil {
		entry.Account = g.person.Handle()
	}
	return entry
}

// sent counts what is sent of a body. Whoever has received it finds it counted.
func (o *observer) sent(entry *Request, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	entry.Bytes += int64(n)
}

// recorder keeps the status of an answer and tells of what is sent before it is.
type recorder struct {
	http.ResponseWriter
	status int
	sent   func(n int)
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.sent(len(b))
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
