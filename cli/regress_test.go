package cli_test

// The defects that were found in the sources of other archivers, each with a test here, by the name of the program
// and the commit that was read. Tested elsewhere:
//
//   - LAMA 1.1 (8328d47): one dead instance ends all remaining accounts (TestOneBadAccountLeavesTheOthersAlone); a
//     killed first run begins again (TestAKilledFirstRunDoesNotStartOver); failed media is never retried
//     (TestABusyMediaHostIsLeftForALaterRun); a stalled host hangs the run (TestAPassingFaultIsWaitedFor for the API,
//     TestMediaStall in package stages for media); partial files stay (TestMediaFailures there); time stamps have no
//     zone (run.txtar of package main); one connection per query (the pools of package store); favourites and
//     bookmarks of old posts (TestTheArchiveEqualsTheTruth).
//   - Mastoferr (6b1be08): everything is held in memory until the last page (each page is a transaction:
//     TestAKilledFirstRunDoesNotStartOver); a ping a day tells its makers of every user (we have no such address).
//   - MA (06732b0): one save at the very end (TestAKilledFirstRunDoesNotStartOver); some commands ask for a token
//     that may write (TestInitInBrowser).
//   - M2S (77df2f2): one newest id for all collections skips own posts (every collection has walks of its own:
//     package store); no retry (TestAPassingFaultIsWaitedFor).

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// twoServers is a household of ana alone; bo lives on another server.
func twoServers(t *testing.T, database string, build func(ana, bo *mastodontest.Person)) *house {
	t.Helper()
	return byHand(t, database, []mastodontest.Software{mastodontest.Mastodon45, mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana, bo := at[0].Person("ana"), at[1].Person("bo")
			build(ana, bo)
			return []*mastodontest.Person{ana}
		})
}

// people are ana and bo of twoServers.
func (h *house) people() (ana, bo *mastodontest.Person) {
	return h.members[0], h.world.Instances()[1].Person("bo")
}

// LAMA 1.1 (8328d47): the cursor of favourites and bookmarks is taken from a second request, after the last page:
// what was added between is skipped for good.
func TestFavouritesAddedDuringTheWalkAreNotSkipped(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := twoServers(t, database(t), func(ana, bo *mastodontest.Person) {
				for n := range 9 {
					ana.Favourite(day(10), bo.Say(day(1), fmt.Sprint("heron ", n)))
				}
			})
			h.write(map[string]any{"fetch_limit": 3})
			ana, bo := h.people()
			var late atomic.Int64
			mend := ana.Instance().Break(mastodontest.Rule{Prefix: "/api/v1/favourites"}, meanwhile(func() {
				ana.Favourite(day(11), bo.Say(day(2), fmt.Sprint("late heron ", late.Add(1))))
			}))
			h.lama(0)
			mend()
			h.lama(0)
			h.expectRows("the second run")
			if got, want := len(h.baseActivities("favourite")), 9+int(late.Load()); got != want || want < 12 {
				t.Errorf("%d favourites, want %d", got, want)
			}
		})
	}
}

// baseActivities are the URIs of posts that are archived for an activity.
func (h *house) baseActivities(base string) (uris []string) {
	h.t.Helper()
	for _, r := range storetest.Query(h.t, h.database, "SELECT post_uri FROM activities WHERE activity_type = $1", base) {
		uris = append(uris, r[0])
	}
	slices.Sort(uris)
	return uris
}

// LAMA 1.1 (8328d47): INSERT OR REPLACE destroys the older revision, the id of the row and the user's note. MA
// (06732b0): --update overwrites in place.
func TestAnEditKeepsTheOldRevisionTheRowAndTheNote(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := twoServers(t, database(t), func(ana, bo *mastodontest.Person) {
				ana.Favourite(day(3), bo.Say(day(1), "teh heron"))
				ana.Favourite(day(4), bo.Say(day(2), "another"))
			})
			h.lama(0)
			h.sql("UPDATE posts SET note = 'my favourite' WHERE content LIKE 'teh%'")
			const rows = "SELECT id, post_uri, note FROM posts ORDER BY note"
			before := storetest.Query(t, h.database, rows)
			if len(before) != 2 || before[1][2] != "my favourite" {
				t.Fatalf("posts: %v", before)
			}
			ana, _ := h.people()
			for _, row := range before {
				post := h.world.Find(row[1])
				post.Edit(day(5), mastodontest.Draft{Text: "the heron"})
				ana.Bookmark(day(6), post) // to be shown it again
			}
			h.lama(0)
			h.expectRows("the second run")
			if after := storetest.Query(t, h.database, rows); !slices.EqualFunc(before, after, slices.Equal) {
				t.Errorf("rows %v became %v", before, after)
			}
			old := storetest.Query(t, h.database, "SELECT json FROM revisions ORDER BY json")
			if all := fmt.Sprint(old); len(old) != 2 || !strings.Contains(all, "teh heron") || !strings.Contains(all, "another") {
				t.Errorf("revisions: %s", all)
			}
		})
	}
}

