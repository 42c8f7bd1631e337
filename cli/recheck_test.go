package cli_test

import (
	"encoding/json"
	"fmt"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// calendar runs a test in a bubble of testing/synctest, in which days pass at once: ana is the household, on a server of
// the given kind; bo is on the same server, and cleo on another one.
func calendar(t *testing.T, database func(testing.TB) string, software mastodontest.Software,
	test func(h *house, ana, bo, cleo *mastodontest.Person)) {
	t.Helper()
	watchSignals()
	defer signal.Reset(syscall.SIGPIPE)
	url := database(t)
	synctest.Test(t, func(t *testing.T) {
		world := mastodontest.New()
		one, two := world.Instance("one.example", software), world.Instance("two.example", mastodontest.Mastodon45)
		memory := mastodontest.ServeMemory(world)
		defer memory.Close()
		ana := one.Person("ana")
		h := &house{t: t, world: world, members: []*mastodontest.Person{ana}, dir: t.TempDir(), database: url,
			env: map[string]string{}, network: memory.Transport()}
		h.authorise(ana)
		h.write(rowsOnly)
		test(h, ana, one.Person("bo"), two.Person("cleo"))
	})
}

// pass lets days pass, and hours.
func pass(days float64) { time.Sleep(time.Duration(days * float64(24*time.Hour))) }

// expect compares the text columns of a query with lines, in any order.
func (h *house) expect(what, sql string, want ...string) {
	h.t.Helper()
	var got []string
	for _, row := range storetest.Query(h.t, h.database, sql) {
		got = append(got, strings.Join(row, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// expectVersions compares the versions of a post with those that it had.
func (h *house) expectVersions(p *mastodontest.Post) {
	h.t.Helper()
	var want []string
	for n, at := range p.Versions() {
		if n == 0 {
			want = append(want, "")
			continue
		}
		want = append(want, at.UTC().Format("2006-01-02 15:04:05"))
	}
	h.expect("versions of "+p.URI(), fmt.Sprintf(`SELECT COALESCE(substr(CAST(edited_at AS text), 1, 19), '') FROM posts WHERE post_uri = '%[1]s'
UNION ALL SELECT COALESCE(substr(CAST(edited_at AS text), 1, 19), '') FROM revisions WHERE post_uri = '%[1]s'`, p.URI()), want...)
}

// again is what a run says of the posts that it asked for again.
func again(t *testing.T, stdout string) (a archive.Again) {
	t.Helper()
	for line := range strings.Lines(stdout) {
		var end struct {
			Summary struct{ Reread, Changed, Missing int }
		}
		if strings.Contains(line, `"run ended"`) && json.Unmarshal([]byte(line), &end) == nil {
			return archive.Again{Read: end.Summary.Reread, Changed: end.Summary.Changed, Missing: end.Summary.Missing}
		}
	}
	t.Fatalf("no summary in %s", stdout)
	return a
}

const (
	missing = "SELECT content, CASE WHEN deleted_at IS NULL THEN '' ELSE 'deleted' END FROM posts WHERE missing_since IS NOT NULL"
	removed = `SELECT p.content, a.base FROM activities a JOIN posts p ON p.post_uri = a.post_uri WHERE a.removed_at IS NOT NULL`
)

// Whatever became of posts after they were archived is found by --recheck, without anything being removed, and by nothing
// else, so that a run with nothing new stays as cheap as it was.
func TestRecheckFindsWhatBecameOfPosts(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			calendar(t, database, mastodontest.Mastodon45, func(h *house, ana, bo, cleo *mastodontest.Person) {
				liked := func(by *mastodontest.Person, draft mastodontest.Draft) *mastodontest.Post {
					p := by.Post(time.Now(), draft)
					ana.Favourite(time.Now(), p)
					pass(0.001)
					return p
				}
				ana.Follow(time.Now(), bo)
				edited := liked(cleo, mastodontest.Draft{Text: "teh heron", Media: []mastodontest.Media{{Alt: "a heron"}}})
				local, remote := liked(bo, mastodontest.Draft{Text: "local"}), liked(cleo, mastodontest.Draft{Text: "remote"})
				liked(bo, mastodontest.Draft{Text: "for friends", Visibility: "private"})
				muted, unliked := liked(cleo, mastodontest.Draft{Text: "loud"}), liked(cleo, mastodontest.Draft{Text: "unliked"})
				parent := liked(cleo, mastodontest.Draft{Text: "the parent"})
				reply := liked(bo, mastodontest.Draft{Text: "a reply", ReplyTo: parent})
				both := liked(cleo, mastodontest.Draft{Text: "both"})
				ana.Bookmark(time.Now(), both)
				boosted := cleo.Say(time.Now(), "boosted")
				ana.Boost(time.Now(), boosted)
				own := ana.Say(time.Now(), "my own")
				for n := range 45 { // more than a page of each
					ana.Say(time.Now().Add(time.Duration(n)*time.Second), fmt.Sprint("page ", n))
					ana.Favourite(time.Now(), cleo.Say(time.Now(), fmt.Sprint("page ", n)))
				}
				h.lama(0)
				activities := h.activities()
				pass(0.5)
				edited.Edit(time.Now(), mastodontest.Draft{Text: "the hreon", Media: []mastodontest.Media{{Alt: "another heron"}}})
				pass(0.01)
				edited.Edit(time.Now(), mastodontest.Draft{Text: "the heron"})
				own.Edit(time.Now(), mastodontest.Draft{Text: "my own, corrected"})
				local.Delete()
				remote.Delete()
				ana.Unfollow(bo)
				ana.Mute(muted.Author())
				ana.Unfavourite(unliked)
				ana.Unbookmark(both)
				ana.Unboost(boosted)
				ana.Instance().Purge(parent)
				reply.Edit(time.Now(), mastodontest.Draft{Text: "an answer"}) // that has no parent now

				pass(0.6)
				h.world.ForgetLog()
				stdout, _ := h.lama(0)
				if n := h.spent(); n != 4 || again(t, stdout) != (archive.Again{}) {
					t.Errorf("a run without --recheck takes %d requests: %v", n, h.endpoints())
				}
				h.expect("missing", missing)
				h.world.ForgetLog()
				stdout, _ = h.lama(0, "run", "--recheck")
				if a := again(t, stdout); a.Changed != 3 || a.Missing != 4 || a.Read < 90 {
					t.Errorf("it says %+v", a)
				}
				if n, most := len(h.world.Log().To("/api/v1/statuses")), (again(t, stdout).Read+19)/20+2; n > most {
					t.Errorf("%d batches, want at most %d", n, most)
				}
				h.expectVersions(edited)
				h.expectVersions(own)
				h.expect("media of older versions", "SELECT alt, state FROM attachments WHERE position IS NULL AND post_uri <> ''", "a heron off", "another heron off")
				h.expect("missing", missing, "local deleted", "remote ", "for friends ", "the parent ")
				h.expect("removed", removed, "unliked favourite", "both bookmark", "boosted reblog", " post")
				h.compare("the activities", activities, h.activities())
				h.expect("the parent", "SELECT p.content FROM refs r JOIN posts p ON p.post_uri = r.target_uri", "the parent")

				h.world.ForgetLog()
				if h.lama(0, "run", "--recheck"); h.spent() != 4 {
					t.Errorf("a second one takes %d requests: %v", h.spent(), h.endpoints())
				}
				ana.Favourite(time.Now(), unliked)
				h.lama(0)
				h.expect("removed", removed, "both bookmark", "boosted reblog", " post")
			})
		})
	}
}

// Where there are no batches one's own posts are read again with their pages, and nothing else is asked for.
func TestRecheckWithoutBatches(t *testing.T) {
	for name, software := range map[string]mastodontest.Software{"GoToSocial": mastodontest.GoToSocial, "Mastodon 4.2": mastodontest.Mastodon42} {
		t.Run(name, func(t *testing.T) {
			calendar(t, only(t, "sqlite"), software, func(h *house, ana, _, cleo *mastodontest.Person) {
				var posts []*mastodontest.Post
				for n := range 250 {
					posts = append(posts, ana.Say(time.Now(), fmt.Sprint("post ", n)))
					ana.Favourite(time.Now(), cleo.Say(time.Now(), fmt.Sprint("hers ", n)))
					pass(0.0001)
				}
				h.lama(0)
				pass(0.5)
				posts[10].Edit(time.Now(), mastodontest.Draft{Text: "corrected"})
				posts[20].Delete()
				pass(0.6)
				h.world.ForgetLog()
				stdout, _ := h.lama(0, "run", "--recheck")
				if a := again(t, stdout); a != (archive.Again{Read: 249, Changed: 1, Missing: 1}) {
					t.Errorf("it says %+v", a)
				}
				pages := map[string]int{"GoToSocial": 3, "Mastodon 4.2": 7}[name]
				if n := len(h.world.Log().To("/api/v1/accounts/{id}/statuses")); n != pages || h.spent() != pages+3+2 {
					t.Errorf("%d pages of %d requests, want %d and the post, the history: %v", n, h.spent(), pages, h.endpoints())
				}
				h.expectVersions(posts[10])
				h.expect("missing", missing, "post 20 deleted")
				h.world.ForgetLog()
				if h.lama(0, "run", "--recheck"); h.spent() != 4 {
					t.Errorf("a second one takes %d requests: %v", h.spent(), h.endpoints())
				}
			})
		})
	}
}

// Who boosted a post is told of its edits: that needs no --recheck, and no look at what was told before.
func TestUpdatesAreUsed(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			calendar(t, database, mastodontest.Mastodon45, func(h *house, ana, _, cleo *mastodontest.Person) {
				p, strange := cleo.Say(time.Now(), "teh heron"), cleo.Say(time.Now(), "never archived")
				ana.Boost(time.Now(), p)
				strange.Edit(time.Now(), mastodontest.Draft{Text: "edited"})
				for n := range 200 {
					cleo.Say(time.Now(), fmt.Sprint("@ana@one.example hello ", n))
				}
				h.lama(0)
				posts := len(h.posts())
				for n := range 50 { // the boost has left the top page
					pass(0.001)
					ana.Say(time.Now(), fmt.Sprint("page ", n))
				}
				h.lama(0)
				pass(1)
				p.Edit(time.Now(), mastodontest.Draft{Text: "the hreon"})
				pass(0.1)
				p.Edit(time.Now(), mastodontest.Draft{Text: "the heron"})
				h.world.ForgetLog()
				h.lama(0)
				h.expectVersions(p)
				if n := h.spent(); n != 5 || len(h.world.Log().To("/api/v1/statuses/{id}/history")) != 1 {
					t.Errorf("%d requests, want the four pages and one history: %v", n, h.endpoints())
				}
				if n := len(h.posts()); n != posts+50 {
					t.Errorf("%d posts, want %d", n, posts+50)
				}
				h.expect("notifications of updates", "SELECT activity_type FROM activities WHERE activity_type NOT IN ('post', 'reblog', 'mention')")
			})
		})
	}
}

