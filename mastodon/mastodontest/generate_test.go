package mastodontest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
)

// mixed is a household on every kind of server.
func mixed(members ...string) Mix {
	mix := Mix{Members: members, Posts: 40}
	for n, software := range []Software{
		Mastodon45, Mastodon42, GoToSocial, Pleroma, Akkoma, Sharkey, Mastodon31, Mastodon45,
	} {
		mix.Servers = append(mix.Servers, Server{Host: fmt.Sprintf("s%d.example", n), Software: software})
	}
	return mix
}

func TestSeedDecides(t *testing.T) {
	mix := mixed("ana@s0.example", "bo@s0.example", "cleo@s2.example")
	truth := func(seed, more uint64) Truth {
		w := Generate(seed, mix)
		w.MoreActivity(more)
		return w.Truth(w.Household(), deep, nil)
	}
	one := truth(1, 2)
	if diff := cmp.Diff(one, truth(1, 2)); diff != "" {
		t.Errorf("the same seeds give other worlds: %s", diff)
	}
	for name, other := range map[string]Truth{"seed": truth(3, 2), "more": truth(1, 3)} {
		if cmp.Equal(one, other) {
			t.Errorf("another seed (%s) gives the same world", name)
		}
	}
}

// The posts of a calm world are in the mix of the model (mastodon-api.md §7), within a few percent.
func TestMix(t *testing.T) {
	mix := Household("a.example", "b.example", "c.example")
	mix.Calm, mix.Posts = true, 3000
	var plain, replies, own, boosts, texts, links, same int
	w := Generate(7, mix)
	for _, m := range w.Household() {
		for _, p := range m.posts {
			switch {
			case p.boosted != nil:
				boosts++
				continue
			case p.parent == nil:
				plain++
			default:
				replies++
				if p.parent.author == m {
					own++
				}
			}
			texts++
			for _, link := range p.now().links {
				if target := w.Find(link); target != nil {
					links++
					if strings.HasPrefix(link, m.home.BaseURL()) {
						same++
					}
				}
			}
		}
	}
	all := float64(plain + replies + boosts)
	for name, share := range map[string]struct{ got, want, within float64 }{
		"plain posts": {float64(plain) / all, .30, .02}, "replies": {float64(replies) / all, .40, .02},
		"boosts": {float64(boosts) / all, .30, .02}, "self-threads": {float64(own) / float64(replies), .30, .03},
		"links":                    {float64(links) / float64(texts), .05, .01},
		"links to the same server": {float64(same) / float64(links), .45, .12},
	} {
		if share.got < share.want-share.within || share.got > share.want+share.within {
			t.Errorf("%s are %.3f, want %.3f", name, share.got, share.want)
		}
	}
}

// A generated world has all that is difficult.
func TestTraps(t *testing.T) {
	w := Generate(1, mixed("ana@s0.example", "bo@s2.example"))
	truth := w.Truth(w.Household(), deep, nil)
	var missing, wrappers int
	hashes := map[string]int{}
	for _, sum := range truth.Files {
		hashes[sum]++
		if sum == "" {
			missing++
		}
	}
	types := map[string]bool{}
	for _, a := range truth.Activities {
		types[a.Type()] = true
	}
	for _, p := range truth.Posts {
		if p.Reblog != "" {
			wrappers++
		}
	}
	var twice int
	for sum, n := range hashes {
		if sum != "" && n > 1 {
			twice++
		}
	}
	if missing == 0 || twice == 0 || wrappers == 0 || len(truth.Lost) < 6 {
		t.Errorf("%d files are missing, %d are there twice; %d boosts, %d lost", missing, twice, wrappers, len(truth.Lost))
	}
	for _, want := range []string{
		"favourite.parent#100", "bookmark.link#3", "favourite.quote#3", "post.quote#2", "poll", "mention.parent",
	} {
		if !types[want] {
			t.Errorf("nothing is %s", want)
		}
	}
}

