package cli_test

import (
	"context"
	"hash/crc32"
	"maps"
	"net"
	"slices"
	"testing"
	"time"

	"lama/mastodon/mastodontest"
	"lama/throttle"
)

// Mastodon's limits that hold up a first run (mastodon-api.md §3.1).
var (
	everyRequest = mastodontest.Throttle{Limit: 300, Period: 5 * time.Minute}
	everyPage    = mastodontest.Throttle{Limit: 300, Period: 15 * time.Minute, Paged: true}
)

// A first run under Mastodon's limits is never refused, and uses nearly all of its share of the limit that holds it
// up: that of pages where posts come in batches, that of all requests where each thread takes one. Pages are small, so
// that few posts fill many windows.
func TestAFullArchiveUnderMastodonsLimits(t *testing.T) {
	sqlite := only(t, "sqlite")
	for name, test := range map[string]struct {
		server mastodontest.Software
		posts  int
		page   int           // items
		begin  time.Duration // after the hour: shortly before a window ends, so that requests are under way then
		holds  mastodontest.Throttle
	}{
		"with batches":    {mastodontest.Mastodon45, 650, 2, 14*time.Minute + 50*time.Second, everyPage},
		"without batches": {mastodontest.Mastodon42, 1500, 6, 9*time.Minute + 50*time.Second, everyRequest},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, sqlite, func(mix *mastodontest.Mix) {
				oneMember(mix)
				mix.Servers[0].Software, mix.Servers[0].Options = test.server, []mastodontest.Option{mastodontest.RateLimited}
				mix.Posts = test.posts
			}, func(h *house) {
				h.farAway()
				prefs := maps.Clone(rowsOnly)
				prefs["fetch_limit"] = test.page
				h.write(prefs)
				time.Sleep(test.begin)
				h.lama(0)
				if refused := h.world.Log().Answered(429); len(refused) > 0 {
					t.Errorf("%d requests were refused, first %+v", len(refused), refused[0])
				}
				h.expectKept(everyRequest)
				h.expectKept(everyPage)
				h.expectUsed(test.holds)
				h.expectRows("a run under limits")
			})
		})
	}
}

// windows counts the requests that a limit applies to, in each of its windows from the first to the last.
func (h *house) windows(l mastodontest.Throttle) []int {
	log := h.world.Log().API()
	if l.Paged {
		log = log.Paged()
	}
	number := func(r mastodontest.Request) int64 { return r.At.Unix() / int64(l.Period.Seconds()) }
	counts := make([]int, number(log[len(log)-1])-number(log[0])+1)
	for _, r := range log {
		counts[number(r)-number(log[0])]++
	}
	return counts
}

// expectKept checks that no window has more than the share of a limit.
func (h *house) expectKept(l mastodontest.Throttle) {
	h.t.Helper()
	if counts := h.windows(l); float64(slices.Max(counts)) > throttle.DefaultShare*float64(l.Limit) {
		h.t.Errorf("more than %v of %d requests in a window of %v: %v", throttle.DefaultShare, l.Limit, l.Period, counts)
	}
}

// expectUsed checks that of the share of a limit each whole window, of which there must be some, has 95 %.
func (h *house) expectUsed(l mastodontest.Throttle) {
	h.t.Helper()
	counts := h.windows(l)
	if len(counts) < 4 {
		h.t.Fatalf("the run was over in %d windows: %v", len(counts), counts)
	}
	if least := slices.Min(counts[1 : len(counts)-1]); float64(least) < 0.95*throttle.DefaultShare*float64(l.Limit) {
		h.t.Errorf("less than 95 %% of %v of %d requests in a window of %v: %v", throttle.DefaultShare, l.Limit, l.Period,
			counts)
	}
}

// farAway lets each request travel for a while, so that they overtake each other.
func (h *house) farAway() {
	dial := h.network.DialContext
	h.network.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return distant{conn}, err
	}
	h.network.DialTLSContext = h.network.DialContext
}

// distant is a connection to a server far away.
type distant struct{ net.Conn }

// Write takes from 20 to 920 ms, as what is written says: each request takes the same in every run.
func (d distant) Write(request []byte) (int, error) {
	time.Sleep(20*time.Millisecond + time.Duration(crc32.ChecksumIEEE(request)%900)*time.Millisecond)
	return d.Conn.Write(request)
}
