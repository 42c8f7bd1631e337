// Package web is the reader: pages over the archive, for people who sit at a browser. They are made on the server, work
// without JavaScript, and hold nothing that makes a request to another host.
//
// Whose eyes a request has is found out in one place ([Options.Viewer]); every page reads the store through that viewer,
// and the store decides what there is to see. What a page shows of a post is untrusted: text that html/template escapes, or
// HTML that passed an allow-list, under a policy that lets no script run but the reader's own.
package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"lama/store"
)

// Options are what a reader is made of.
type Options struct {
	Store  *store.Store
	Data   fs.FS                                     // the data folder, in which the paths of files are
	Hosts  []string                                  // under which it is reached, as a request names them: host or host:port
	SignIn bool                                      // who has no session is asked for a code
	Viewer func(*http.Request) (store.Viewer, error) // who asks, or [ErrSignIn]
	Status func(context.Context, store.Viewer) (Status, error)
	Log    zerolog.Logger
	Now    func() time.Time // nil: the clock's
}

// Reader answers requests. It is safe for concurrent use.
type Reader struct {
	Options
	views   Views
	mux     *http.ServeMux
	origins *http.CrossOriginProtection // no other page sends our forms
	figures figures
}

// New makes a reader.
func New(o Options) *Reader {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Reader{Options: o, views: Views{Routes{}}, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection()}
	for _, route := range r.routes() {
		r.mux.Handle(route.pattern, r.page(route.answer))
	}
	r.mux.Handle("GET /static/", cached(http.FileServerFS(assets)))
	if o.SignIn {
		d := newDoor(o.Store)
		r.mux.Handle("GET /signin", r.open(d.signIn))
		r.mux.Handle("POST /signin", r.open(d.enter))
		r.mux.Handle("POST /signout", r.open(d.leave))
	}
	return r
}

// route is an address and what answers it, for the viewer who asks.
type route struct {
	pattern string
	answer  answer
}

// answer writes a response for a viewer. An error that it returns has written nothing.
type answer func(w http.ResponseWriter, q *http.Request, v store.Viewer) error

// routes are all addresses at which something of the archive is shown.
func (r *Reader) routes() []route {
	return []route{
		{"GET /{$}", r.home},
		{"GET /timeline", r.timeline},
		{"GET /post", r.post},
		{"GET /raw", r.raw},
		{"GET /author/{handle}", r.author},
		{"GET /tags", r.tags},
		{"GET /tag/{tag}", r.tag},
		{"GET /media", r.wall},
		{"GET /media/{sum}", r.file},
		{"GET /search", r.search},
		{"GET /suggest", r.suggest},
		{"GET /statistics", r.statistics},
		{"GET /status", r.status},
		{"GET /", r.nowhere},
	}
}

// Patterns are the addresses at which something of the archive is shown, for who wants to try them all.
func (r *Reader) Patterns() []string {
	var all []string
	for _, route := range r.routes() {
		all = append(all, route.pattern)
	}
	return all
}

// ServeHTTP answers a request that names a host of ours, and refuses any other: a page elsewhere can make its own name
// lead here, and would read the archive through the browser.
func (r *Reader) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	protect(w.Header())
	if !r.knows(q.Host) {
		http.Error(w, "This is not "+q.Host+". Use the address that lama serve printed.", http.StatusMisdirectedRequest)
		return
	}
	r.origins.Handler(r.mux).ServeHTTP(w, q)
}

// open is a page for everybody: it shows nothing of the archive.
func (r *Reader) open(f func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if err := f(w, q); err != nil {
			r.fail(w, q, err)
		}
	})
}

// page finds out who asks, and answers with a page where something goes wrong.
func (r *Reader) page(f answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		v, err := r.Viewer(q)
		if errors.Is(err, ErrSignIn) {
			http.Redirect(w, q, "/signin", http.StatusSeeOther)
			return
		}
		if err == nil {
			err = f(w, q, v)
		}
		if err != nil {
			r.fail(w, q, err)
		}
	})
}