func TestMoreActivityOnlyAdds(t *testing.T) {
	w := Generate(1, mixed("ana@s0.example", "bo@s2.example", "cleo@s3.example"))
	before := w.Truth(w.Household(), deep, nil)
	last := w.posts[len(w.posts)-1].created
	w.MoreActivity(5)
	after := w.Truth(w.Household(), deep, nil)
	for uri, p := range before.Posts {
		now, there := after.Posts[uri]
		if now.EditedAt != p.EditedAt {
			now.Content, now.EditedAt = p.Content, p.EditedAt
		}
		if !there || now != p {
			t.Errorf("%s became %+v", uri, now)
		}
	}
	distances := map[why]int{}
	for _, a := range after.Activities {
		distances[why{a.Account, a.PostURI, a.Base, a.Chain}] = a.Distance
	}
	for _, a := range before.Activities {
		d, there := distances[why{a.Account, a.PostURI, a.Base, a.Chain}]
		if !there || d > a.Distance {
			t.Errorf("%s of %s is gone or further", a.Type(), a.PostURI)
		}
	}
	var old, edited int
	for _, m := range w.Household() {
		for _, r := range m.favourites[len(m.favourites)-5:] {
			if r.post.created.Before(begin.AddDate(0, 1, 0)) {
				old++
			}
			if r.post.edited().After(last) {
				edited++
			}
		}
	}
	if len(after.Activities) <= len(before.Activities) || old == 0 || edited == 0 {
		t.Errorf("%d activities became %d; %d old favourites, %d edited",
			len(before.Activities), len(after.Activities), old, edited)
	}
}

// A world may change while it is read.
func TestActivityUnderRequests(t *testing.T) {
	w := Generate(1, mixed("ana@s0.example"))
	ana, done := w.Household()[0], make(chan struct{})
	go func() {
		defer close(done)
		w.MoreActivity(1)
	}()
	for changing := true; changing; {
		select {
		case <-done:
			changing = false
		default:
		}
		walk(t, ana, statusesOf(ana)+"?limit=40", "next")
		walk(t, ana, "/api/v1/notifications?limit=40", "next")
		w.Truth(w.Household(), deep, nil)
	}
}

// why is the reason of an activity.
type why struct {
	Account string
	URI     string
	Base    archive.Base
	Chain   archive.Chain
}

// crawler archives one account over the API in the plainest way, to tell whether the truth can be had.
type crawler struct {
	t      *testing.T
	person *Person
	got    map[why]int
	seen   map[string]page1
}

// page1 is a status as the crawler needs it.
type page1 struct {
	ID      string
	URI     string
	Content string
	Parent  *string `json:"in_reply_to_id"`
	Reblog  *page1
	Akkoma  struct {
		Parent string `json:"in_reply_to_apid"`
	}
	Quote *struct {
		State  string
		ID     string
		Status *page1 `json:"quoted_status"`
		Inner  string `json:"quoted_status_id"`
	}
	QuoteID *string `json:"quote_id"`
	Pleroma struct {
		QuoteID *string `json:"quote_id"`
	}
}

// The truth is what a client can get: no less, and no more.
func TestTruthIsWhatTheAPIGives(t *testing.T) {
	for n, software := range []Software{Mastodon45, Mastodon42, GoToSocial, Pleroma, Akkoma} {
		host := fmt.Sprintf("s%d.example", n)
		w := Generate(uint64(n), mixed("ana@"+host))
		w.MoreActivity(9)
		ana := w.Household()[0]
		c := &crawler{t: t, person: ana, got: map[why]int{}, seen: map[string]page1{}}
		c.crawl()
		want := map[why]int{}
		for _, a := range w.Truth([]*Person{ana}, deep, nil).Activities {
			uri := a.PostURI
			if p := w.wrapped(uri); p != nil {
				uri = p.boosted.uri // as Pleroma has it
			}
			want[why{"", uri, a.Base, a.Chain}] = a.Distance
		}
		if diff := cmp.Diff(want, c.got); diff != "" {
			t.Errorf("%s (-truth +crawled):\n%s", software.Version, diff)
		}
	}
}

// wrapped is the boost that a synthetic URI means; nil for others.
func (w *World) wrapped(uri string) *Post {
	if host, id, ok := archive.Name(uri).ID(); ok {
		return w.instances[host].statuses.things[id]
	}
	return nil
}

