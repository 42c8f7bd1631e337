package mastodontest

import (
	"cmp"
	"slices"

	"lama/archive"
)

// chain is what is missing from a wanted post up.
type chain struct {
	reference
	foot   *Post // whose context brings all of it; nil for none
	height int   // in posts
}

// together asks for posts in batches, which are to be full: the highest chains go first, and what is too few for
// another batch waits for the posts above these. Where contexts of a few chains save more batches, they are asked
// for instead.
func (f *frugal) together(p *Person, ids []reference) {
	size := p.home.software.Batch
	chains := f.chains(p, ids)
	if f.lonely(p, chains) {
		return
	}
	slices.SortStableFunc(chains, func(a, b chain) int { return b.height - a.height })
	if len(chains) > size {
		chains = chains[:len(chains)-len(chains)%size]
	}
	f.Batches += pages(len(chains), size)
	for _, c := range chains {
		if !(view{inst: p.home, viewer: p}).lists(c.to) {
			f.Missing++
		}
		f.answered(c.reference)
	}
}

// chains are those that begin with posts. A batch is silent about some of these, and so is a context.
func (f *frugal) chains(p *Person, ids []reference) []chain {
	chains := make([]chain, len(ids))
	for n, r := range ids {
		chains[n] = chain{reference: r, height: 1}
		if r.parent() && (view{inst: p.home, viewer: p}).lists(r.to) {
			chains[n] = chain{r, f.foot(p, r.to), f.height(r)}
		}
	}
	return chains
}

// lonely ends the highest chains by a context each, as many as it takes to save more batches. It is false where
// batches alone are as cheap.
func (f *frugal) lonely(p *Person, chains []chain) bool {
	slices.SortStableFunc(chains, func(a, b chain) int {
		return cmp.Or(order(a.foot == nil, b.foot == nil), b.height-a.height)
	})
	size := p.home.software.Batch
	best, fewest := 0, climbs(chains, size)
	for n := 1; n <= len(chains) && chains[n-1].foot != nil && n < fewest; n++ {
		if all := n + climbs(chains[n:], size); all < fewest {
			best, fewest = n, all
		}
	}
	for _, c := range chains[:best] {
		f.context(p, c.foot)
	}
	return best > 0
}

// climbs is how many batches of a size it takes to read chains up to their ends, each post after the one below it:
// for every height, as many as hold what is above that, and then one more for each post up to there (Hu's bound, which
// the highest first attain).
func climbs(chains []chain, size int) (batches int) {
	for height := 0; ; height++ {
		above := 0
		for _, c := range chains {
			above += max(0, c.height-height)
		}
		if above == 0 {
			return batches
		}
		batches = max(batches, pages(above, size)+height)
	}
}

// height is how many posts are missing from a parent up.
func (f *frugal) height(r reference) (n int) {
	v := view{inst: r.person.home, viewer: r.person}
	for at := r.to; at != nil && v.shows(at) && !f.got[r.person][at]; at = v.above(at) {
		n++
	}
	return min(n, f.limits[archive.ChainParent])
}

// foot is a post that is there and from which replies lead up to a post; nil for none. Since 4.5 Mastodon, asked for
// the context of another server's post, fetches all replies to it: there it must be one of its own.
func (f *frugal) foot(p *Person, post *Post) *Post {
	v := view{inst: p.home, viewer: p}
	for _, reply := range post.replies {
		if !f.got[p][reply] || v.above(reply) != post {
			continue
		}
		if s := p.home.software; reply.author.home == p.home || !s.mastodon() || s.API < 7 {
			return reply
		}
		if foot := f.foot(p, reply); foot != nil {
			return foot
		}
	}
	return nil
}
