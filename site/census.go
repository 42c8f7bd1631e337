package site

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"lama/archive"
	"lama/export"
	"lama/store"
)

// census is what a site has.
type census struct {
	posts   set
	parents set              // posts to which others reply
	authors map[string]int64 // their posts, by handleKey
	tags    map[string]int64 // the posts with them, by tagKey
	files   set
	bytes   int64 // of files
	hours   map[time.Time]int64

	months map[string][]string // in which there are posts, by kind, the oldest first
	lists  *lists              // nil where there is only counted
}

// set holds names by 8 bytes each. That two of them are alike is not to be expected of fewer than a thousand million.
type set struct {
	seed  maphash.Seed
	there map[uint64]struct{}
}

func newSet() set { return set{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (s set) add(name string)      { s.there[maphash.String(s.seed, name)] = struct{}{} }
func (s set) has(name string) bool { _, ok := s.there[maphash.String(s.seed, name)]; return ok }
func (s set) len() int             { return len(s.there) }

func newCensus() census {
	return census{posts: newSet(), parents: newSet(), files: newSet(), authors: map[string]int64{}, tags: map[string]int64{},
		hours: map[time.Time]int64{}, months: map[string][]string{}}
}

// take notes what leaves.
func (b *builder) take(ctx context.Context) error {
	b.here = newCensus()
	if b.out != nil {
		dir, err := b.out.folder.Work()
		if err != nil {
			return err
		}
		if b.here.lists, err = newLists(dir); err != nil {
			return err
		}
	}
	b.step()
	for p, err := range b.Selection.Posts(ctx) {
		if err == nil {
			err = b.here.note(p)
		}
		if err != nil {
			return err
		}
		b.progress("reading posts", 0)
	}
	return b.here.finish()
}

// finish ends the counting.
func (c *census) finish() error {
	for _, months := range c.months {
		slices.Sort(months)
	}
	if c.lists == nil {
		return nil
	}
	return errors.Join(c.lists.months.Close(), c.lists.named.Close())
}

// note takes a post in. A boost shows what it boosts: where that does not leave, it doesn't either.
func (c *census) note(p export.Post) error {
	if c.posts.has(p.URI) || p.Reblog != "" && p.Seen.Boosted == nil {
		return nil
	}
	c.posts.add(p.URI)
	c.parents.add(p.Seen.Parent)
	c.count(p)
	at := p.CreatedAt
	if err := c.lists.byName("author", handleKey(p.Author), at, p.URI); err != nil {
		return err
	}
	for _, tag := range tagsOf(p.Hit) {
		if err := c.lists.byName("tag", tag, at, p.URI); err != nil {
			return err
		}
	}
	if hasFile(p.Seen) {
		if err := c.month("wall", at, p.URI); err != nil {
			return err
		}
	}
	if onlyBoosted(p) {
		return nil
	}
	return c.month("timeline", at, p.URI)
}

// month adds a post to the list of its month.
func (c *census) month(kind string, at archive.Time, uri string) error {
	if month := monthOf(at); !slices.Contains(c.months[kind], month) {
		c.months[kind] = append(c.months[kind], month)
	}
	return c.lists.byMonth(kind, at, uri)
}

// count adds a post to the figures. A boost is none of its author's posts, but they have a page.
func (c *census) count(p export.Post) {
	author := handleKey(p.Author)
	c.authors[author] += 0
	if p.Reblog == "" {
		c.authors[author]++
	}
	if p.Reblog == "" && !p.CreatedAt.IsZero() {
		c.hours[p.CreatedAt.UTC().Truncate(time.Hour)]++
	}
	for _, f := range p.Seen.Files {
		if f.SHA256 != "" && !c.files.has(f.SHA256) {
			c.files.add(f.SHA256)
			c.bytes += f.Size
		}
	}
	for _, tag := range tagsOf(p.Hit) {
		c.tags[tag]++
	}
}

// tagsOf are a post's tags, each once.
func tagsOf(h store.Hit) []string {
	var all []string
	for _, t := range h.Hashtags {
		if key := tagKey(t); key != "" && !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}

func hasFile(s store.Seen) bool {
	return slices.ContainsFunc(s.Files, func(f store.SeenFile) bool { return f.SHA256 != "" })
}

// onlyBoosted says of a post that it came by boosts of an account alone: these stand for it in the timeline.
func onlyBoosted(p export.Post) bool {
	boosted := false
	for _, d := range p.Deeds {
		if d.Chain != archive.ChainNone {
			continue
		}
		if d.Base != archive.BaseReblog {
			return false
		}
		boosted = true
	}
	return boosted
}

// figures are what the statistics draw.
func (c *census) figures(files int64) store.Figures {
	return store.Figures{Posts: int64(c.posts.len()), Files: files, Authors: ranked(c.authors), Tags: ranked(c.tags), Hours: c.hours}
}

// ranked are counts, the largest first.
func ranked(by map[string]int64) []store.Count {
	all := make([]store.Count, 0, len(by))
	for name, n := range by {
		all = append(all, store.Count{Name: name, N: n})
	}
	slices.SortFunc(all, func(a, b store.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return all
}