func (c *crawler) crawl() {
	c.list(statusesOf(c.person), archive.BasePost)
	c.list("/api/v1/favourites", archive.BaseFavourite)
	c.list("/api/v1/bookmarks", archive.BaseBookmark)
	for path := "/api/v1/notifications?limit=30&include_filtered=true"; path != ""; {
		a := get(c.person, path)
		for _, n := range value[[]struct {
			Type   archive.Base
			Status *page1
		}](c.t, a) {
			if n.Status != nil && (n.Type == archive.BaseMention || n.Type == archive.BasePoll) {
				c.base(n.Type, *n.Status)
			}
		}
		path = a.link("next")
	}
}

func (c *crawler) list(path string, base archive.Base) {
	for path += "?limit=30"; path != ""; {
		a := get(c.person, path)
		for _, s := range value[[]page1](c.t, a) {
			c.base(base, s)
		}
		path = a.link("next")
	}
}

func (c *crawler) base(base archive.Base, s page1) {
	c.got[why{"", s.URI, base, ""}] = 0
	if s.Reblog != nil {
		c.base(archive.BaseReblog, *s.Reblog)
		return
	}
	for _, chain := range archive.Chains {
		c.follow(base, chain, s, 1)
	}
}

func (c *crawler) follow(base archive.Base, chain archive.Chain, s page1, distance int) {
	if distance > 100 {
		return
	}
	for _, next := range c.next(chain, s) {
		key := why{"", next.URI, base, chain}
		if d, there := c.got[key]; there && d <= distance {
			continue
		}
		c.got[key] = distance
		c.follow(base, chain, next, distance+1)
	}
}

func (c *crawler) next(chain archive.Chain, s page1) []page1 {
	switch chain {
	case archive.ChainParent:
		if s.Akkoma.Parent != "" {
			return c.search(s.Akkoma.Parent)
		}
		if s.Parent != nil {
			return c.single(*s.Parent)
		}
	case archive.ChainQuote:
		return c.quoted(s)
	case archive.ChainLink:
		return c.linked(s)
	}
	return nil
}

func (c *crawler) quoted(s page1) []page1 {
	switch {
	case s.Pleroma.QuoteID != nil:
		return c.single(*s.Pleroma.QuoteID)
	case s.QuoteID != nil:
		return c.single(*s.QuoteID)
	case s.Quote != nil && s.Quote.Status != nil:
		return c.single(s.Quote.Status.ID)
	case s.Quote != nil && s.Quote.Inner != "":
		return c.single(s.Quote.Inner)
	}
	return nil
}

var (
	anchorPattern = regexp.MustCompile(`<a href="([^"]*)" (target="_blank"|rel="ugc")|<a href="([^"]*)">`)
	quoteInline   = regexp.MustCompile(`(?s)<(p|span) class="quote-inline">.*?</a></(p|span)>`)
)

func (c *crawler) linked(s page1) []page1 {
	content, quoted := s.Content, c.quoted(s)
	if len(quoted) > 0 {
		content = quoteInline.ReplaceAllString(content, "")
	}
	var all []page1
	for _, m := range anchorPattern.FindAllStringSubmatch(content, -1) {
		for _, target := range c.search(m[1] + m[3]) {
			if target.URI != s.URI && !slices.ContainsFunc(all, func(p page1) bool { return p.URI == target.URI }) {
				all = append(all, target)
			}
		}
	}
	return all
}

func (c *crawler) single(id string) []page1 {
	return c.cached("/api/v1/statuses/" + url.PathEscape(id))
}

func (c *crawler) search(address string) []page1 {
	if u, err := url.Parse(address); err != nil || c.person.world.instances[u.Host] == nil {
		return nil
	}
	a := get(c.person, "/api/v2/search?resolve=true&type=statuses&q="+url.QueryEscape(address))
	return value[struct{ Statuses []page1 }](c.t, a).Statuses
}

func (c *crawler) cached(path string) []page1 {
	if s, ok := c.seen[path]; ok {
		return []page1{s}
	}
	a := get(c.person, path)
	if a.code != 200 {
		return nil
	}
	c.seen[path] = value[page1](c.t, a)
	return []page1{c.seen[path]}
}
