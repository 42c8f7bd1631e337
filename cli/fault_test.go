package cli_test

import (
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"lama/mastodon/mastodontest"
)

// watchSignals starts the goroutine that os/signal keeps for ever. Inside a bubble that would be a leak.
var watchSignals = sync.OnceFunc(func() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	signal.Stop(c)
})

// bubble runs a test in a bubble of testing/synctest, with a household on servers in memory: what a run waits for
// takes no time there. Media are switched off: they come from the real network alone.
func bubble(t *testing.T, database func(testing.TB) string, change func(*mastodontest.Mix), test func(*house)) {
	t.Helper()
	watchSignals()
	defer signal.Reset(syscall.SIGPIPE) // package logs asks for it, for ever: a channel of the bubble may get none later
	url := database(t)                  // outside, where its server is
	synctest.Test(t, func(t *testing.T) {
		mix := mastodontest.Household("one.example", "two.example")
		small(&mix)
		if change != nil {
			change(&mix)
		}
		world := mastodontest.Generate(3, mix)
		h, end := inMemory(t, world, world.Household(), url)
		defer end()
		test(h)
	})
}

// inMemory is a household on servers in memory.
func inMemory(t *testing.T, world *mastodontest.World, members []*mastodontest.Person, url string) (h *house, end func()) {
	memory := mastodontest.ServeMemory(world)
	h = &house{t: t, world: world, members: members, dir: t.TempDir(), database: url, env: map[string]string{},
		network: memory.Transport()}
	h.authorise(h.members...)
	h.write(rowsOnly)
	return h, memory.Close
}

// rowsOnly are preferences with which a run makes no files.
var rowsOnly = map[string]any{"download_own_attachments": 0, "download_others_attachments": 0, "download_pictures": 0, "save_json": 0}

// small makes a world with a few posts of each kind.
func small(mix *mastodontest.Mix) { mix.Posts, mix.Polls, mix.Depth, mix.Calm = 5, 1, 3, true }

// accountFaults are what can be wrong with one account, cleo's. The first run is the one that meets it.
var accountFaults = map[string]struct {
	harm func(h *house, cleo *mastodontest.Person)
	mend func(h *house, cleo *mastodontest.Person)
	says string
}{
	"its server is dead": {
		harm: func(_ *house, cleo *mastodontest.Person) { cleo.Instance().Down(true) },
		mend: func(_ *house, cleo *mastodontest.Person) { cleo.Instance().Down(false) },
		says: "connection refused",
	},
	"its token is revoked": {
		harm: func(_ *house, cleo *mastodontest.Person) { cleo.Revoke() },
		mend: func(h *house, cleo *mastodontest.Person) { h.authorise(cleo) },
		says: "lama init",
	},
	"its token is revoked in the middle": {
		harm: func(_ *house, cleo *mastodontest.Person) {
			cleo.Instance().Break(mastodontest.Rule{Prefix: "/api/v1/bookmarks", Times: 1}, cleo.Instance().RevokeAt())
		},
		mend: func(h *house, cleo *mastodontest.Person) { h.authorise(cleo) },
		says: "lama init",
	},
	"its token is somebody else's": {
		harm: func(h *house, cleo *mastodontest.Person) { h.entrust(cleo, cleo.Instance().Person("emil").Token()) },
		mend: func(h *house, cleo *mastodontest.Person) { h.authorise(cleo) },
		says: "belongs to emil",
	},
	"it was never authorised": {
		harm: func(h *house, cleo *mastodontest.Person) { h.forget(cleo) },
		mend: func(h *house, cleo *mastodontest.Person) { h.authorise(cleo) },
		says: "lama init",
	},
}

// One account that can't be archived is reported by its name, the others are archived to their end, and the run
// after it was mended completes the archive.
//
// LAMA 1.1 (8328d47): verify_credentials and fetch_previous stand outside of any try, so that one dead instance, or
// one answer 500, ends all the remaining accounts.
func TestOneBadAccountLeavesTheOthersAlone(t *testing.T) {
	for name, database := range databases {
		for fault, f := range accountFaults {
			t.Run(name+"/"+fault, func(t *testing.T) {
				bubble(t, database, nil, func(h *house) {
					cleo := h.members[2]
					f.harm(h, cleo)
					_, stderr := h.lama(3)
					h.expectNamed(stderr, cleo, f.says)
					h.expectOthers(cleo, "a run without cleo")
					f.mend(h, cleo)
					h.lama(0)
					h.expectRows("a run with all of them")
				})
			})
		}
	}
}

// What was learnt by an earlier run is not asked again, so that a fault shows first with a page.
func TestOneAccountTurnsBadBetweenRuns(t *testing.T) {
	for _, fault := range []string{"its server is dead", "its token is revoked"} {
		f := accountFaults[fault]
		t.Run(fault, func(t *testing.T) {
			bubble(t, only(t, "sqlite"), nil, func(h *house) {
				cleo := h.members[2]
				h.lama(0)
				h.world.MoreActivity(4)
				f.harm(h, cleo)
				_, stderr := h.lama(3)
				h.expectNamed(stderr, cleo, f.says)
				h.expectOthers(cleo, "a run without cleo")
				f.mend(h, cleo)
				h.lama(0)
				h.expectRows("a run with all of them")
			})
		})
	}
}

// expectNamed checks that the last line of a run names an account, and only that one, and says what to do or why.
func (h *house) expectNamed(stderr string, bad *mastodontest.Person, says string) {
	h.t.Helper()
	if !strings.Contains(stderr, bad.Handle()) || !strings.Contains(stderr, says) {
		h.t.Errorf("%s is to be named, and %q: %s", bad.Handle(), says, stderr)
	}
	for _, p := range h.members {
		if p != bad && strings.Contains(stderr, p.Handle()) {
			h.t.Errorf("nothing is wrong with %s: %s", p.Handle(), stderr)
		}
	}
}

// expectOthers compares all accounts but one with the world.
func (h *house) expectOthers(bad *mastodontest.Person, after string) {
	h.t.Helper()
	truth := h.world.Truth(h.members, limits, nil)
	others := func(lines []string) (kept []string) {
		for _, line := range lines {
			if !strings.HasPrefix(line, bad.Handle()+" ") {
				kept = append(kept, line)
			}
		}
		return kept
	}
	h.compare("activities after "+after, others(h.trueActivities(truth)), others(h.activities()))
}
