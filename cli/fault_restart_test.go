package cli_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"lama/mastodon/mastodontest"
)

// meanwhile is no fault: it does something before the answer.
func meanwhile(do func()) mastodontest.Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			do()
			next.ServeHTTP(w, r)
		})
	}
}

// during calls do when the n-th request from now on, of the API or for a file, has come to any of the servers.
// It is answered nevertheless.
func (h *house) during(n int, do func()) (end func()) {
	var seen atomic.Int64
	return h.breakAll(meanwhile(func() {
		if seen.Add(1) == int64(n) {
			do()
		}
	}))
}

// breakAll lets a fault meet every request to all servers.
func (h *house) breakAll(fault mastodontest.Fault) (mend func()) {
	var mends []func()
	for _, i := range h.world.Instances() {
		mends = append(mends, i.Break(mastodontest.Rule{}, fault))
	}
	return func() {
		for _, mend := range mends {
			mend()
		}
	}
}

// A first run that is ended again and again, each time long before it could read everything, goes on where it
// stopped: it comes to an end, and then the archive is the truth.
//
// LAMA 1.1 (8328d47): the cursor is saved only at the end, so that a killed first run begins again. MA (06732b0):
// one save at the very end, a crash or a 500 loses the whole run.
func TestAKilledFirstRunDoesNotStartOver(t *testing.T) {
	t.Parallel()
	long := func(mix *mastodontest.Mix) {
		mix.Members = mix.Members[2:] // whose server gives no posts in batches
		mix.Posts, mix.Depth, mix.Calm = 90, 3, true
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 6, 3, long)
			h.write(map[string]any{"fetch_limit": 4})
			const third = 45 // of the requests of an undisturbed run, and more than may be uncommitted
			ends := 0
			for h.endedAt(third) {
				if ends++; ends == 20 {
					t.Fatalf("%d times ended, and nothing is gained", ends)
				}
			}
			if ends < 3 {
				t.Errorf("only %d times ended: too small a world", ends)
			}
			h.expectTruth("a run that was ended often")
		})
	}
}

// endedAt says whether a run was ended at its n-th request; it ends by itself where it makes fewer.
func (h *house) endedAt(n int) bool {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	defer cancel()
	defer h.during(n, cancel)()
	code, _, stderr := h.exec(ctx)
	if ended := ctx.Err() != nil; (code != 0) != ended {
		h.t.Fatalf("exit code %d, ended %t: %s", code, ended, stderr)
	}
	return code != 0
}
