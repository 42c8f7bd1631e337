package site

import (
	"cmp"
	"context"

	"lama/export"
	"lama/store"
	"lama/web"
)

// posts writes a page of each post, and what searches need of it.
func (b *builder) posts(ctx context.Context) error {
	g, ctx := workers(ctx)
	b.step()
	found := finding{builder: b}
	for p, err := range b.Selection.Posts(ctx) {
		if err == nil && b.here.posts.has(p.URI) && b.searched() {
			err = found.add(ctx, p)
		}
		if err != nil {
			return cmp.Or(g.Wait(), err)
		}
		if b.here.posts.has(p.URI) {
			g.Go(func() error { return b.post(ctx, p) })
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return found.finish()
}

// post writes the page of a post, with the thread around it.
func (b *builder) post(ctx context.Context, of export.Post) error {
	t := &store.Thread{Post: of.Seen, Above: of.Seen.Parent != ""}
	if b.inThread(of.Seen) {
		var err error
		if t, err = b.Selection.Store.Thread(ctx, b.viewer(), of.URI); err != nil {
			return err
		}
	}
	if t == nil {
		return nil // it came and went
	}
	p := b.page(ctx, postPage(of.URI))
	body := p.views().Around(b.thread(*t))
	b.progress("writing posts", b.here.posts.len())
	return p.write("post", web.Page{Title: body.Post.Author.Name, Body: body})
}

// inThread says whether there is anything around a post.
func (b *builder) inThread(s store.Seen) bool {
	if s.Boosted != nil {
		s = *s.Boosted
	}
	return b.here.posts.has(s.Parent) || b.here.parents.has(s.URI)
}

// thread is a thread without what is not in the site, and what stands behind that.
func (b *builder) thread(t store.Thread) store.Thread {
	t.Post = b.alone(t.Post)
	for i := len(t.Parents) - 1; i >= 0; i-- {
		if !b.here.posts.has(t.Parents[i].URI) {
			t.Parents, t.Above = t.Parents[i+1:], true
			break
		}
	}
	t.Parents = b.selected(t.Parents)
	var replies []store.Reply
	cut := 0 // the depth of a reply that is not in the site: what is deeper hangs on it
	for _, r := range t.Replies {
		switch {
		case cut > 0 && r.Depth > cut:
		case !b.here.posts.has(r.URI):
			cut = r.Depth
		default:
			cut = 0
			r.Seen = b.alone(r.Seen)
			replies = append(replies, r)
		}
	}
	t.Replies = replies
	return t
}
