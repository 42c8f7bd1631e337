package site

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
	size int                                                    // posts in a page
	file func(n int) string                                     // of page n, from 1 on
	next string                                                 // where the list goes on behind its last page; empty: nowhere
	body func(p *page, posts []store.Seen, l web.List) web.Page // what the page says
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
	l.progress("writing lists", 0)
	return p.write(l.tmpl, l.body(p, posts, content))
}

// timeline writes all posts by their months.
func (b *builder) timeline(ctx context.Context) error {
	return b.monthly(ctx, "timeline", writing{size: perPage, tmpl: "timeline"}, func(month string) bodyOf {
		return func(p *page, _ []store.Seen, l web.List) web.Page {
			return web.Page{Title: "Timeline", Here: "Timeline", Body: web.Timeline{Title: "Timeline", Tabs: p.tabs(month), List: l}}
		}
	})
}

// bodyOf is what a page of a list says.
type bodyOf = func(p *page, posts []store.Seen, l web.List) web.Page

// wall writes the posts with files by their months.
func (b *builder) wall(ctx context.Context) error {
	return b.monthly(ctx, "wall", writing{size: perWall, tmpl: "media"}, func(string) bodyOf {
		return func(_ *page, _ []store.Seen, l web.List) web.Page {
			return web.Page{Title: "Media", Here: "Media", Body: l}
		}
	})
}

// monthly writes a list of which each month is a part; one leads to the one before.
func (b *builder) monthly(ctx context.Context, kind string, w writing, body func(month string) bodyOf) error {
	g, ctx := workers(ctx)
	b.step()
	w.builder = b
	months := b.here.months[kind]
	for i, month := range months {
		uris, err := b.here.inMonth(kind, month)
		if err != nil {
			return cmp.Or(g.Wait(), err)
		}
		w.uris, w.body, w.next = uris, body(month), ""
		w.file = func(n int) string { return monthPage(kind, month, n) }
		if i > 0 {
			w.next = monthPage(kind, months[i-1], 1)
		}
		w.pages(ctx, g)
	}
	return g.Wait()
}

// inMonth are the posts of a month's list.
func (c *census) inMonth(kind, month string) ([]string, error) {
	all, err := listsOf(c.lists.months, kind+" "+month)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0].uris, nil
}

// tabs lead to the years, and to the months of the year that is shown.
func (p *page) tabs(month string) [2]web.Tabs {
	tabs := [2]web.Tabs{{Label: "Year"}, {Label: "Month"}}
	var last string
	for _, m := range slices.Backward(p.here.months["timeline"]) {
		first := p.root + monthPage("timeline", m, 1)
		year := m[:len("2006")]
		if year != last {
			name := year
			if m == undated {
				name = "undated"
			}
			tabs[0].Entries = append(tabs[0].Entries, web.Entry{Name: name, Path: first, Here: year == month[:len(year)]})
			last = year
		}
		if year == month[:len(year)] {
			tabs[1].Entries = append(tabs[1].Entries, web.Entry{Name: m, Path: first, Here: m == month})
		}
	}
	return tabs
}

// named writes the lists of authors and tags.
func (b *builder) named(ctx context.Context) error {
	g, ctx := workers(ctx)
	b.step()
	parts, err := b.here.lists.named.Names()
	for _, part := range parts {
		lists, failed := listsOf(b.here.lists.named, part)
		if err = failed; err != nil {
			break
		}
		for _, l := range lists {
			if name, ok := strings.CutPrefix(l.name, "tag "); ok {
				b.tag(name, l).pages(ctx, g)
			} else {
				b.author(strings.TrimPrefix(l.name, "author "), l).pages(ctx, g)
			}
		}
	}
	return cmp.Or(g.Wait(), err)
}

// tag is the list of the posts with a tag.
func (b *builder) tag(name string, l list) writing {
	return writing{builder: b, uris: l.uris, size: perPage, tmpl: "timeline", file: func(n int) string { return tagPage(name, n) },
		body: func(_ *page, _ []store.Seen, posts web.List) web.Page {
			return web.Page{Title: "#" + name, Here: "Tags", Body: web.Timeline{Title: "#" + name, List: posts}}
		}}
}

// author is the list of somebody's posts, below what one of them says of them.
func (b *builder) author(handle string, l list) writing {
	return writing{builder: b, uris: l.uris, size: perPage, tmpl: "author", file: func(n int) string { return authorPage(handle, n) },
		body: func(p *page, seen []store.Seen, posts web.List) web.Page {
			profile := p.profile(l, seen)
			profile.List = posts
			return web.Page{Title: profile.Person.Name, Body: profile}
		}}
}

// profile is what the post says of its author that was fetched last, of those in the page.
func (p *page) profile(l list, posts []store.Seen) web.Profile {
	author := store.Author{First: l.first, Last: l.last}
	for _, s := range posts {
		if s.FetchedAt.After(author.Newest.FetchedAt.Time) || author.Newest.URI == "" {
			author.Newest = s
		}
	}
	profile := p.views().Profile(author, author.Newest.Author)
	profile.Count = int64(len(l.uris))
	return profile
}
