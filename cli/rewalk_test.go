package cli_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// pagedByTwo is a household of one member on a server of a kind, archived in pages of two, in a bubble.
func pagedByTwo(t *testing.T, database func(testing.TB) string, server mastodontest.Software, posts int, test func(h *house)) {
	t.Helper()
	bubble(t, database, func(mix *mastodontest.Mix) {
		oneMember(mix)
		mix.Servers[0].Software, mix.Posts = server, posts
	}, func(h *house) {
		prefs := maps.Clone(rowsOnly)
		prefs["fetch_limit"] = 2
		h.write(prefs)
		h.lama(0)
		h.expectRows("the first run")
		test(h)
	})
}

const aDay = 24 * time.Hour

// below lets something appear where the member's archive has read already: a post that is dated back, and favourites and
// bookmarks of old posts.
func (h *house) below() {
	ana, bo := h.members[0], h.world.Instances()[1].Person("bo")
	for _, at := range []time.Time{day(1).AddDate(-3, 0, 0), day(2).AddDate(-3, 0, 0)} {
		if ana.Instance().Software().PostCursors {
			old := bo.Say(at, "an old heron")
			ana.Favourite(time.Now(), old)
			ana.Bookmark(time.Now(), old)
			continue
		}
		ana.Say(at, "I said it then")
	}
}

// What appears below a cursor is found when the collection is read again, 30 days after it was read whole, and not before.
// Then it is not read again for as long.
func TestWhatAppearsBelowACursorIsFoundByARewalk(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		for kind, server := range map[string]mastodontest.Software{
			"GoToSocial": mastodontest.GoToSocial, "Friendica": mastodontest.Friendica,
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				pagedByTwo(t, database, server, 24, func(h *house) {
					before := len(h.posts())
					h.below()
					h.runs(7, 15, 7)
					if n := len(h.posts()); n != before {
						h.t.Fatalf("%d posts after 29 days, want %d", n, before)
					}
					h.runs(1)
					h.expectRows("30 days")
					h.expectComplete()
					h.world.ForgetLog()
					h.runs(7, 15, 7)
					if paged := h.world.Log().Paged(); len(paged) > 0 {
						h.t.Errorf("in the 29 days after that, pages: %v", paged)
					}
				})
			})
		}
	}
}

// runs runs after each of some numbers of days.
func (h *house) runs(days ...int) {
	h.t.Helper()
	for _, n := range days {
		time.Sleep(time.Duration(n) * aDay)
		h.lama(0)
	}
}

// expectComplete says that every collection is read to its beginning, without a gap or a doubt.
func (h *house) expectComplete() {
	h.t.Helper()
	for _, c := range h.status().Accounts[0].Collections {
		if !c.Complete || c.Gaps > 0 || len(c.Doubts) > 0 {
			h.t.Errorf("%+v", c)
		}
	}
}

// Where nothing can appear below a cursor, and where the preference says so, nothing is read again.
func TestNothingIsReadAgainWithoutNeed(t *testing.T) {
	for name, test := range map[string]struct {
		server mastodontest.Software
		days   string
	}{"Mastodon": {mastodontest.Mastodon45, ""}, "switched off": {mastodontest.GoToSocial, "0"}} {
		t.Run(name, func(t *testing.T) {
			pagedByTwo(t, only(t, "sqlite"), test.server, 8, func(h *house) {
				h.env["LAMA_REWALK_DAYS"] = test.days
				h.world.ForgetLog()
				time.Sleep(40 * aDay)
				h.lama(0)
				if paged := h.world.Log().Paged(); len(paged) > 0 {
					h.t.Errorf("pages: %v", paged)
				}
			})
		})
	}
}

// rewalked are the pages of a person's posts that were asked for again: all but the top one of each run.
func (h *house) rewalked() mastodontest.Log {
	return h.world.Log().To("/api/v1/accounts/{id}/statuses").Paged()
}

