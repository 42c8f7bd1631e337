package mastodontest

import (
	"net/url"
	"slices"
	"strings"
)

// byID says whether the account's server knows the post by an id that it, or the address, names.
func (r reference) byID() bool {
	rest, local := strings.CutPrefix(r.address, r.person.home.BaseURL()+"/")
	if r.address == "" || !local {
		return r.address == ""
	}
	u, err := url.Parse("/" + rest)
	return err == nil && r.person.home.viewed(u.Path) == r.to
}

// ask lets an account ask for posts of which it knows the ids by now; false: there are none.
func (f *frugal) ask(p *Person) bool {
	ids := slices.DeleteFunc(f.wanted(p), func(r reference) bool { return !r.byID() })
	switch {
	case len(ids) == 0:
		return false
	case p.home.software.Batch > 0:
		f.together(p, ids)
	case !f.threads(p, ids):
		f.singly(ids)
	}
	return true
}

// answered takes in what a request brings that names a post by its id.
func (f *frugal) answered(r reference) {
	f.asked[r.question(r.person)] = true
	if r.person.sees(r.to) {
		f.receive(r.person, r.to)
	}
}

// singly asks for posts one by one, after all contexts: one that a reply leads to was missing there.
func (f *frugal) singly(ids []reference) {
	for _, r := range ids {
		if r.parent() {
			f.Missing++
		} else {
			f.Singles++
		}
		f.answered(r)
	}
}

// threads asks, on a server without batches, for the context of the lowest reply of each thread: that brings all
// above it. It is false where contexts bring nothing more.
func (f *frugal) threads(p *Person, ids []reference) bool {
	v := view{inst: p.home, viewer: p}
	spent := f.Contexts
	slices.SortStableFunc(ids, func(a, b reference) int { return len(v.ancestors(b.from)) - len(v.ancestors(a.from)) })
	for _, r := range ids {
		missing := func(post *Post) bool { return !f.got[p][post] }
		if r.parent() && v.shows(r.to) && slices.ContainsFunc(v.ancestors(r.from), missing) {
			f.context(p, r.from)
		}
	}
	return f.Contexts > spent
}

func (f *frugal) context(p *Person, post *Post) {
	f.Contexts++
	for _, above := range (view{inst: p.home, viewer: p}).ancestors(post) {
		f.receive(p, above)
	}
}

// search lets the accounts search for what nothing else can bring; false: there is nothing. Addresses under which
// some server shows another's post come first: they say nothing of what is there, and bring what others name.
func (f *frugal) search() bool {
	var wants []reference
	for _, p := range f.household {
		wants = append(wants, f.wanted(p)...)
	}
	slices.SortStableFunc(wants, func(a, b reference) int { return order(a.own(), b.own()) })
	for _, r := range wants {
		v := view{inst: r.person.home, viewer: r.person}
		if f.has(r) {
			continue
		}
		f.asked[r.question(r.person)] = true
		if !v.inst.software.Search {
			continue
		}
		if f.Searches++; v.shows(r.to) {
			f.receive(r.person, r.to)
		}
	}
	return len(wants) > 0
}