// LAMA 1.1 (8328d47): edits of own posts are never seen, as it asks only for what is newer than the newest. Every run
// of ours begins with the whole newest page.
func TestEditsOfRecentPostsAreSeen(t *testing.T) {
	var recent *mastodontest.Post
	h := twoServers(t, only(t, "sqlite")(t), func(ana, _ *mastodontest.Person) {
		recent = ana.Say(day(1), "teh heron")
		ana.Say(day(2), "another")
	})
	h.lama(0)
	recent.Edit(day(3), mastodontest.Draft{Text: "the heron"})
	h.lama(0)
	h.expectRows("the edit")
}

// LAMA 1.1 (8328d47): tries /media_proxy/, which makes the server fetch a file anew, before the file's own address.
func TestTheMediaProxyIsNotAskedBeforeTheOrigin(t *testing.T) {
	h := bookmarked(t, only(t, "sqlite")(t),
		mastodontest.Media{Alt: "there", Copy: mastodontest.CopyProxied},
		mastodontest.Media{Alt: "at the proxy alone", Copy: mastodontest.CopyProxied, OriginalGone: true})
	h.lama(0)
	h.expectTruth("the run")
	proxied := 0
	for _, r := range h.world.Log().Media() {
		if strings.HasPrefix(r.Path, "/media_proxy/") {
			proxied++
		}
	}
	if proxied > 1 {
		t.Errorf("the proxy was asked for %d files, and one of them only it has", proxied)
	}
}

// LAMA 1.1 (8328d47): knows a linked post only as /@user/<digits>, /users/user/statuses/<digits> and
// /web/statuses/<digits>.
func TestLinkedPostsOfEverySoftwareAreRecognised(t *testing.T) {
	kinds := []mastodontest.Software{mastodontest.Mastodon45, mastodontest.GoToSocial, mastodontest.Pleroma,
		mastodontest.Akkoma, mastodontest.Sharkey}
	var linked []string
	h := byHand(t, only(t, "sqlite")(t), kinds,
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana := at[0].Person("ana")
			for n, i := range at[1:] {
				byURL, byURI := i.Person("bo").Say(day(n+1), "by its page"), i.Person("bo").Say(day(n+1), "by its name")
				ana.Say(day(9), "Look: "+byURL.URL()+" and "+byURI.URI())
				linked = append(linked, byURL.URI(), byURI.URI())
			}
			return []*mastodontest.Person{ana}
		})
	h.lama(0)
	slices.Sort(linked)
	h.compare("linked posts", linked, h.baseActivities("post.link"))
}

// Mastoferr (6b1be08): returns before it looks at what is boosted when the wrapper has no media. slurp (09cda94):
// skips boosts and polls.
func TestTheMediaOfABoostAreSaved(t *testing.T) {
	h := twoServers(t, only(t, "sqlite")(t), func(ana, bo *mastodontest.Person) {
		ana.Boost(day(2), bo.Post(day(1), mastodontest.Draft{Text: "a heron", Media: []mastodontest.Media{{Alt: "a heron"}}}))
	})
	h.lama(0)
	h.expectTruth("the run")
	if m := h.status().Media; m.Files != 1 {
		t.Errorf("status: %+v", m)
	}
}

// Mastoferr (6b1be08): keeps the largest status id as the cursor of favourites, which the API reads as the id of a
// favourite: after the first run no new ones are found. Nor are all of them read again.
func TestTheCursorOfFavouritesIsNoStatusID(t *testing.T) {
	h := twoServers(t, only(t, "sqlite")(t), func(ana, bo *mastodontest.Person) {
		for n := range 9 {
			ana.Favourite(day(9), bo.Say(day(8), fmt.Sprint("liked at once ", n)))
			ana.Bookmark(day(9), bo.Say(day(8), fmt.Sprint("kept at once ", n)))
		}
	})
	h.write(map[string]any{"fetch_limit": 3})
	h.lama(0)
	ana, bo := h.people()
	old := bo.Say(day(2), "older than all that is archived")
	ana.Favourite(day(10), old)
	ana.Bookmark(day(10), old)
	h.world.ForgetLog()
	h.lama(0)
	h.expectRows("the second run")
	for _, path := range []string{"/api/v1/favourites", "/api/v1/bookmarks"} {
		if n := len(h.world.Log().To(path)); n > 2 {
			t.Errorf("%d requests to %s for one new post", n, path)
		}
	}
}

// MA (06732b0): the walk ends after 11 known items in all: what was favourited again, and so stands at the top, ends
// it above what is new. perkeep: a page on which nothing is new is the last one.
func TestKnownFavouritesAtTheTopDoNotEndTheWalk(t *testing.T) {
	h := twoServers(t, only(t, "sqlite")(t), func(ana, bo *mastodontest.Person) {
		for n := range 20 {
			ana.Favourite(day(9), bo.Say(day(1), fmt.Sprint("heron ", n)))
		}
	})
	h.write(map[string]any{"fetch_limit": 5})
	h.lama(0)
	ana, bo := h.people()
	known := h.baseActivities("favourite")
	for n := range 3 {
		ana.Favourite(day(10), bo.Say(day(2), fmt.Sprint("new heron ", n)))
	}
	for _, uri := range known[:12] {
		ana.Unfavourite(h.world.Find(uri))
		ana.Favourite(day(11), h.world.Find(uri))
	}
	h.lama(0)
	h.expectRows("the second run")
	if n := len(h.baseActivities("favourite")); n != 23 {
		t.Errorf("%d favourites, want 23", n)
	}
}
