package cli_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"lama/mastodon/mastodontest"
	"lama/store"
)

// day is the n-th day of the worlds that are made by hand.
func day(n int) time.Time { return time.Date(2024, 1, n, 12, 0, 0, 0, time.UTC) }

// byHand serves a world that a test makes, on loopback, with as many hosts as there are kinds of software.
func byHand(t *testing.T, database string, software []mastodontest.Software,
	build func(*mastodontest.World, []*mastodontest.Instance) []*mastodontest.Person) *house {
	t.Helper()
	servers, err := mastodontest.Listen(len(software))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(servers.Close)
	world := mastodontest.New()
	for n, host := range servers.Hosts() {
		world.Instance(host, software[n], mastodontest.PlainHTTP)
	}
	h := &house{t: t, world: world, dir: t.TempDir(), database: database, env: map[string]string{}}
	h.members = build(world, world.Instances())
	servers.Serve(world)
	h.authorise(h.members...)
	h.write(nil)
	return h
}

// sql changes the database behind the program's back.
func (h *house) sql(statement string, args ...any) {
	h.t.Helper()
	driver, source := "pgx", h.database
	if path, ok := strings.CutPrefix(source, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(h.t.Context(), statement, args...); err != nil {
		h.t.Fatalf("%v in %s", err, statement)
	}
}

// status is what `lama status --json` says.
func (h *house) status() (r store.Report) {
	h.t.Helper()
	stdout, _ := h.lama(0, "status", "--json")
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		h.t.Fatalf("%v in %s", err, stdout)
	}
	return r
}

// bookmarked is a household of ana, who has bookmarked a post of bo's, from another server, for each file.
func bookmarked(t *testing.T, database string, files ...mastodontest.Media) *house {
	t.Helper()
	return byHand(t, database, []mastodontest.Software{mastodontest.Mastodon45, mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana, bo := at[0].Person("ana"), at[1].Person("bo")
			for n, file := range files {
				ana.Bookmark(day(20), bo.Post(day(n+1), mastodontest.Draft{Text: file.Alt, Media: []mastodontest.Media{file}}))
			}
			return []*mastodontest.Person{ana}
		})
}

// A file that one address does not have comes from the other. One that nobody has is told, and is no failure.
func TestFilesThatAreGone(t *testing.T) {
	h := bookmarked(t, only(t, "sqlite")(t),
		mastodontest.Media{Alt: "no copy", CopyGone: true},
		mastodontest.Media{Alt: "no original", OriginalGone: true},
		mastodontest.Media{Alt: "nowhere", CopyGone: true, OriginalGone: true})
	stdout, _ := h.lama(0)
	h.expectTruth("the run")
	if n := strings.Count(stdout, `"a file can't be had"`); n != 1 {
		t.Errorf("told %d times that a file is gone: %s", n, stdout)
	}
	if m := h.status().Media; m.Files != 2 || m.Failed != 1 || m.Pending+m.Deferred != 0 {
		t.Errorf("status: %+v", m)
	}
}

// A post that is gone, or is not for the account, is told, and is no failure.
func TestPostsThatAreGone(t *testing.T) {
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana, bo := at[0].Person("ana"), at[0].Person("bo")
			doomed := bo.Say(day(1), "I shall regret this")
			secret := bo.Post(day(2), mastodontest.Draft{Text: "for friends", Visibility: "private"})
			ana.Post(day(3), mastodontest.Draft{Text: "you will", ReplyTo: doomed})
			ana.Favourite(day(5), at[0].Person("cleo").Post(day(4), mastodontest.Draft{Text: "friend!", ReplyTo: secret}))
			ana.Say(day(6), "Remember "+doomed.URL()+" ?")
			doomed.Delete()
			return []*mastodontest.Person{ana}
		})
	stdout, _ := h.lama(0)
	h.expectRows("the run")
	if n := strings.Count(stdout, `"a post can't be had"`); n == 0 || int64(n) != h.status().Accounts[0].Failed {
		t.Errorf("told %d times that a post is gone, status says %d: %s", n, h.status().Accounts[0].Failed, stdout)
	}
}

// A stranger's host that wants to be left alone for hours keeps no run waiting, however many files it has: they are
// deferred, which is told, and a later run gets them.
//
// LAMA 1.1 (8328d47): urlretrieve has no timeout, so that a stalled host hangs the run (before and within an answer:
// TestMediaStall in package stages, TestStall in package outward); media that failed once is never asked for again.
func TestABusyMediaHostIsLeftForALaterRun(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := bookmarked(t, database(t), slices.Repeat([]mastodontest.Media{{Alt: "a heron", CopyGone: true}}, 5)...)
			mend := h.world.Instances()[1].Break(mastodontest.Rule{Prefix: "/system/"},
				mastodontest.Status(503, "", "Retry-After", "7200"))
			h.lama(0)
			if m := h.status().Media; m.Files != 0 || m.Failed != 0 || m.Pending+m.Deferred != 5 {
				t.Errorf("status: %+v", m)
			}
			mend()
			h.sql("UPDATE attachments SET not_before = '2024-01-01 00:00:00+00:00' WHERE not_before IS NOT NULL")
			h.lama(0)
			h.expectTruth("the host is back")
		})
	}
}

// A host that gives no answer costs each run one attempt, however many files it has, and disturbs no other. When it is
// back, all its files arrive.
func TestASilentMediaHostCostsOneAttempt(t *testing.T) {
	t.Parallel()
	const files = 500
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, database(t), slices.Repeat([]mastodontest.Software{mastodontest.Mastodon45}, 3),
				func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
					ana, bo, cleo := at[0].Person("ana"), at[1].Person("bo"), at[2].Person("cleo")
					heron := mastodontest.Media{Alt: "a heron", CopyGone: true}
					for range files / 4 {
						ana.Bookmark(day(20), bo.Post(day(1), mastodontest.Draft{Media: slices.Repeat([]mastodontest.Media{heron}, 4)}))
					}
					ana.Bookmark(day(20), cleo.Post(day(2), mastodontest.Draft{Media: []mastodontest.Media{heron}}))
					return []*mastodontest.Person{ana}
				})
			h.write(map[string]any{"media_pace": 100_000})
			silent := h.world.Instances()[1]
			mend := silent.Break(mastodontest.Rule{Prefix: "/system/"}, mastodontest.Drop())
			for run := 1; run <= 2; run++ {
				h.world.ForgetLog()
				stdout, _ := h.lama(0)
				if n := len(h.world.Log().Media().On(silent.Host())); n != 1 {
					t.Errorf("run %d: %d attempts, want 1", run, n)
				}
				if n := strings.Count(stdout, "gives no answer"); n != 1 {
					t.Errorf("run %d: told %d times: %s", run, n, tail(stdout))
				}
				if m := h.status().Media; m.Files != 1 || m.Failed != 0 || m.Deferred != files {
					t.Errorf("run %d: status: %+v", run, m)
				}
				h.sql("UPDATE hosts SET not_before = '2024-01-01 00:00:00+00:00'")
			}
			mend()
			h.sql("UPDATE attachments SET not_before = '2024-01-01 00:00:00+00:00' WHERE not_before IS NOT NULL")
			h.lama(0)
			h.expectTruth("the host is back")
			if m := h.status().Media; m.Pending+m.Deferred+m.Failed != 0 {
				t.Errorf("status: %+v", m)
			}
		})
	}
}
