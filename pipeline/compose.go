package pipeline

import (
	"context"

	"golang.org/x/sync/errgroup"

	"lama/archive"
)

// composer makes commits of answers: all that are ready share one, and the pages of a walk stay in their order. A page
// goes into a commit when the one before stands before it there, or has gone into an earlier one, which need not be over: whoever
// commits them keeps their order. No more commits are made than there are writers for: what waits may still share one.
type composer struct {
	in        <-chan archive.Batch
	committed <-chan struct{}
	writers   int
	waiting   []archive.Batch   // in the order in which they came
	last      map[string]string // collection -> the key of its last page that has gone into a commit
	away      int               // commits under way
}

// compose makes and closes its output. It ends when in is closed and all is committed.
func compose(ctx context.Context, g *errgroup.Group, in <-chan archive.Batch, committed <-chan struct{}, writers int) <-chan []archive.Batch {
	out := make(chan []archive.Batch)
	c := &composer{in: in, committed: committed, writers: writers, last: map[string]string{}}
	g.Go(func() error {
		defer close(out)
		for c.in != nil || len(c.waiting) > 0 || c.away > 0 {
			if err := c.step(ctx, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}

func (c *composer) step(ctx context.Context, out chan<- []archive.Batch) error {
	next, rest := c.next()
	if len(next) == 0 || c.away >= c.writers || c.away > 0 && weigh(next...) < composed(c.writers)/2 {
		out = nil // and so never chosen
	}
	select {
	case out <- next:
		c.sent(next, rest)
	case b, ok := <-c.in:
		if !ok {
			c.in = nil
			return nil
		}
		c.waiting = append(c.waiting, b)
	case <-c.committed:
		c.away--
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// sent notes what has gone into a commit.
func (c *composer) sent(next, rest []archive.Batch) {
	c.waiting = rest
	c.away++
	for _, b := range next {
		if b.Walk != nil {
			c.last[b.Walk.Name()] = b.Keys[0]
		}
	}
}

// composed is how many posts make a commit full. Where one writer makes all, each costs it pages that it has written for the one
// before (20,000 posts in SQLite, commits of 640 and of 960: 2.59 and 2.44 s); side by side smaller ones are quicker (in Postgres
// 3.10 and 3.22 s). One begins beside another only with half of that: for less it does not pay that a database has another
// connection write, which plans every statement anew.
func composed(writers int) int {
	if writers == 1 {
		return 960
	}
	return 640
}

// page and file are what answers without posts of their own count for, so that commits of any kind take as long.
const page, file = 40, 10

// weigh counts the posts of answers. What is neither a page nor a file counts as a page.
func weigh(all ...archive.Batch) (posts int) {
	for _, b := range all {
		switch {
		case b.Walk != nil:
			posts += max(1, len(b.Posts))
		case len(b.Fetched) > 0:
			posts += file
		default:
			posts += page
		}
	}
	return posts
}

// next is what may be committed now, and what must still wait.
func (c *composer) next() (next, rest []archive.Batch) {
	standing := map[string]string{} // as last, with what is in next
	taken, weight, full := make([]bool, len(c.waiting)), 0, composed(c.writers)
	for found := true; found && weight < full; {
		found = false
		for i, b := range c.waiting {
			if taken[i] || weight >= full || !c.ready(b, standing) {
				continue
			}
			taken[i], found, weight = true, true, weight+weigh(b)
			next = append(next, b)
			if b.Walk != nil {
				standing[b.Walk.Name()] = b.Keys[0]
			}
		}
	}
	for i, b := range c.waiting {
		if !taken[i] {
			rest = append(rest, b)
		}
	}
	return next, rest
}

func (c *composer) ready(b archive.Batch, standing map[string]string) bool {
	if b.After == "" {
		return true
	}
	of := b.Walk.Name()
	return standing[of] == b.After || standing[of] == "" && c.last[of] == b.After
}
