// Package site makes a website of what leaves an archive: the reader's pages as files, which open from a disk and need no
// server.
//
// It goes through the selection twice. First it notes what there is, 8 bytes of each post, and puts the posts' URIs into files
// by month, author and tag ([export.Spool]): links lead only to what is there, and every list can be written without holding another.
// Then it writes. A page is at the same place in every export of an archive: its name is made of what no run changes.
package site

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"lama/export"
	"lama/store"
)

// Site is a website that is to be made.
type Site struct {
	Selection export.Selection
	Data      fs.FS          // the archive's data folder
	To        string         // the folder of the site
	Progress  func(Progress) // is told how far it is, often and from several goroutines
	Lost      func(error)    // is told of each file of the archive that can't be had, one by one
}

// Progress is how far a site has come.
type Progress struct {
	Step string // what is being done
	Done int64
	All  int64 // 0 where nobody knows
}

// Tally counts what a site has.
type Tally struct {
	Posts, Authors, Tags int
	Pages                int64
	Files                int   // of posts, each content once
	Bytes                int64 // of these
	Lost                 int   // files that can't be had
	Searched             bool  // browsers can search it
}

// MostSearched is how many posts a browser can be asked to search: it loads their words, some 500 bytes of each.
const MostSearched = 20_000

// Count says what a site would have. It writes nothing.
func (s Site) Count(ctx context.Context) (Tally, error) {
	b := &builder{Site: s, most: MostSearched}
	if err := b.take(ctx); err != nil {
		return Tally{}, err
	}
	return b.counted(), nil
}

// Write makes the site.
func (s Site) Write(ctx context.Context) (Tally, error) { return s.write(ctx, MostSearched) }

// write makes the site; browsers search up to so many posts.
func (s Site) write(ctx context.Context, most int) (t Tally, err error) {
	out, err := s.open()
	if err != nil {
		return Tally{}, err
	}
	defer func() { err = errors.Join(err, out.folder.Close()) }()
	b := &builder{Site: s, out: out, most: most}
	for _, step := range []func(context.Context) error{b.take, b.posts, b.timeline, b.wall, b.named, b.rest} {
		if err := step(ctx); err != nil {
			return Tally{}, err
		}
	}
	return b.counted(), out.complete()
}

// builder is a site that is being made.
type builder struct {
	Site
	out  *out // nil where there is only counted
	here census
	most int // posts that can be searched

	pages, done atomic.Int64
}

func (b *builder) counted() Tally {
	t := Tally{Posts: b.here.posts.len(), Authors: len(b.here.authors), Tags: len(b.here.tags), Pages: b.pages.Load(),
		Files: b.here.files.len(), Bytes: b.here.bytes, Searched: b.searched()}
	if b.out != nil {
		t.Files, t.Bytes, t.Lost = b.out.placed.len(), b.out.copied, b.out.lost.len()
	}
	return t
}

func (b *builder) searched() bool { return b.here.posts.len() <= b.most }

// viewer is for whose eyes the site is.
func (b *builder) viewer() store.Viewer { return b.Selection.Viewer() }

// workers run what is made at once.
func workers(ctx context.Context) (*errgroup.Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	return g, ctx
}

// step begins something that is shown.
func (b *builder) step() { b.done.Store(0) }

// progress tells that one more of something is done.
func (b *builder) progress(step string, all int) {
	b.Progress(Progress{step, b.done.Add(1), int64(all)})
}
