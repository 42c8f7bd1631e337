package site

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"lama/store"
	"lama/web"
)

// Posts in a page: with their texts they stay far below 60 KB.
const (
	perPage = 20
	perWall = 24
)

// writing is a list that is being written, page by page.
type writing struct {
	*builder
	uris []string
	size int                                                             // posts in a page
	file func(n int) string                                              // of page n, from 1 on
	next string                                                          // where the list goes on behind its last page; empty: nowhere
	body func(p *page, posts []store.Seen, l web.List) (web.Page, error) // what the page says
	tmpl string
}

// pages has workers write the pages.
func (l writing) pages(ctx context.Context, g *errgroup.Group) {
	n, last := 0, (len(l.uris)+l.size-1)/l.size
	for uris := range slices.Chunk(l.uris, l.size) {
		n++
		number, more := n, l.next
		if n < last {
			more = l.file(n + 1)
		}
		g.Go(func() error { return l.page(ctx, number, uris, more) })
	}
}

func (l writing) page(ctx context.Context, n int, uris []string, more string) error {
	posts, err := l.Selection.Store.Posts(ctx, l.viewer(), uris)
	if err != nil {
		return err
	}
	posts = l.selected(posts)
	p := l.builder.page(ctx, l.file(n))
	content := web.List{Posts: p.views().Posts(posts)}
	if more != "" {
		content.More = p.root + more
	}
	body, err := l.body(p, posts, content)
	if err != nil {
		return err
	}
	l.progress("writing lists", 0)
	return p.write(l.tmpl, body)
}

// timeline writes all posts by their months.
func (b *builder) timeline(ctx context.Context) error {
	return b.monthly(ctx, "timeline", b.here.months, writing{size: perPage, tmpl: "timeline"}, func(month string) bodyOf {
		return func(p *page, _ []store.Seen, l web.List) (web.Page, error) {
			return web.Page{Title: "Timeline", Here: "Timeline", Body: web.Timeline{Title: "Timeline", Tabs: p.tabs(month), List: l}}, nil
		}
	})
}

// bodyOf is what a page of a list says.
type bodyOf = func(p *page, posts []store.Seen, l web.List) (web.Page, error)

// wall writes the posts with files by their months.
func (b *builder) wall(ctx context.Context) error {
	return b.monthly(ctx, "wall", b.here.media, writing{size: perWall, tmpl: "media"}, func(string) bodyOf {
		return func(_ *page, _ []store.Seen, l web.List) (web.Page, error) {
			return web.Page{Title: "Media", Here: "Media", Body: l}, nil
		}
	})
}

// monthly writes a list of which each month is a part; one leads to the one before.
func (b *builder) monthly(ctx context.Context, kind string, months *spool, w writing, body func(month string) bodyOf) error {
	g, ctx := workers(ctx)
	b.step()
	w.builder = b
	parts := months.all()
	for i, month := range parts {
		lists, err := months.read(month)
		if err != nil {
			return err
		}
		w.uris, w.body, w.next = lists[0].uris, body(month), ""
		w.file = func(n int) string { return monthPage(kind, month, n) }
		if i > 0 {
			w.next = monthPage(kind, parts[i-1], 1)
		}
		w.pages(ctx, g)
	}
	return g.Wait()
}

// tabs lead to the years, and to the months of the year that is shown.
func (p *page) tabs(month string) [2]web.Tabs {
	tabs := [2]web.Tabs{{Label: "Year"}, {Label: "Month"}}
	months := p.here.months.all()
	slices.Reverse(months)
	var last string
	for _, m := range months {
		first := p.root + monthPage("timeline", m, 1)
		year := m[:len("2006")]
		if year != last {
			tabs[0].Entries = append(tabs[0].Entries, web.Entry{Name: year, Path: first, Here: year == month[:len(year)]})
			last = year
		}
		if year == month[:len(year)] {
			tabs[1].Entries = append(tabs[1].Entries, web.Entry{Name: m, Path: first, Here: m == month})
		}
	}
	return tabs
}

// authors writes the pages of authors.
func (b *builder) authors(ctx context.Context) error {
	return b.named(ctx, b.here.byAuthor, "author", authorPage, func(l list) bodyOf {
		return func(p *page, posts []store.Seen, pageOf web.List) (web.Page, error) {
			profile := p.profile(l, posts)
			profile.List = pageOf
			return web.Page{Title: profile.Person.Name, Body: profile}, nil
		}
	})
}

// profile is what one of somebody's posts says of them: that of the page which was fetched last.
func (p *page) profile(l list, posts []store.Seen) web.Profile {
	author := store.Author{Posts: int64(len(l.uris)), First: l.first, Last: l.last}
	for _, s := range posts {
		if s.FetchedAt.After(author.Newest.FetchedAt.Time) || author.Newest.URI == "" {
			author.Newest = s
		}
	}
	return p.views().Profile(author, author.Newest.Author)
}

// tags writes the pages of tags.
func (b *builder) tags(ctx context.Context) error {
	return b.named(ctx, b.here.byTag, "timeline", tagPage, func(l list) bodyOf {
		return func(_ *page, _ []store.Seen, pageOf web.List) (web.Page, error) {
			title := "#" + l.name
			return web.Page{Title: title, Here: "Tags", Body: web.Timeline{Title: title, List: pageOf}}, nil
		}
	})
}

// named writes the lists of a spool, each with a name.
func (b *builder) named(ctx context.Context, of *spool, tmpl string, file func(string, int) string, body func(list) bodyOf) error {
	g, ctx := workers(ctx)
	b.step()
	for _, part := range of.all() {
		lists, err := of.read(part)
		if err != nil {
			return err
		}
		for _, l := range lists {
			writing{builder: b, uris: l.uris, size: perPage, tmpl: tmpl, body: body(l),
				file: func(n int) string { return file(l.name, n) }}.pages(ctx, g)
		}
	}
	return g.Wait()
}
