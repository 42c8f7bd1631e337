package mastodontest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
)

// deep follows every chain far.
var deep = archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100}

// small is a world of three servers made by hand.
type small struct {
	*World
	ana, bo, cleo *Person // on one Mastodon each
	minutes       int
}

func newSmall(software Software) *small {
	w := New()
	return &small{
		World: w, ana: w.Instance("a.example", software).Person("ana"),
		bo: w.Instance("b.example", Mastodon45).Person("bo"), cleo: w.Instance("c.example", Mastodon45).Person("cleo"),
	}
}

// says posts a draft under a name by which tests call it.
func (s *small) says(p *Person, d Draft) *Post {
	s.minutes++
	return p.Post(after(s.minutes), d)
}

// activities are the truth's, without accounts, each post by its text and a boost as "boost".
func (s *small) activities(limits archive.Limits, keep map[archive.Base]bool, household ...*Person) []string {
	if household == nil {
		household = []*Person{s.ana}
	}
	var all []string
	for _, a := range s.Truth(household, limits, keep).Activities {
		text := "boost"
		if p := s.Find(a.PostURI); p != nil && p.boosted == nil {
			text = p.now().draft.Text
		}
		name := a.Type() + " " + strings.Fields(text)[0]
		if len(household) > 1 {
			name = strings.Split(a.Account, "@")[0] + " " + name
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func TestTruthOfChains(t *testing.T) {
	for _, test := range []struct {
		name   string
		server Software
		limits archive.Limits
		world  func(s *small)
		want   []string
	}{
		{"parents of parents", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			middle := s.says(s.bo, Draft{Text: "middle", ReplyTo: root})
			s.says(s.ana, Draft{Text: "own", ReplyTo: middle})
		}, []string{"post own", "post.parent middle", "post.parent#2 root"}},
		{"as far as the limit", Mastodon45, archive.Limits{archive.ChainParent: 1}, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			middle := s.says(s.bo, Draft{Text: "middle", ReplyTo: root})
			s.says(s.ana, Draft{Text: "own", ReplyTo: middle})
		}, []string{"post own", "post.parent middle"}},
		{"the shortest way", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			middle := s.says(s.bo, Draft{Text: "middle", ReplyTo: root})
			s.says(s.ana, Draft{Text: "long", ReplyTo: middle})
			s.says(s.ana, Draft{Text: "short", ReplyTo: root})
		}, []string{"post long", "post short", "post.parent middle", "post.parent root"}},
		{"each base for itself", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			leaf := s.says(s.bo, Draft{Text: "leaf", ReplyTo: root})
			s.ana.Favourite(after(50), leaf)
			s.ana.Bookmark(after(51), leaf)
			s.ana.Bookmark(after(52), root)
		}, []string{"bookmark leaf", "bookmark root", "bookmark.parent root", "favourite leaf", "favourite.parent root"}},
		{"a boost leads where its target does", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			leaf := s.says(s.bo, Draft{Text: "leaf", ReplyTo: root})
			s.ana.Boost(after(50), leaf)
		}, []string{"post boost", "reblog leaf", "reblog.parent root"}},
		{"on Pleroma, too", Pleroma, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			leaf := s.says(s.bo, Draft{Text: "leaf " + root.url, ReplyTo: root})
			s.ana.Boost(after(50), leaf)
		}, []string{"post boost", "reblog leaf", "reblog.link root", "reblog.parent root"}},
		{"chains do not mix", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			linked := s.says(s.bo, Draft{Text: "linked", ReplyTo: root})
			above := s.says(s.bo, Draft{Text: "above " + linked.url})
			s.says(s.ana, Draft{Text: "own " + linked.uri, ReplyTo: above})
		}, []string{"post own", "post.link linked", "post.parent above"}},
		{"a ring of links ends", Mastodon45, deep, func(s *small) {
			first := s.says(s.bo, Draft{Text: "first"})
			second := s.says(s.bo, Draft{Text: "second " + first.url})
			first.Edit(after(30), Draft{Text: "first " + second.url + " " + first.url})
			s.ana.Favourite(after(50), second)
		}, []string{"favourite second", "favourite.link first", "favourite.link#2 second"}},
		{"quotes of quotes", Mastodon45, deep, func(s *small) {
			first := s.says(s.bo, Draft{Text: "first"})
			second := s.says(s.bo, Draft{Text: "second", Quote: first})
			s.says(s.ana, Draft{Text: "own", Quote: second})
		}, []string{"post own", "post.quote second", "post.quote#2 first"}},
		{"a quote that is no quote here is a link", Mastodon42, deep, func(s *small) {
			first := s.says(s.bo, Draft{Text: "first"})
			s.ana.Favourite(after(50), s.says(s.bo, Draft{Text: "second", Quote: first}))
		}, []string{"favourite second", "favourite.link first"}},
		{"so is one that was not accepted", Mastodon45, deep, func(s *small) {
			s.says(s.ana, Draft{Text: "own", Quote: s.says(s.bo, Draft{Text: "first"}), QuoteState: "rejected"})
		}, []string{"post own", "post.link first"}},
		{"a deleted post leads nowhere", Mastodon45, deep, func(s *small) {
			root := s.says(s.bo, Draft{Text: "root"})
			gone := s.says(s.bo, Draft{Text: "gone", ReplyTo: root})
			s.says(s.ana, Draft{Text: "own " + gone.url, ReplyTo: gone, Quote: gone})
			s.ana.Boost(after(50), gone)
			s.ana.Favourite(after(51), gone)
			gone.Delete()
		}, []string{"post own"}},
		{"a purged parent is gone, a link finds it again", Mastodon45, deep, func(s *small) {
			above, linked := s.says(s.bo, Draft{Text: "above"}), s.says(s.bo, Draft{Text: "linked"})
			s.says(s.ana, Draft{Text: "own " + linked.url, ReplyTo: above})
			s.ana.home.Purge(above)
			s.ana.home.Purge(linked)
		}, []string{"post own", "post.link linked"}},
		{"a purged quote is found by its link", Mastodon45, deep, func(s *small) {
			quoted := s.says(s.bo, Draft{Text: "quoted"})
			s.says(s.ana, Draft{Text: "own", Quote: quoted})
			s.ana.home.Purge(quoted)
		}, []string{"post own", "post.link quoted"}},
		{"Akkoma still knows the addresses", Akkoma, deep, func(s *small) {
			above, quoted := s.says(s.bo, Draft{Text: "above"}), s.says(s.bo, Draft{Text: "quoted"})
			s.says(s.ana, Draft{Text: "own", ReplyTo: above, Quote: quoted})
			s.ana.home.Purge(above)
			s.ana.home.Purge(quoted)
		}, []string{"post own", "post.parent above", "post.quote quoted"}},
		{"what is for followers", Mastodon45, deep, func(s *small) {
			s.ana.Follow(start, s.bo)
			for _, author := range []*Person{s.bo, s.cleo} {
				secret := s.says(author, Draft{Text: "of-" + author.user, Visibility: "private"})
				s.ana.Favourite(after(50), s.says(author.home.Person("eve"), Draft{Text: "to-" + author.user, ReplyTo: secret}))
			}
		}, []string{"favourite to-bo", "favourite to-cleo", "favourite.parent of-bo"}},
		{"mentions and polls", Mastodon45, deep, func(s *small) {
			poll := s.says(s.bo, Draft{Text: "poll", Poll: &Poll{Options: []string{"a", "b"}}})
			s.ana.Vote(poll, 0)
			poll.EndPoll(after(60))
			s.says(s.bo, Draft{Text: "mention @ana@a.example", Visibility: "direct", ReplyTo: poll})
			s.bo.Favourite(after(61), s.says(s.ana, Draft{Text: "own"}))
		}, []string{"mention mention", "mention.parent poll", "poll poll", "post own"}},
		{"one's own boost", Mastodon45, deep, func(s *small) {
			s.ana.Boost(after(50), s.says(s.ana, Draft{Text: "own"}))
		}, []string{"post boost", "post own", "reblog own"}},
		{"who is muted is there", Mastodon45, deep, func(s *small) {
			s.ana.Mute(s.bo)
			s.says(s.ana, Draft{Text: "own", ReplyTo: s.says(s.bo, Draft{Text: "loud"})})
		}, []string{"post own", "post.parent loud"}},
		{"by any address", Pleroma, deep, func(s *small) {
			one, two := s.says(s.bo, Draft{Text: "one"}), s.says(s.bo, Draft{Text: "two"})
			three := s.says(s.ana, Draft{Text: "three"})
			links := s.ana.home.View(one) + " " + two.uri + " " + three.url + " https://x.example/1"
			s.says(s.bo, Draft{Text: "@ana@a.example " + links})
		}, []string{"mention @ana@a.example", "mention.link one", "mention.link three", "mention.link two", "post three"}},
		{"Sharkey cannot search", Sharkey, deep, func(s *small) {
			one, own := s.says(s.bo, Draft{Text: "one"}), s.says(s.ana, Draft{Text: "own"})
			s.says(s.ana, Draft{Text: "two " + one.url + " " + own.url})
		}, []string{"post own", "post two", "post.link own"}},
	} {
		s := newSmall(test.server)
		test.world(s)
		if diff := cmp.Diff(test.want, s.activities(test.limits, nil)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Where a server cannot search, what another member archived is found by its address, and what that leads to.
func TestTruthOfAHousehold(t *testing.T) {
	s := newSmall(Sharkey)
	second := s.says(s.cleo, Draft{Text: "second"})
	first := s.says(s.cleo, Draft{Text: "first " + second.url})
	secret := s.says(s.bo, Draft{Text: "secret", Visibility: "private"})
	s.says(s.ana, Draft{Text: "own " + first.url + " " + secret.url})
	alone := s.activities(deep, nil)
	if diff := cmp.Diff([]string{"post own"}, alone); diff != "" {
		t.Error(diff)
	}
	s.bo.Favourite(after(50), first)
	want := []string{"ana post own", "ana post.link first", "ana post.link#2 second",
		"bo favourite first", "bo favourite.link second", "bo post secret"}
	for _, household := range [][]*Person{{s.ana, s.bo}, {s.bo, s.ana}} {
		if diff := cmp.Diff(want, s.activities(deep, nil, household...)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTruthOfWhatIsKept(t *testing.T) {
	s := newSmall(Mastodon45)
	p := s.says(s.bo, Draft{Text: "one @ana@a.example"})
	s.ana.Boost(after(50), p)
	s.ana.Favourite(after(51), p)
	s.ana.Bookmark(after(52), p)
	s.says(s.ana, Draft{Text: "own"})
	for _, test := range []struct {
		keep map[archive.Base]bool
		want []string
	}{
		{map[archive.Base]bool{}, []string{"post own"}},
		{map[archive.Base]bool{archive.BaseReblog: true}, []string{"post boost", "post own", "reblog one"}},
		{map[archive.Base]bool{archive.BaseFavourite: true, archive.BaseMention: true},
			[]string{"favourite one", "mention one", "post own"}},
	} {
		if diff := cmp.Diff(test.want, s.activities(deep, test.keep)); diff != "" {
			t.Errorf("%v: %s", test.keep, diff)
		}
	}
}

func TestTruthOfPosts(t *testing.T) {
	s := newSmall(Pleroma)
	p := s.says(s.bo, Draft{Text: "hello @ana@a.example\n\n#x", Visibility: "unlisted"})
	p.Edit(after(30), Draft{Text: "hi @ana@a.example"})
	quoting := s.says(s.ana, Draft{Text: "yes", Quote: p})
	boost := s.ana.Boost(after(40), p)
	wrapper := archive.IDName("a.example", s.ana.home.ID(boost))
	want := map[string]TruePost{
		p.uri: {URI: p.uri, Author: "bo@b.example", Visibility: "unlisted", Content: "hi @ana",
			EditedAt: archive.At(after(30))},
		quoting.uri: {URI: quoting.uri, Author: "ana@a.example", Visibility: "public", Content: "yes"},
		string(wrapper): {URI: string(wrapper), Author: "ana@a.example", Visibility: "unlisted", Reblog: p.uri,
			Wrapper: wrapper, Synthetic: true},
	}
	truth := s.Truth([]*Person{s.ana}, deep, nil)
	if diff := cmp.Diff(want, truth.Posts); diff != "" {
		t.Error(diff)
	}
	ids := map[string]string{}
	for _, a := range truth.Activities {
		ids[a.Type()+" "+a.PostURI] = a.ID
	}
	for _, post := range []*Post{p, quoting} {
		if id := ids["post "+post.uri]; id != "" && id != s.ana.home.ID(post) {
			t.Errorf("the id of %s is %s", post.uri, id)
		}
	}
	if ids["mention "+p.uri] != s.ana.notifications[0].id || ids["reblog "+p.uri] != s.ana.home.ID(p) {
		t.Errorf("the ids are %v", ids)
	}
}

func TestTruthOfFiles(t *testing.T) {
	for name, test := range map[string]struct {
		server Software
		media  Media
		want   bool
	}{
		"there":                         {Mastodon45, Media{}, true},
		"only the original":             {Mastodon45, Media{CopyGone: true}, true},
		"only the copy":                 {Mastodon45, Media{OriginalGone: true}, true},
		"where there are no copies":     {Pleroma, Media{OriginalGone: true}, false},
		"neither":                       {Mastodon45, Media{CopyGone: true, OriginalGone: true}, false},
		"proxied":                       {Mastodon45, Media{Copy: CopyProxied}, true},
		"proxied in vain":               {Mastodon45, Media{Copy: CopyProxied, OriginalGone: true}, false},
		"proxies are Mastodon's":        {GoToSocial, Media{Copy: CopyProxied, OriginalGone: true}, true},
		"never fetched":                 {GoToSocial, Media{Copy: CopyNone}, true},
		"never fetched and gone by now": {GoToSocial, Media{Copy: CopyNone, OriginalGone: true}, false},
	} {
		s := newSmall(test.server)
		p := s.says(s.bo, Draft{Text: "x", Media: []Media{test.media, {Same: "y"}}})
		s.ana.Favourite(after(50), p)
		s.ana.Boost(after(51), p)
		files := s.Truth([]*Person{s.ana}, deep, nil).Files
		got := files[TrueFile{p.uri, 0}] != ""
		if got != test.want || len(files) != 2 || len(files[TrueFile{p.uri, 1}]) != 64 {
			t.Errorf("%s: %v, want the first %t", name, files, test.want)
		}
	}
}

func TestTruthOfTheLost(t *testing.T) {
	s := newSmall(Mastodon45)
	s.says(s.bo, Draft{Text: "@ana@a.example x"}).Delete()
	s.bo.Favourite(after(9), s.says(s.ana, Draft{Text: "own"}))
	want := []archive.Lost{{
		Account: "ana@a.example", ID: "1", Base: archive.BaseMention, Author: "bo@b.example", CreatedAt: archive.At(after(1)),
	}}
	if diff := cmp.Diff(want, s.Truth([]*Person{s.ana}, deep, nil).Lost); diff != "" {
		t.Error(diff)
	}
	if lost := s.Truth([]*Person{s.ana}, deep, map[archive.Base]bool{}).Lost; len(lost) != 0 {
		t.Errorf("what is not kept is lost: %v", lost)
	}
}

func TestTruthOfALongChain(t *testing.T) {
	s := newSmall(Mastodon45)
	var last *Post
	for n := range 110 {
		last = s.says(s.bo, Draft{Text: fmt.Sprint(n), ReplyTo: last})
	}
	s.ana.Bookmark(after(500), last)
	if n := len(s.activities(deep, nil)); n != 101 {
		t.Errorf("there are %d activities, want the bookmark and 100 parents", n)
	}
}
