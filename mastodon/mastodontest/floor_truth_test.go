package mastodontest

import (
	"fmt"
	"slices"
	"testing"

	"lama/archive"
)

// What every server costs once, and every account.
func TestFloorOfEachServer(t *testing.T) {
	for n, want := range []Floor{
		{Fixed: 4, Pages: 4}, {Fixed: 4, Pages: 5}, {Fixed: 4, Pages: 5}, {Fixed: 4, Pages: 5}, {Fixed: 5, Pages: 5},
	} {
		s := newSmall([]Software{Mastodon45, Mastodon42, GoToSocial, Akkoma, Mastodon31}[n])
		s.says(s.ana, Draft{Text: "own"})
		s.expectFloor(t, []*Person{s.ana}, want)
	}
}

// LAMA 1.1 asks for each reply's parent and three times for each link, if it has what that leads to or not.
func TestLAMA(t *testing.T) {
	s := newSmall(Mastodon45)
	for range 25 {
		s.says(s.ana, Draft{Text: "own"})
	}
	own := s.answers(1, 3)
	s.ana.Favourite(after(500), s.says(s.bo, Draft{Text: own.url + " " + own.uri, ReplyTo: own}))
	if got, want := s.LAMA(s.ana, deep), (2+1)+(1+2)+2+2+2+4+3; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
}

// In generated worlds the cheapest archive misses nothing, and its pages are those that the API gives.
func TestFloorBringsTheTruth(t *testing.T) {
	for n := range 7 {
		host := fmt.Sprintf("s%d.example", n)
		w := Generate(uint64(n), mixed("ana@"+host, "bo@"+host, "cleo@s7.example"))
		software := w.instances[host].software
		household := w.Household()
		f := w.frugal(household, deep)
		for _, a := range w.Truth(household, deep, nil).Activities {
			p, post := w.person(a.Account), w.wrapped(a.PostURI)
			if post == nil {
				post = w.Find(a.PostURI)
			}
			shared := slices.ContainsFunc(household, func(q *Person) bool {
				return f.got[q][post] && (q == p || archive.Public(post.visibility))
			})
			if !shared {
				t.Errorf("%s: %s of %s is not there: %s", software.Name, a.Type(), a.Account, a.PostURI)
			}
		}
		pages := 0
		for _, p := range household {
			pages += walked(t, p)
		}
		if f.Pages != pages {
			t.Errorf("%s: %d pages, want %d", software.Name, f.Pages, pages)
		}
	}
}

// walked is how many requests it takes to read a person's collections.
func walked(t *testing.T, p *Person) int {
	limit := "?limit=40"
	if p.home.software.goToSocial() {
		limit = "?limit=100"
	}
	posts, statuses := walk(t, p, statusesOf(p)+limit, "next")
	_, favourites := walk(t, p, "/api/v1/favourites"+limit, "next")
	_, bookmarks := walk(t, p, "/api/v1/bookmarks"+limit, "next")
	types := "types[]=mention&types[]=poll&include_filtered=true"
	_, notifications := walk(t, p, "/api/v1/notifications?limit=80&"+types, "next")
	if s := p.home.software; s.mastodon() && s.API == 0 && len(posts)%40 > 0 {
		below := get(p, statusesOf(p)+limit+"&max_id="+posts[len(posts)-1].ID)
		if items := value[[]item](t, below); len(items) > 0 {
			t.Errorf("%d posts are below the last", len(items))
		}
		statuses++
	}
	return statuses + favourites + bookmarks + notifications
}
