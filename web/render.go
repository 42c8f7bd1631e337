package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"lama/archive"
	"lama/store"
)

//go:embed static
var assets embed.FS

// Static are the files that pages load, below static/.
func Static() fs.FS { return assets }

//go:embed templates
var sources embed.FS

// templates are the pages by name, each with the frame around it. They are parsed when the first page is made: it takes 9 ms,
// which every other command, too, would start with.
var templates = sync.OnceValue(parseTemplates)

func parseTemplates() map[string]*template.Template {
	frame := template.Must(template.New("frame").Funcs(functions).ParseFS(sources, "templates/frame.html", "templates/parts.html"))
	all := map[string]*template.Template{}
	for _, name := range []string{"home", "timeline", "post", "author", "tags", "media", "search", "statistics", "status", "signin",
		"error", "find"} {
		all[name] = template.Must(template.Must(frame.Clone()).ParseFS(sources, "templates/"+name+".html"))
	}
	return all
}

var functions = template.FuncMap{
	"comma":      humanize.Comma,
	"size":       func(n int64) string { return humanize.Bytes(uint64(max(0, n))) },
	"day":        func(t archive.Time) string { return local(t, "2 January 2006") },
	"date":       func(t archive.Time) string { return local(t, "2 Jan 2006") },
	"clock":      func(t archive.Time) string { return local(t, "2 Jan 2006, 15:04") },
	"iso":        func(t archive.Time) string { return t.UTC().Format(time.RFC3339) },
	"add":        func(a, b int) int { return a + b },
	"visibility": audience,
}

func local(t archive.Time, layout string) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.Local().Format(layout)
}

// Page is what every page tells its frame.
type Page struct {
	Title  string
	Here   string // which entry of the navigation it is
	Query  string // what stands in the box for searching
	Person string // who can sign out
	Alone  bool   // without the navigation: it would lead nowhere
	Frame  Frame  // the reader sets its own
	Body   any
}

// Frame is what a page has around it: the addresses of its parts and of the pages that every page leads to.
type Frame struct {
	Policy     string // what the page may load and run; empty where the response's header says it
	Nonce      string // by which the policy knows the page's scripts; empty where it knows them otherwise
	Home       string
	Static     string // before the name of a file of the reader's own
	Find       string // what a search is sent to; empty where nothing can be searched
	Suggest    string // what says how a search may go on; empty where nothing does
	Navigation []Entry
	Scripts    []string // addresses of more scripts, in their order
}

// Write writes a page whole: what is kept under its name of the templates, in the frame.
func (p Page) Write(w io.Writer, name string) error {
	if err := templates()[name].ExecuteTemplate(w, "frame.html", p); err != nil {
		return fmt.Errorf("make the page %s: %w", name, err)
	}
	return nil
}

// Write writes a post as it stands in every page.
func (p *Post) Write(w io.Writer) error {
	if err := templates()["home"].ExecuteTemplate(w, "post", p); err != nil {
		return fmt.Errorf("show the post %s: %w", p.URI, err)
	}
	return nil
}

// show writes a page for a viewer. A browser that has it already is told so; that it must ask is because what it may see can
// change.
func (r *Reader) show(w http.ResponseWriter, q *http.Request, v store.Viewer, name string, p Page) error {
	if r.SignIn {
		p.Person = v.Person
	}
	return renderAs(w, q, http.StatusOK, name, p)
}

func renderAs(w http.ResponseWriter, q *http.Request, code int, name string, p Page) error {
	var b bytes.Buffer
	p.Frame = routed
	if err := p.Write(&b, name); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if code == http.StatusOK {
		w.Header().Set("ETag", tag)
		if strings.Contains(q.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // who went away needs no answer
	return nil
}

// mistake is what a person asked for that can't be had: a text for them and the code of the response.
type mistake struct {
	code int
	text string
}

func (m *mistake) Error() string { return m.text }

// absence is the answer for what there is not and for what the viewer may not see: nobody can tell the one from the other.
var absence = &mistake{http.StatusNotFound, "There is nothing here that you can see."}

func (r *Reader) nowhere(http.ResponseWriter, *http.Request, store.Viewer) error { return absence }

// fail answers with a page that says what is wrong. What is not the asker's mistake goes to the log alone: it may name
// what they must not see.
func (r *Reader) fail(w http.ResponseWriter, q *http.Request, err error) {
	m := &mistake{http.StatusInternalServerError, "The archive could not be read. The terminal of lama serve says why."}
	if !errors.As(err, &m) && q.Context().Err() == nil {
		r.Log.Error().Err(err).Str("page", q.URL.Path).Msg("a page could not be made")
	}
	if err := renderAs(w, q, m.code, "error", Page{Title: http.StatusText(m.code), Alone: r.SignIn, Body: m.text}); err != nil {
		http.Error(w, m.text, m.code)
	}
}

// cached is for the reader's own files, which change with the program only.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		next.ServeHTTP(w, q)
	})
}
