package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"lama/archive"
	"lama/store"
)

// pageSize is how many posts a list shows at once: with their text they stay far below 60 KB.
const pageSize = 20

// Entry is a link in the navigation.
type Entry struct {
	Name, Path string
	Here       bool
}

// routed is the frame of the pages that the reader answers with.
var routed = Frame{Home: "/", Static: "/static/", Find: "/search", Suggest: "/suggest", Navigation: []Entry{{Name: "Home", Path: "/"},
	{Name: "Timeline", Path: "/timeline"}, {Name: "Media", Path: "/media"}, {Name: "Tags", Path: "/tags"},
	{Name: "Search", Path: "/search"}, {Name: "Statistics", Path: "/statistics"}, {Name: "Status", Path: "/status"}}}

// Tally is a number that leads to what it counts.
type Tally struct {
	N          int64
	What, Path string
}

// Home is what stands on the first page.
type Home struct {
	Counts    []Tally
	OnThisDay []Year
	Recent    []*Post
	More      string
}

// Year is what was written on this day in an earlier one.
type Year struct {
	Year  int
	Posts []*Post
}

func (r *Reader) home(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	figures, err := r.figuresOf(q.Context(), v)
	if err != nil {
		return err
	}
	recent, next, err := r.Store.List(q.Context(), v, store.Listing{After: after(q), Limit: pageSize})
	if err != nil {
		return err
	}
	body := Home{Counts: tallies(figures)}
	left := fullPage
	if after(q).At.IsZero() {
		if body.OnThisDay, err = r.onThisDay(q.Context(), v, figures.First, r.Now()); err != nil {
			return err
		}
		for i := range body.OnThisDay {
			then := &body.OnThisDay[i]
			then.Posts = then.Posts[:left.fitting(then.Posts, "post")]
		}
	}
	body.Recent, next = left.page(r.views, recent, next, "post")
	body.More = older(q, next.String())
	return r.show(w, q, v, "home", Page{Title: "Home", Here: "Home", Body: body})
}

func tallies(f store.Figures) []Tally {
	all := []Tally{{f.Posts, "in all", "/timeline"}}
	for _, c := range collections[1:] {
		if n := f.Bases[string(c.base)]; n > 0 {
			all = append(all, Tally{n, cmp.Or(c.called, c.name), timelinePath(c.name, "")})
		}
	}
	return append(all, Tally{f.Files, "files", "/media"}, Tally{int64(len(f.Authors)), "authors", "/statistics"})
}

// mostOnThisDay bounds what is shown of one year.
const mostOnThisDay = 3

// yearsAtOnce is how many of them are asked for side by side: each takes a few round trips to a database elsewhere.
const yearsAtOnce = 4

// onThisDay reads what was written on this day in earlier years, where the reader lives.
func (r *Reader) onThisDay(ctx context.Context, v store.Viewer, first archive.Time, now time.Time) ([]Year, error) {
	if first.IsZero() {
		return nil, nil
	}
	all := make([]Year, max(0, now.Year()-first.Local().Year()))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(yearsAtOnce)
	for i := range all {
		g.Go(func() error {
			y := now.Year() - 1 - i
			day := time.Date(y, now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
			posts, _, err := r.Store.List(ctx, v, store.Listing{From: archive.At(day), Until: archive.At(day.AddDate(0, 0, 1)),
				Limit: mostOnThisDay})
			all[i] = Year{y, r.views.Posts(posts)}
			return err
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(all, func(y Year) bool { return len(y.Posts) == 0 }), err
}

func after(q *http.Request) store.Cursor { return store.ParseCursor(q.URL.Query().Get("after")) }

// older is the address of the rest of the list that q shows; empty where it ends.
func older(q *http.Request, next string) string {
	if next == "" {
		return ""
	}
	values := url.Values{}
	for name, value := range q.URL.Query() {
		values[name] = value
	}
	values.Set("after", next)
	return (&url.URL{Path: q.URL.Path, RawQuery: values.Encode()}).String()
}
