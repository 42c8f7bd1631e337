package site

import (
	"context"
	"io/fs"
	"slices"

	"lama/web"
)

// rest writes the pages that there are once, and what all of them load.
func (b *builder) rest(ctx context.Context) error {
	figures := b.here.figures(int64(b.out.placed.len()))
	stats, tags := b.page(ctx, statsPage), b.page(ctx, tagsPage)
	if err := stats.write("statistics", web.Page{Title: "Statistics", Here: "Statistics", Body: stats.views().Statistics(figures)}); err != nil {
		return err
	}
	if err := tags.write("tags", web.Page{Title: "Tags", Here: "Tags", Body: tags.views().Tags(figures.Tags)}); err != nil {
		return err
	}
	if err := b.home(ctx); err != nil {
		return err
	}
	return fs.WalkDir(web.Static(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(web.Static(), path)
		if err != nil {
			return err
		}
		return b.out.write(path, content)
	})
}

// home writes the first page.
func (b *builder) home(ctx context.Context) error {
	p := b.page(ctx, homePage)
	body := web.Home{Counts: b.tallies()}
	if newest := b.here.newest("timeline"); newest != "" {
		months := b.here.months["timeline"]
		uris, err := b.here.inMonth("timeline", months[len(months)-1])
		if err != nil {
			return err
		}
		posts, err := b.Selection.Store.Posts(ctx, b.viewer(), uris[:min(perPage, len(uris))])
		if err != nil {
			return err
		}
		body.Recent, body.More = p.views().Posts(b.selected(posts)), newest
	}
	return p.write("home", web.Page{Title: "Home", Here: "Home", Body: body})
}

// tallies are the numbers on the first page that lead somewhere.
func (b *builder) tallies() []web.Tally {
	all := []web.Tally{{N: int64(b.here.posts.len()), What: "in all", Path: b.here.newest("timeline")},
		{N: int64(b.out.placed.len()), What: "files", Path: b.here.newest("wall")}, {N: int64(len(b.here.tags)), What: "tags", Path: tagsPage},
		{N: int64(len(b.here.authors)), What: "authors", Path: statsPage}}
	return slices.DeleteFunc(all, func(t web.Tally) bool { return t.N == 0 || t.Path == "" })
}