// A server that has no history is asked twice, since a post may be gone; what was seen is kept.
func TestAServerWithoutHistory(t *testing.T) {
	software := mastodontest.Mastodon45
	software.NoHistory = true
	calendar(t, only(t, "sqlite"), software, func(h *house, ana, _, _ *mastodontest.Person) {
		h.env["LAMA_API_CONCURRENCY"] = "1"
		var posts []*mastodontest.Post
		for n := range 5 {
			posts = append(posts, ana.Say(time.Now(), fmt.Sprint("teh heron ", n)))
		}
		h.lama(0)
		for days := range 2 {
			pass(1)
			h.world.ForgetLog()
			for n, p := range posts {
				p.Edit(time.Now(), mastodontest.Draft{Text: fmt.Sprint("the heron ", n, days)})
			}
			h.lama(0)
			if n := len(h.world.Log().To("/api/v1/statuses/{id}/history")); n != 2-2*days {
				t.Errorf("day %d: %d requests for a history", days, n)
			}
		}
		for _, p := range posts {
			h.expectVersions(p)
		}
		h.expect("left", "SELECT name FROM frontier WHERE state <> 'done'")
	})
}

// The votes are counted when a poll has ended, which no edit tells.
func TestPollsAreReadAgainWhenTheyHaveEnded(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			calendar(t, database, mastodontest.Mastodon45, func(h *house, ana, bo, cleo *mastodontest.Person) {
				poll := &mastodontest.Poll{Options: []string{"tea", "coffee"}, Ends: time.Now().Add(12 * time.Hour)}
				p := cleo.Post(time.Now(), mastodontest.Draft{Text: "Which one?", Poll: poll})
				ana.Favourite(time.Now(), p)
				for range 45 {
					ana.Favourite(time.Now(), cleo.Say(time.Now(), "above"))
				}
				h.lama(0)
				bo.Vote(p, 1)
				votes := func(want string) {
					h.t.Helper()
					for _, r := range storetest.Query(h.t, h.database, "SELECT json FROM posts WHERE post_uri = $1", p.URI()) {
						if !strings.Contains(r[0], `"voters_count":`+want) {
							t.Errorf("want %s voters: %s", want, r[0])
						}
					}
				}
				for day, want := range []string{"0", "1", "1"} {
					h.world.ForgetLog()
					h.lama(0)
					votes(want)
					if n, due := h.spent(), map[bool]int{true: 1}[day == 1]; n != 4+due {
						t.Errorf("day %d: %d requests: %v", day, n, h.endpoints())
					}
					pass(0.6)
				}
				h.expect("revisions", "SELECT json FROM revisions")
			})
		})
	}
}

