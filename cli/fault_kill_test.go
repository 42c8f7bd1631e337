package cli_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// kills is how often an archive's runs are killed; $LAMA_KILLS says otherwise, as in `make faults`.
const kills = 20

// moments are when a run can be killed: at a request, in the middle of an answer, after a commit, while others are
// under way and the JSON files are written. Which of the first so many is left to chance.
var moments = []struct {
	name  string
	most  int
	await func(h *house, run *exec.Cmd, n int, kill func()) (end func())
}{
	{"request", 20, func(h *house, _ *exec.Cmd, n int, kill func()) func() { return h.during(n, kill) }},
	{"byte sent", 100_000, (*house).whenSent},
	{"commit", 10, (*house).whenCommitted},
}

// What kill -9 leaves behind, at whatever moment and however often, is an archive that the next run completes: it then
// holds what an undisturbed run finds, whatever the database.
func TestKill(t *testing.T) {
	t.Parallel()
	times := number(t, "LAMA_KILLS", kills)
	seed := uint64(number(t, "LAMA_SEED", int(time.Now().UnixNano())))
	t.Logf("%d times; the same moments again with LAMA_SEED=%d", times, seed)
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 7, 3, func(mix *mastodontest.Mix) {
				small(mix)
				mix.Posts = 10 + times       // that there is something left to read after each
				for i := range mix.Members { // all on one server: which of several shows a post first is left to chance
					user, _, _ := strings.Cut(mix.Members[i], "@")
					mix.Members[i] = user + "@" + mix.Servers[0].Host
				}
			})
			few := map[string]any{"fetch_limit": 5}
			h.write(few)
			dice, counts := rand.New(rand.NewPCG(seed, 0)), map[string]int{}
			for lives := 0; counts["request"]+counts["byte sent"]+counts["commit"] < times; lives++ {
				if lives > 3*times {
					t.Fatalf("of %d runs too few could be killed: %v", lives, counts)
				}
				at := moments[dice.IntN(len(moments))]
				if h.killed(at.await, 1+dice.IntN(at.most)) {
					counts[at.name]++
				}
			}
			had := h.status().Posts
			h.lama(0, "run", "--wait")
			t.Logf("killed at: %v; %d posts by then, %d in the end", counts, had, h.status().Posts)
			h.tidied()
			h.expectSame(h.another(t, few))
		})
	}
}

// calmOnOneServer makes a world in which all runs find the same: which of several servers shows a post first is left to
// chance.
func calmOnOneServer(mix *mastodontest.Mix) {
	small(mix)
	for i, handle := range mix.Members {
		user, _, _ := strings.Cut(handle, "@")
		mix.Members[i] = user + "@" + mix.Servers[0].Host
	}
}

// number is what a variable of the environment says.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	if err != nil {
		t.Fatalf("%s is no number: %v", name, err)
	}
	return n
}

// killed starts the program, kills it at the n-th of its moments, and says whether it had not ended before.
func (h *house) killed(await func(h *house, run *exec.Cmd, n int, kill func()) (end func()), n int) bool {
	h.t.Helper()
	run := h.process("run", "--wait", "--log-level", "debug") // Postgres may not know yet that the last one is gone
	started := make(chan struct{})
	end := await(h, run, n, sync.OnceFunc(func() {
		<-started
		_ = run.Process.Kill() // unless it has just ended
	}))
	defer end()
	if err := run.Start(); err != nil {
		h.t.Fatal(err)
	}
	close(started)
	err := run.Wait()
	if run.ProcessState.ExitCode() > 0 {
		h.t.Fatalf("the run ended by itself: %v\n%s", err, run.Stderr)
	}
	return run.ProcessState.ExitCode() < 0
}

// whenSent kills when the servers have sent so many bytes of bodies: half of a body is on its way then.
func (h *house) whenSent(_ *exec.Cmd, n int, kill func()) (end func()) {
	var sent atomic.Int64
	return h.breakAll(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&meter{w, func(b []byte) {
				if sent.Add(int64(len(b))) >= int64(n) {
					_, _ = w.Write(b[:len(b)/2])
					_ = http.NewResponseController(w).Flush()
					kill()
				}
			}}, r)
		})
	})
}

// meter tells what is about to be sent.
type meter struct {
	http.ResponseWriter
	sending func([]byte)
}

func (m *meter) Write(b []byte) (int, error) {
	m.sending(b)
	return m.ResponseWriter.Write(b)
}

// whenCommitted kills when the run has logged so many answers as settled.
func (h *house) whenCommitted(run *exec.Cmd, n int, kill func()) (end func()) {
	var log bytes.Buffer
	run.Stdout = writerFunc(func(b []byte) (int, error) {
		log.Write(b)
		if bytes.Count(log.Bytes(), []byte(`"settled"`)) >= n {
			kill()
		}
		return len(b), nil
	})
	return func() {}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// tidied lets the next run think that all which a killed one left unfinished is old: nothing of it stays.
func (h *house) tidied() {
	h.t.Helper()
	old := time.Now().Add(-48 * time.Hour)
	err := filepath.WalkDir(h.data(), func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".tmp") {
			err = os.Chtimes(path, old, old)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.lama(0)
}

// another is an archive of the same household that nothing has disturbed.
func (h *house) another(t *testing.T, prefs map[string]any) *house {
	t.Helper()
	database := "sqlite:" + filepath.Join(t.TempDir(), "lama.db")
	if databases["sqlite"] == nil {
		database = databases["postgres"](t)
	}
	other := &house{t: t, world: h.world, members: h.members, dir: t.TempDir(), database: database, env: h.env, network: h.network}
	other.authorise(other.members...)
	other.write(prefs)
	other.lama(0)
	return other
}

func (h *house) data() string { return filepath.Join(h.userDir(), "data") }

// expectSame compares two archives.
func (h *house) expectSame(other *house) {
	h.t.Helper()
	want, got := storetest.Dump(h.t, other.database, other.data()), storetest.Dump(h.t, h.database, h.data())
	if d := storetest.Differ(want, got); d != "" || len(want) < 50 {
		h.t.Errorf("of %d lines these differ from an undisturbed run's (+):\n%s", len(want), head(d))
	}
}
