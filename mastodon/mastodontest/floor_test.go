package mastodontest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The floor of hand-made worlds, without what every archive of their household costs.
func TestFloorOfReferences(t *testing.T) {
	for _, test := range []struct {
		name   string
		server Software
		world  func(s *small)
		want   Floor
	}{
		{"nothing to ask for", Mastodon45, func(s *small) {
			root := s.says(s.ana, Draft{Text: "root"})
			s.says(s.ana, Draft{Text: "own " + root.url, ReplyTo: root})
			s.ana.Boost(after(50), s.says(s.bo, Draft{Text: "liked " + root.uri}))
		}, Floor{}},
		{"twenty parents at once", Mastodon45, func(s *small) { s.answers(20, 1) }, Floor{Batches: 1}},
		{"and one more", Mastodon45, func(s *small) { s.answers(21, 1) }, Floor{Batches: 2}},
		{"generation by generation", Mastodon45, func(s *small) { s.likes(20, 2) }, Floor{Batches: 2}},
		{"full batches", Mastodon45, func(s *small) { s.likes(21, 2) }, Floor{Batches: 3}},
		{"the highest first", Mastodon45, func(s *small) {
			s.likes(30, 1)
			s.likes(1, 3)
		}, Floor{Batches: 3}},
		{"a parent that a page brings", Mastodon45, func(s *small) {
			s.ana.Bookmark(after(500), s.answers(1, 2).parent)
		}, Floor{Batches: 1}},
		{"a lonely chain", Mastodon45, func(s *small) { s.answers(1, 9) }, Floor{Contexts: 1}},
		{"two of them", Mastodon45, func(s *small) { s.answers(2, 9) }, Floor{Contexts: 2}},
		{"so short that batches are as cheap", Mastodon45, func(s *small) { s.answers(3, 3) }, Floor{Batches: 3}},
		{"one that stands out", Mastodon45, func(s *small) {
			s.answers(9, 2)
			s.answers(1, 9)
		}, Floor{Batches: 2, Contexts: 1}},
		{"a lonely chain of remote posts", Mastodon45, func(s *small) { s.likes(1, 9) }, Floor{Batches: 9}},
		{"with an own post in it", Mastodon45, func(s *small) {
			above := s.says(s.bo, Draft{Text: "above", ReplyTo: s.answers(1, 9)})
			s.ana.Favourite(after(500), s.says(s.bo, Draft{Text: "liked", ReplyTo: above}))
		}, Floor{Batches: 1, Contexts: 1}},
		{"where contexts make no server crawl", Pleroma, func(s *small) { s.likes(1, 9) }, Floor{Contexts: 1}},
		{"as far as the limit", Mastodon45, func(s *small) { s.likes(1, 120) }, Floor{Batches: 100}},
		{"who is muted", Mastodon45, func(s *small) {
			s.ana.Mute(s.bo)
			s.answers(1, 2)
		}, Floor{Batches: 2, Missing: 2}},
		{"what is not for all", Mastodon45, func(s *small) {
			s.ana.home.Person("dan").Follow(start, s.bo)
			secret := s.says(s.bo, Draft{Text: "secret", Visibility: "private"})
			s.ana.Favourite(after(50), s.says(s.cleo, Draft{Text: "liked", ReplyTo: secret}))
		}, Floor{Batches: 1, Missing: 1}},
		{"quotes carry one quote", Mastodon45, func(s *small) {
			last := s.says(s.bo, Draft{Text: "last"})
			for _, text := range []string{"third", "second", "first"} {
				last = s.says(s.bo, Draft{Text: text, Quote: last})
			}
			s.ana.Favourite(after(50), last)
		}, Floor{Batches: 1}},
		{"links", Mastodon45, func(s *small) {
			one, two, near := s.says(s.bo, Draft{Text: "1"}), s.says(s.bo, Draft{Text: "2"}), s.says(s.bo, Draft{Text: "3"})
			s.says(s.ana, Draft{Text: one.url + " " + one.uri + " " + two.uri + " " + s.ana.home.View(near)})
			s.says(s.ana, Draft{Text: two.url + " https://x.example/1"})
		}, Floor{Batches: 1, Searches: 2}},
		{"a link to a parent's parent", Mastodon45, func(s *small) {
			s.says(s.ana, Draft{Text: s.answers(1, 2).parent.parent.url})
		}, Floor{Contexts: 1}},
		{"a link by another server's view", Mastodon45, func(s *small) {
			liked := s.says(s.bo, Draft{Text: "liked"})
			s.ana.Favourite(after(50), liked)
			s.says(s.ana, Draft{Text: s.cleo.home.View(liked)})
			unknown := s.says(s.bo, Draft{Text: "unknown"})
			s.says(s.ana, Draft{Text: unknown.url + " " + s.cleo.home.View(unknown)})
		}, Floor{Searches: 2}},
		{"a link that is dead", Mastodon45, func(s *small) {
			gone := s.says(s.bo, Draft{Text: "gone"})
			s.says(s.ana, Draft{Text: gone.url})
			gone.Delete()
		}, Floor{Searches: 1}},
		{"links in links", Mastodon45, func(s *small) {
			first := s.says(s.bo, Draft{Text: "first"})
			near := s.says(s.bo, Draft{Text: first.url})
			s.says(s.ana, Draft{Text: s.says(s.bo, Draft{Text: s.ana.home.View(near)}).url})
		}, Floor{Batches: 1, Searches: 2}},
		{"what Akkoma has forgotten", Akkoma, func(s *small) {
			s.ana.home.Purge(s.answers(1, 1).parent)
		}, Floor{Searches: 1}},
		{"a context for each thread", Mastodon42, func(s *small) {
			s.answers(3, 9)
			s.says(s.ana, Draft{Text: "higher up", ReplyTo: s.answers(1, 9).parent.parent.parent})
		}, Floor{Contexts: 4}},
		{"one for two replies", Mastodon42, func(s *small) {
			s.says(s.ana, Draft{Text: "again", ReplyTo: s.answers(1, 2).parent})
		}, Floor{Contexts: 1}},
		{"a context around one who is muted", Mastodon42, func(s *small) {
			s.ana.Mute(s.bo)
			root := s.says(s.cleo, Draft{Text: "root"})
			loud := s.says(s.bo, Draft{Text: "loud", ReplyTo: root})
			s.says(s.ana, Draft{Text: "own", ReplyTo: loud})
			s.says(s.ana, Draft{Text: "another", ReplyTo: s.says(s.bo, Draft{Text: "louder"})})
		}, Floor{Contexts: 1, Missing: 2}},
		{"a link to what no reply leads to", Mastodon42, func(s *small) {
			linked := []*Post{s.answers(1, 2).parent, s.says(s.bo, Draft{Text: "linked"})}
			s.says(s.ana, Draft{Text: s.ana.home.View(linked[0]) + " " + s.ana.home.View(linked[1])})
		}, Floor{Contexts: 1, Singles: 1}},
		{"nothing is found on Sharkey", Sharkey, func(s *small) {
			s.says(s.ana, Draft{Text: s.says(s.bo, Draft{Text: "linked"}).url})
		}, Floor{}},
	} {
		s := newSmall(test.server)
		test.world(s)
		got := s.Floor([]*Person{s.ana}, deep)
		got.Fixed, got.Pages = 0, 0
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// answers are ana's replies to so many threads of bo's, of so many posts each; the last reply.
func (s *small) answers(threads, posts int) (own *Post) {
	for range threads {
		own = s.says(s.ana, Draft{Text: "own", ReplyTo: s.thread(s.bo, posts)})
	}
	return own
}

// likes are ana's favourites at the ends of so many threads of bo's, of so many posts each above them.
func (s *small) likes(threads, posts int) {
	for n := range threads {
		s.ana.Favourite(after(500+n), s.thread(s.bo, posts+1))
	}
}

// thread is posts of somebody who answers their own; the last one.
func (s *small) thread(p *Person, posts int) (last *Post) {
	for n := range posts {
		last = s.says(p, Draft{Text: fmt.Sprint("post ", n), ReplyTo: last})
	}
	return last
}

// What one account was shown as public costs the others nothing; what is for some only, each asks for itself.
func TestFloorOfAHousehold(t *testing.T) {
	s := newSmall(Mastodon45)
	dan := s.ana.home.Person("dan")
	root, linked := s.says(s.bo, Draft{Text: "root"}), s.says(s.bo, Draft{Text: "linked"})
	for _, p := range []*Person{s.ana, dan} {
		s.says(p, Draft{Text: "own " + linked.url, ReplyTo: root})
	}
	s.cleo.Favourite(after(90), linked)
	both := []*Person{s.ana, dan}
	s.expectFloor(t, both[:1], Floor{Fixed: 4, Pages: 4, Batches: 1, Searches: 1})
	s.expectFloor(t, both, Floor{Fixed: 5, Pages: 8, Batches: 1, Searches: 1})
	s.expectFloor(t, append(both, s.cleo), Floor{Fixed: 9, Pages: 12, Batches: 1})

	liked := s.says(s.bo, Draft{Text: "liked", ReplyTo: s.says(s.bo, Draft{Text: "secret", Visibility: "private"})})
	for _, p := range both {
		p.Follow(start, s.bo)
		p.Favourite(after(100), liked)
	}
	s.expectFloor(t, both[:1], Floor{Fixed: 4, Pages: 4, Batches: 1, Searches: 1})
	s.expectFloor(t, both, Floor{Fixed: 5, Pages: 8, Batches: 2, Searches: 1})
}

// On another server a post has another id: it is known there only where both servers showed what refers to it.
func TestFloorOfTwoServers(t *testing.T) {
	s := newSmall(Mastodon45)
	root := s.says(s.bo, Draft{Text: "root"})
	first := s.says(s.bo, Draft{Text: "first", ReplyTo: root})
	s.ana.Favourite(after(90), first)
	s.cleo.Favourite(after(91), s.says(s.bo, Draft{Text: "second", ReplyTo: root}))
	both := []*Person{s.ana, s.cleo}
	s.expectFloor(t, both, Floor{Fixed: 8, Pages: 8, Batches: 2})
	s.cleo.Favourite(after(92), first)
	s.expectFloor(t, both, Floor{Fixed: 8, Pages: 8, Batches: 2})
	s.cleo.Unfavourite(s.cleo.favourites[0].post)
	s.expectFloor(t, both, Floor{Fixed: 8, Pages: 8, Batches: 1})
}

func (s *small) expectFloor(t *testing.T, household []*Person, want Floor) {
	t.Helper()
	if diff := cmp.Diff(want, s.Floor(household, deep)); diff != "" {
		t.Errorf("%d people (-want +got):\n%s", len(household), diff)
	}
}