// A re-walk that is ended in its middle goes on there, while the collection is still called complete.
func TestARewalkGoesOnWhereItWasEnded(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			pagedByTwo(t, database, mastodontest.GoToSocial, 120, func(h *house) {
				h.below()
				h.world.ForgetLog()
				time.Sleep(31 * aDay)
				if !h.endedAt(45) { // up to 16 answers may not be committed yet
					h.t.Fatal("the run was over before")
				}
				h.expectComplete()
				done := storetest.Query(h.t, h.database, "SELECT pages FROM walks WHERE rewalk")
				first := h.rewalked()
				h.world.ForgetLog()
				h.lama(0)
				h.expectRows("the run after")
				var pages int
				if fmt.Sscan(done[0][0], &pages); pages < 5 {
					h.t.Fatalf("%d pages were kept of %d", pages, len(first))
				}
				seen := map[string]bool{}
				for _, r := range first[:pages-1] { // the top page bears no cursor
					seen[r.Query] = true
				}
				for _, r := range h.rewalked() {
					if seen[r.Query] {
						h.t.Errorf("asked again for %s, which was kept", r.Query)
					}
				}
			})
		})
	}
}

// Where nothing is known to appear below a cursor, only --recheck reads a collection again, and it as rarely.
func TestElsewhereOnlyRecheckReadsAllAgain(t *testing.T) {
	pagedByTwo(t, only(t, "sqlite"), mastodontest.Mastodon45, 24, func(h *house) {
		paged := func(args ...string) int {
			h.world.ForgetLog()
			h.lama(0, args...)
			return len(h.world.Log().Paged())
		}
		time.Sleep(31 * aDay)
		if n := paged("run"); n > 0 {
			h.t.Errorf("an ordinary run reads %d pages again", n)
		}
		if n := paged("run", "--recheck"); n < 12 {
			h.t.Errorf("--recheck reads %d pages again, of 24 posts in pages of two", n)
		}
		if n := paged("run", "--recheck"); n > 0 {
			h.t.Errorf("the next one reads %d pages again", n)
		}
	})
}

// A run reads 60 pages again at most, and the next one goes on.
func TestARewalkIsSpreadOverRuns(t *testing.T) {
	pagedByTwo(t, only(t, "sqlite"), mastodontest.GoToSocial, 150, func(h *house) {
		h.below()
		time.Sleep(31 * aDay)
		h.world.ForgetLog()
		h.lama(0)
		if n := len(h.rewalked()); n != 59 { // and the top page
			h.t.Errorf("%d pages in the first run", n)
		}
		h.expectComplete()
		time.Sleep(aDay)
		h.lama(0)
		h.expectRows("the second run")
	})
}

// A re-walk takes what the server's limit leaves, and waits for no more.
func TestARewalkDoesNotWaitForTheServersLimit(t *testing.T) {
	bubble(t, only(t, "sqlite"), func(mix *mastodontest.Mix) {
		oneMember(mix)
		mix.Servers[0].Software, mix.Posts = mastodontest.GoToSocial, 60
		narrow := mastodontest.Throttle{Limit: 20, Period: 5 * time.Minute}
		mix.Servers[0].Options = []mastodontest.Option{mastodontest.RateLimit(narrow)}
	}, func(h *house) {
		prefs := maps.Clone(rowsOnly)
		prefs["fetch_limit"] = 2
		h.write(prefs)
		h.lama(0)
		h.below()
		time.Sleep(31 * aDay)
		h.world.ForgetLog()
		begun := time.Now()
		h.lama(0)
		if took := time.Since(begun); took > time.Minute {
			h.t.Errorf("the run took %v", took)
		}
		// Six are left, or fewer: the budget counts an answer that is on its way once more than the server does.
		if n := len(h.rewalked()); n < 2 || n > 6 {
			h.t.Errorf("%d pages were read again with 15 requests", n)
		}
		if refused := h.world.Log().Answered(429); len(refused) > 0 {
			h.t.Errorf("refused: %v", refused)
		}
		for runs := 0; len(storetest.Query(h.t, h.database, "SELECT id FROM walks WHERE rewalk")) > 0; runs++ {
			if runs == 10 {
				h.t.Fatal("it comes to no end")
			}
			h.runs(1)
		}
		h.expectRows("some more runs")
	})
}
