package mastodontest

import (
	"slices"

	"lama/archive"
)

// Floor is with how few requests a household can be archived for the first time, by what they ask for. Files are not
// counted.
type Floor struct {
	Fixed    int // what each server can do, and whose each token is
	Pages    int // of the collections
	Batches  int // of posts by their ids
	Contexts int
	Singles  int // posts that no reply leads to, where there are no batches
	Missing  int // posts about which a batch or a context says nothing, one by one: muted, or not for the account
	Searches int // posts by their addresses
}

// Total is the number of requests.
func (f Floor) Total() int {
	return f.Fixed + f.Pages + f.Batches + f.Contexts + f.Singles + f.Missing + f.Searches
}

// Floor tells how few requests it takes to archive all that [World.Truth] has of a household, by the way that is
// cheapest (mastodon-api.md §7): first all collections; then the posts that are known by their ids and are not there
// yet, in full batches, or with a context where that saves batches, and without batches by a context for each thread;
// an address is searched for when nothing else can bring its post any more. What one account was shown as public serves
// all.
//
// It knows what nobody can know before: how high chains are, and what will come another way. An address that nothing
// in the world has is not searched for.
func (w *World) Floor(household []*Person, limits archive.Limits) Floor {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.frugal(household, limits).Floor
}

// frugal lets the cheapest archiver do its work.
func (w *World) frugal(household []*Person, limits archive.Limits) *frugal {
	f := &frugal{
		household: household, limits: limits,
		got: make(map[*Person]map[*Post]bool), asked: make(map[question]bool),
	}
	var servers []*Instance
	for _, p := range household {
		if f.Fixed++; !slices.Contains(servers, p.home) {
			servers = append(servers, p.home)
			f.Fixed += p.home.probes()
		}
		f.read(p)
	}
	for f.round() {
	}
	return f
}

// frugal is the cheapest archiver: what it has, and what it spent.
type frugal struct {
	Floor
	household []*Person
	limits    archive.Limits
	got       map[*Person]map[*Post]bool // what each account was shown
	asked     map[question]bool
	wants     []reference // that the present walk met
}

// question is an account's request for a post: by its id, or by an address.
type question struct {
	person  *Person
	post    *Post
	address string
}

func (r reference) question(p *Person) question {
	if r.byID() {
		return question{p, r.to, ""}
	}
	return question{p, r.to, r.address}
}

// round asks once more for all that is known to be missing; false: there is nothing left to ask for.
func (f *frugal) round() bool {
	asked := false
	for _, p := range f.household {
		asked = f.ask(p) || asked
	}
	return asked || f.search()
}

// wanted are the references at which the chains of what is there end, parents first, each post once for each way of
// naming it.
func (f *frugal) wanted(p *Person) []reference {
	f.wants = nil
	t := newTeller(f.limits, nil)
	t.gets = f.gets
	t.account(p)
	seen := make(map[question]bool)
	slices.SortStableFunc(f.wants, func(a, b reference) int { return order(b.parent(), a.parent()) })
	return slices.DeleteFunc(f.wants, func(r reference) bool {
		q := r.question(p)
		twice := seen[q]
		seen[q] = true
		return twice
	})
}

// order sorts what is false before what is true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (r reference) parent() bool { return r.chain == archive.ChainParent }

// gets says whether what is referred to is there, and notes it as wanted where it was not asked for yet.
func (f *frugal) gets(r reference) bool {
	if f.has(r) {
		return true
	}
	if !f.asked[r.question(r.person)] {
		f.wants = append(f.wants, r)
	}
	return false
}

// has says whether an account needs no request to follow a reference: it was shown the post itself, or another one
// was shown it as public, and the archive can tell that this is what the reference means. Ids are a server's own: one
// who asks another server must have been shown both ends.
func (f *frugal) has(r reference) bool {
	return slices.ContainsFunc(f.household, func(p *Person) bool {
		switch {
		case !f.got[p][r.to], p != r.person && !archive.Public(r.to.visibility):
			return false
		case r.byID():
			return r.own() || p.home == r.person.home || f.got[p][r.from]
		}
		return r.own() || f.asked[r.question(p)]
	})
}

// receive takes in a post with what its answer carries: the target of a boost, and what that quotes.
func (f *frugal) receive(p *Person, post *Post) {
	target := post.target()
	f.got[p][post], f.got[p][target] = true, true
	if _, quoted := (view{inst: p.home, viewer: p}).quoted(target); quoted != nil {
		f.got[p][quoted] = true
	}
}
