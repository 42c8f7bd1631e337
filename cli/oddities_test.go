package cli_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// oddServers are the kinds of server with cursors of their own ways (mastodon-api.md §8), and what can be read there of 12
// posts, favourites and bookmarks in pages of 5. What is not proved is said with its reason: after the first run, and after
// one that finds 3 more of each.
var oddServers = map[string]struct {
	server                       mastodontest.Software
	posts, favourites, bookmarks int
	first, later                 string
}{
	"GoToSocial": {mastodontest.GoToSocial, 12, 12, 12, "", ""}, // where min_id gives the newest page
	"Friendica":  {mastodontest.Friendica, 12, 12, 12, "", ""},
	"Pleroma":    {mastodontest.Pleroma, 12, 12, 12, "", ""},
	"Akkoma":     {mastodontest.Akkoma, 12, 12, 12, "", ""},
	"Sharkey": {mastodontest.Sharkey, 12, 5, 5, "bookmarks: no link, favourites: no link",
		"bookmarks: no link, favourites: no link"},
	"Pixelfed": {mastodontest.Pixelfed, 12, 12, 12, "", "bookmarks: known items"},
	"Pixelfed that ignores max_id": {mastodontest.Pixelfed0125, 5, 12, 12, "statuses: circle",
		"bookmarks: known items, statuses: circle"},
	"Pixelfed with links swapped": {mastodontest.Pixelfed0113, 12, 12, 12, "", ""},
	"Takahe":                      {mastodontest.Takahe, 12, 12, 12, "", "bookmarks: known items, favourites: known items"},
}

// All that can be read is archived, in about as many requests as there are pages, and what can't be proved is said.
func TestServersWithOddCursorsAreWalkedSafely(t *testing.T) {
	for name, test := range oddServers {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{test.server, mastodontest.Mastodon45},
				func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
					return []*mastodontest.Person{at[0].Person("ana")}
				})
			h.write(map[string]any{"fetch_limit": 5, "save_json": 0})
			h.act(1, 12)
			h.lama(0)
			h.expectWalks("the first run", test.posts, test.favourites, test.bookmarks, test.first)
			const asks, pages = 5, 4 + 4 + 4 + 6 // what the server is; 12 items and an empty page; 24 notifications, some twice
			if spent := h.spent(); spent > asks+pages {
				t.Errorf("%d requests: %v", spent, h.endpoints())
			}
			h.sql("UPDATE activities SET archived_at = '2024-02-01 00:00:00+00:00'") // not in this very second
			h.world.ForgetLog()
			h.lama(0)
			h.expectWalks("a run with nothing new", test.posts, test.favourites, test.bookmarks, test.later)
			if spent := h.spent(); spent != 4 {
				t.Errorf("%d requests for nothing new: %v", spent, h.endpoints())
			}
			h.act(13, 15)
			h.lama(0)
			h.expectWalks("a run with news", test.posts+3, test.favourites+3, test.bookmarks+3, test.later)
			for _, r := range h.world.Log() {
				if strings.Contains(r.Query, "min_id") || strings.Contains(r.Query, "since_id") {
					t.Errorf("asked upwards: %s?%s", r.Path, r.Query)
				}
			}
		})
	}
}

// act lets ana, on days from the first to the last, post, favourite and bookmark; bo mentions her and likes what she says.
func (h *house) act(first, last int) {
	ana, bo := h.world.Instances()[0].Person("ana"), h.world.Instances()[1].Person("bo")
	h.members = []*mastodontest.Person{ana}
	for n := first; n <= last; n++ {
		ana.Favourite(day(n), bo.Say(day(n), fmt.Sprint("heron ", n)))
		ana.Bookmark(day(n), bo.Say(day(n), fmt.Sprint("crane ", n)))
		bo.Favourite(day(n), ana.Say(day(n), fmt.Sprint("stork ", n)))
		bo.Say(day(n), "@"+ana.Handle()+" hello")
	}
}

// expectWalks says how much of each collection is archived, that it was read to an end, and what is not proved.
func (h *house) expectWalks(after string, posts, favourites, bookmarks int, doubts string) {
	h.t.Helper()
	for base, want := range map[string]int{"post": posts, "favourite": favourites, "bookmark": bookmarks} {
		if got := len(h.baseActivities(base)); got != want {
			h.t.Errorf("after %s there are %d of %s, want %d", after, got, base, want)
		}
	}
	truth := 0
	for _, a := range h.world.Truth(h.members, limits, nil).Activities {
		if a.Type() == "mention" {
			truth++
		}
	}
	if got := len(h.baseActivities("mention")); got != truth || truth < 12 {
		h.t.Errorf("after %s there are %d mentions, want %d", after, got, truth)
	}
	var said []string
	for _, c := range h.status().Accounts[0].Collections {
		if !c.Complete || c.Gaps > 0 {
			h.t.Errorf("after %s: %+v", after, c)
		}
		if len(c.Doubts) > 0 {
			said = append(said, string(c.Collection)+": "+h.doubt(string(c.Collection)))
		}
	}
	slices.Sort(said)
	if got := strings.Join(said, ", "); got != doubts {
		h.t.Errorf("after %s %q is not proved, want %q", after, got, doubts)
	}
}

// doubt is why a collection is not proved.
func (h *house) doubt(collection string) string {
	h.t.Helper()
	rows := storetest.Query(h.t, h.database, "SELECT doubt FROM walks WHERE collection = $1", collection)
	if len(rows) != 1 {
		h.t.Fatalf("%s: %v", collection, rows)
	}
	return rows[0][0]
}

// Mastodon up to 4.2 gives a short page without a next link where a post vanishes while the page is made. Neither in the
// first walk nor above what was read is that taken for the end.
func TestAPageThatIsShortByAccidentIsNotTheLast(t *testing.T) {
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.Mastodon42, mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			return []*mastodontest.Person{at[0].Person("ana")}
		})
	h.write(map[string]any{"fetch_limit": 5, "save_json": 0})
	ana := h.members[0]
	vanishing := func(first int, at int, text string) (mend func()) {
		where := mastodontest.Rule{Prefix: "/api/v1/accounts/", First: first, Times: 1}
		return ana.Instance().Break(where, mastodontest.Vanish(ana.Say(day(at), text)))
	}
	h.act(1, 12)
	mend := vanishing(2, 11, "soon gone") // the request after that for the credentials
	h.lama(0)
	mend()
	h.expectWalks("the first run", 12, 12, 12, "")
	h.act(13, 22)
	mend = vanishing(1, 21, "gone as well")
	h.lama(0)
	mend()
	h.expectWalks("the second run", 22, 22, 22, "")
}
