// Package site makes a website of what leaves an archive: the reader's pages as files, which open from a disk and need no
// server.
//
// It goes through the selection twice. First it notes what there is, 8 bytes of each post, and puts the posts' URIs into files
// by month, author and tag ([spool]): links lead only to what is there, and every list can be written without holding another.
// Then it writes. A page is at the same place in every export of an archive: its name is made of what no run changes.
package site

import (
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"lama/export"
	"lama/store"
)

// Site is a website that is to be made.
type Site struct {
	Selection export.Selection // what leaves
	Data      string           // the data folder, in which the files of posts are
	To        string           // the folder of the site; one that is there is replaced when all is written
	Progress  func(Progress)   // may be nil; it is called from several goroutines
}

// Progress is how far a site has come.
type Progress struct {
	Step      string // what is being done
	Done, All int64  // All is 0 where nobody knows
}

// Tally counts what a site has.
type Tally struct {
	Posts, Authors, Tags int
	Pages                int64
	Files                int64 // of posts, each content once
	Copied               int64 // of these, those that could not be linked to
	Missing              int64 // files that the archive should have, and has not
	Searched             bool  // browsers can search it
}

// MostSearched is how many posts a browser can be asked to search: beyond them it would load more than 10 MB for each search.
const MostSearched = 20_000

// Count says what a site would have, and writes nothing.
func (s Site) Count(ctx context.Context) (Tally, error) {
	if _, err := recognise(s.To); err != nil {
		return Tally{}, err
	}
	b := &builder{Site: s, most: MostSearched}
	if err := b.take(ctx); err != nil {
		return Tally{}, err
	}
	t := b.counted()
	t.Files = int64(b.here.files.len())
	return t, nil
}

// Write makes the site.
func (s Site) Write(ctx context.Context) (Tally, error) { return s.write(ctx, MostSearched) }

// write makes the site; browsers search up to so many posts.
func (s Site) write(ctx context.Context, most int) (Tally, error) {
	out, err := create(s.To)
	if err != nil {
		return Tally{}, err
	}
	defer out.discard()
	b := &builder{Site: s, out: out, most: most}
	for _, step := range []func(context.Context) error{b.take, b.posts, b.timeline, b.wall, b.authors, b.tags, b.rest} {
		if err := step(ctx); err != nil {
			return Tally{}, err
		}
	}
	return b.counted(), out.publish()
}

// builder is a site that is being made.
type builder struct {
	Site
	out  *folder // nil where there is only counted
	here census
	most int // posts that can be searched

	pages, files, copied, missing, done atomic.Int64
}

func (b *builder) counted() Tally {
	return Tally{Posts: b.here.posts.len(), Authors: len(b.here.authors), Tags: len(b.here.tags), Pages: b.pages.Load(),
		Files: b.files.Load(), Copied: b.copied.Load(), Missing: b.missing.Load(), Searched: b.searched()}
}

func (b *builder) searched() bool { return b.here.posts.len() <= b.most }

// viewer is for whose eyes the site is.
func (b *builder) viewer() store.Viewer { return b.Selection.Viewer() }

// workers run what is written at once.
func workers(ctx context.Context) (*errgroup.Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	return g, ctx
}

// step begins something that is shown.
func (b *builder) step() { b.done.Store(0) }

// progress tells that one more of something is done.
func (b *builder) progress(step string, all int) {
	done := b.done.Add(1)
	if b.Progress != nil {
		b.Progress(Progress{step, done, int64(all)})
	}
}
