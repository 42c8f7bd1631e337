package cli_test

import (
	"fmt"
	"maps"
	"net/http"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lama/mastodon/mastodontest"
)

// asked are the kinds of request: what they ask for, and of which of the household's servers.
var asked = map[string]struct {
	prefix string
	server int
	exit   int // of a run that gets no answer
}{
	"pages":         {"/api/v1/favourites", 0, 3},
	"batches":       {"/api/v1/statuses", 0, 0},
	"conversations": {"/api/v1/statuses/", 1, 0},
	"searches":      {"/api/v2/search", 0, 0},
	"files":         {"/system/cache/", 0, 0},
}

// faults are what the requests of a kind meet, until it is mended.
func faults() map[string]mastodontest.Fault {
	all := maps.Clone(answers)
	all["a clock that is hours ahead"] = mastodontest.Clock(5 * time.Hour)
	all["a clock that is hours behind"] = mastodontest.Clock(-5 * time.Hour)
	all["503 by a clock that is hours ahead"] = busyUntil(5 * time.Hour)
	all["503 by a clock that is hours behind"] = busyUntil(-5 * time.Hour)
	return all
}

// times is how many requests a fault meets, 0 being all: a run waits for as long as it is told, and what is large takes
// long to make.
func times(fault string) int {
	switch {
	case strings.HasPrefix(fault, "429"), strings.HasPrefix(fault, "503 "):
		return 3
	case fault == "a gzip bomb", fault == "a body without end":
		return 1
	}
	return 0
}

// busyUntil answers 503 for 20 seconds more, by a clock that is so far ahead.
func busyUntil(ahead time.Duration) mastodontest.Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			now := time.Now().Add(ahead).UTC()
			w.Header().Set("Date", now.Format(http.TimeFormat))
			w.Header().Set("Retry-After", now.Add(20*time.Second).Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		})
	}
}

// beyond are faults of files of which the archive can't be whole afterwards: half a file of a length that fits is what
// its server has, and one without end is refused for good where files have a limit (TestAFileWithoutEnd).
var beyond = []string{"half of the JSON", "a body without end"}

// Whatever is wrong with whatever is asked, the run ends, stores nothing that is not so, and does not hold up the other
// account; once it is mended, the next run completes the archive.
func TestEveryFaultOfEveryRequest(t *testing.T) {
	all := faults()
	for kind, ask := range asked {
		for _, fault := range slices.Sorted(maps.Keys(all)) {
			if kind == "files" && slices.Contains(beyond, fault) {
				continue
			}
			t.Run(kind+"/"+fault, func(t *testing.T) {
				rule := mastodontest.Rule{Prefix: ask.prefix, Times: times(fault)}
				everyKind(t, func(h *house) {
					home := h.members[ask.server].Instance()
					mend := home.Break(rule, all[fault])
					h.runWithin(24*time.Hour, ask.exit)
					if !met(h.world.Log().On(home.Host()), ask.prefix) {
						t.Error("the fault was not met")
					}
					h.expectNothingWrong()
					h.expectOthers(h.members[ask.server], "a run with the fault")
					mend()
					time.Sleep(40 * 24 * time.Hour) // what was refused is asked for again
					h.lama(0)
					h.expectTruth("the fault was mended")
				})
			})
		}
	}
}

// A file that comes to no end is no larger than files may be.
func TestAFileWithoutEnd(t *testing.T) {
	everyKind(t, func(h *house) {
		h.write(map[string]any{"save_json": 0, "media_max_bytes": 100_000})
		h.members[0].Instance().Break(mastodontest.Rule{Prefix: asked["files"].prefix}, mastodontest.Endless())
		h.lama(0)
		h.expectNothingWrong()
		if m := h.status().Media; m.Failed != 3 || m.Pending != 0 {
			t.Errorf("status: %+v", m)
		}
	})
}

// everyKind runs a test on a household of two in which there is every kind of request.
func everyKind(t *testing.T, test func(*house)) {
	watchSignals()
	defer signal.Reset(syscall.SIGPIPE) // as in bubble
	url := only(t, "sqlite")(t)
	synctest.Test(t, func(t *testing.T) {
		world := mastodontest.New()
		limited := []mastodontest.Option{mastodontest.PlainHTTP, mastodontest.RateLimited}
		one := world.Instance("one.example", mastodontest.Mastodon45, limited...)
		two := world.Instance("two.example", mastodontest.Mastodon42, limited...)
		far := world.Instance("far.example", mastodontest.Mastodon45, mastodontest.PlainHTTP).Person("zoe")
		members := []*mastodontest.Person{one.Person("ana"), two.Person("bo")}
		for n, p := range members {
			talk(p, far, 10*n)
		}
		h, end := inMemory(t, world, members, url)
		defer end()
		h.write(map[string]any{"save_json": 0})
		test(h)
	})
}

// talk lets a person favourite replies of a stranger's, one with a file, and link to a post.
func talk(p, stranger *mastodontest.Person, n int) {
	say := func(draft mastodontest.Draft) *mastodontest.Post {
		n++
		draft.Text = fmt.Sprint("word ", n)
		return stranger.Post(day(1).Add(time.Duration(n)*time.Hour), draft)
	}
	for range 3 {
		first := say(mastodontest.Draft{Media: []mastodontest.Media{{Alt: "a heron"}}})
		p.Favourite(day(20), say(mastodontest.Draft{ReplyTo: say(mastodontest.Draft{ReplyTo: first})}))
	}
	p.Say(day(21), "Look: "+say(mastodontest.Draft{}).URL())
}

// runWithin is a run that ends within a time, as one does that has read everything, or else with a code.
func (h *house) runWithin(most time.Duration, exit int) {
	h.t.Helper()
	began := time.Now()
	if code, stdout, stderr := h.exec(h.t.Context()); code != 0 && code != exit {
		h.t.Fatalf("exit code %d: %s\n%s", code, stderr, tail(stdout))
	}
	if took := time.Since(began); took > most {
		h.t.Errorf("the run took %s", took)
	}
}

// expectNothingWrong says that all that is archived is so, whatever else may be missing.
func (h *house) expectNothingWrong() {
	h.t.Helper()
	truth := h.world.Truth(h.members, limits, nil)
	files := slices.DeleteFunc(h.files(), func(line string) bool { return strings.HasSuffix(line, " ") }) // pending
	for what, lines := range map[string][2][]string{
		"posts":      {truePosts(truth), h.posts()},
		"activities": {h.trueActivities(truth), h.activities()},
		"files":      {trueFiles(truth), files},
	} {
		for _, line := range lines[1] {
			if !slices.Contains(lines[0], line) {
				h.t.Errorf("of the %s this is not so: %s", what, line)
			}
		}
	}
}

// met says whether a request of the log was below a path.
func met(log mastodontest.Log, prefix string) bool {
	return slices.ContainsFunc(log, func(r mastodontest.Request) bool { return strings.HasPrefix(r.Path, prefix) })
}