// Sharkey says of every post that it is no bookmark.
func TestAServerIsNotBelievedThatSaysTheSameOfAll(t *testing.T) {
	calendar(t, only(t, "sqlite"), mastodontest.Sharkey, func(h *house, ana, _, _ *mastodontest.Person) {
		poll := &mastodontest.Poll{Options: []string{"tea", "coffee"}, Ends: time.Now().Add(time.Hour)}
		ana.Bookmark(time.Now(), ana.Post(time.Now(), mastodontest.Draft{Text: "Which one?", Poll: poll}))
		h.lama(0)
		pass(1)
		stdout, _ := h.lama(0, "run", "--only", "favourites") // whose pages do not show it
		if a := again(t, stdout); a.Read != 1 {
			t.Errorf("it says %+v", a)
		}
		h.expect("removed", removed)
	})
}

// A film that was being processed when it was archived is fetched by a later run.
func TestMediaThatWereProcessedAreFetched(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			var film *mastodontest.Post
			h := twoServers(t, database(t), func(ana, _ *mastodontest.Person) {
				film = ana.Post(time.Now(), mastodontest.Draft{Text: "a film", Media: []mastodontest.Media{{Type: "video", Processing: true}}})
			})
			h.lama(0)
			film.Process()
			h.world.ForgetLog()
			h.sql("UPDATE posts SET again_at = '2024-01-01 00:00:00+00:00' WHERE again_at IS NOT NULL")
			stdout, _ := h.lama(0)
			h.expectTruth("the film is there")
			if a := again(t, stdout); a.Read != 1 {
				t.Errorf("it says %+v", a)
			}
			h.expect("attachments", "SELECT state, position FROM attachments", "done 0")
			h.expect("revisions", "SELECT json FROM revisions")
		})
	}
}
