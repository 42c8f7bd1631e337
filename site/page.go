package site

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"lama/store"
	"lama/web"
)

// page is a page that is being made: how its links lead to the others. It is for one goroutine.
type page struct {
	*builder
	ctx  context.Context
	name string
	root string // where the site begins, from the page's folder
	err  error  // the first of placing files, which has no way to return one
}

func (b *builder) page(ctx context.Context, name string) *page {
	return &page{builder: b, ctx: ctx, name: name, root: rootOf(name)}
}

func (p *page) views() web.Views { return web.Views{Addresses: p} }

// PostPath is a post's page.
func (p *page) PostPath(uri string) string { return p.to(p.here.posts.has(uri), postPage(uri)) }

// RawPath is none: a site is for reading.
func (p *page) RawPath(string) string { return "" }

// AuthorPath is the first page of somebody's posts.
func (p *page) AuthorPath(handle string) string {
	_, here := p.here.authors[handleKey(handle)]
	return p.to(here, authorPage(handle, 1))
}

// TagPath is the first page of posts with a tag.
func (p *page) TagPath(tag string) string {
	_, here := p.here.tags[tagKey(tag)]
	return p.to(here, tagPage(tag, 1))
}

// FilePath is a file, which is put beside the pages with its first address.
func (p *page) FilePath(sum, mime string) string {
	return p.PicturePath(store.Picture{SHA256: sum, Type: mime})
}

// PicturePath is a picture, which is a file as any other is.
func (p *page) PicturePath(picture store.Picture) string {
	name := mediaFile(picture.SHA256, picture.Type)
	here, err := p.out.place(p.ctx, name, picture)
	p.err = errors.Join(p.err, err)
	return p.to(here, name)
}

// FindPath is the page of the search, which reads the query from its address.
func (p *page) FindPath(query string) string {
	return p.to(p.searched(), findPage+"?"+url.Values{"q": {query}}.Encode())
}

func (p *page) to(here bool, name string) string {
	if !here {
		return ""
	}
	return p.root + name
}

// write writes the page, with what is kept under a name of the reader's templates.
func (p *page) write(template string, w web.Page) error { return p.writeIn(p.frame(), template, w) }

func (p *page) writeIn(frame web.Frame, template string, w web.Page) error {
	w.Frame = frame
	var b bytes.Buffer
	if err := errors.Join(p.err, w.Write(&b, template)); err != nil {
		return err
	}
	p.pages.Add(1)
	return p.out.write(p.name, b.Bytes())
}

// policy lets a page load files of the site, and run those scripts that have the nonce: on a disk 'self' would be each file
// that there is, what strangers attached to their posts included, or, to some browsers, none.
func (p *page) policy() string {
	return "default-src 'none'; style-src 'self' file:; img-src 'self' file:; media-src 'self' file:; script-src 'nonce-" +
		p.out.nonce + "'; form-action 'self' file:; base-uri 'none'"
}

func (p *page) frame() web.Frame {
	f := web.Frame{Policy: p.policy(), Nonce: p.out.nonce, Home: p.root + homePage, Static: p.root + staticPath,
		Navigation: []web.Entry{{Name: "Home", Path: p.root + homePage}}}
	add := func(name, path string) {
		f.Navigation = append(f.Navigation, web.Entry{Name: name, Path: p.root + path})
	}
	if first := p.here.newest("timeline"); first != "" {
		add("Timeline", first)
	}
	if first := p.here.newest("wall"); first != "" {
		add("Media", first)
	}
	add("Tags", tagsPage)
	add("Search", findPage)
	add("Statistics", statsPage)
	if p.searched() {
		f.Find = p.root + findPage
	}
	return f
}

// newest is the first page of the newest month of a list; empty where it has none.
func (c *census) newest(kind string) string {
	all := c.months[kind]
	if len(all) == 0 {
		return ""
	}
	return monthPage(kind, all[len(all)-1], 1)
}

// selected are posts as they may stand in a page: those of the site, which quote none but those of the site.
func (b *builder) selected(posts []store.Seen) []store.Seen {
	var all []store.Seen
	for _, s := range posts {
		if b.here.posts.has(s.URI) {
			all = append(all, b.alone(s))
		}
	}
	return all
}

// alone is a post without the quotes of what is not in the site.
func (b *builder) alone(s store.Seen) store.Seen {
	if s.Quoted != nil && !b.here.posts.has(s.Quoted.URI) {
		s.Quoted, s.QuoteAway = nil, true
	}
	if s.Boosted != nil {
		boosted := b.alone(*s.Boosted)
		s.Boosted = &boosted
	}
	return s
}
