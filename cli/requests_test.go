package cli_test

import (
	"cmp"
	"net/url"
	"testing"

	"lama/mastodon/mastodontest"
)

// A first run costs little more than the cheapest way there is, and a fraction of what LAMA 1.1 would have spent.
func TestAFirstRunIsNearTheFloor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server mastodontest.Software
		most   float64 // of the floor
		lama   float64 // of what LAMA 1.1 spends
	}{
		"with batches":    {mastodontest.Mastodon45, 1.05, 0.1},
		"without batches": {mastodontest.Mastodon42, 1.1, 0.4},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, only(t, "sqlite")(t), 1, 8, func(mix *mastodontest.Mix) {
				oneMember(mix)
				mix.Servers[0].Software = test.server
				mix.Calm, mix.Posts = true, 1000
			})
			h.write(rowsOnly)
			h.lama(0)
			h.expectNear(test.most)
			spent, lama := h.spent(), h.world.LAMA(h.members[0], limits)
			if float64(spent) > test.lama*float64(lama) {
				t.Errorf("%d requests where LAMA 1.1 spends %d, want up to %.2f of that", spent, lama, test.lama)
			}
		})
	}
}

// spent is how many requests came that were not for files.
func (h *house) spent() int {
	log := h.world.Log()
	return len(log) - len(log.Media())
}

// expectNear compares the requests with the floor of the household, and says where they went. Fewer than the floor
// would mean that it is none.
func (h *house) expectNear(most float64) {
	h.t.Helper()
	spent, floor := h.spent(), h.world.Floor(h.members, limits)
	if least := floor.Total(); spent < least || float64(spent) > most*float64(least) {
		h.t.Errorf("%d requests, want from %d up to %.2f of that: %+v\n%v", spent, least, most, floor, h.endpoints())
	}
}

// endpoints counts the requests that were not for files, by what they asked for.
func (h *house) endpoints() map[string]int {
	counts := map[string]int{}
	for _, r := range h.world.Log() {
		if !r.Media {
			counts[cmp.Or(r.Endpoint, r.Path)]++
		}
	}
	return counts
}

// Where nothing is new, a run asks for the top page of each collection and nothing else. That counts as no paging, so
// that it takes nothing from what the account's own app may scroll.
func TestARunWithNothingNewAsksForFourPages(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 1, 8, func(mix *mastodontest.Mix) {
				mix.Members = nil
				for _, server := range mix.Servers { // one of each kind
					mix.Members = append(mix.Members, "ana@"+server.Host)
				}
				mix.Calm, mix.Posts = true, 45
			})
			h.write(rowsOnly)
			h.lama(0)
			h.world.ForgetLog()
			h.lama(0)
			if spent, paged := h.spent(), h.world.Log().Paged(); spent != 4*len(h.members) || len(paged) > 0 {
				t.Errorf("%d requests for %d accounts: %v\npaged: %v", spent, len(h.members), h.endpoints(), paged)
			}
			for _, p := range h.members {
				log := h.world.Log().By(p)
				for _, path := range []string{"/api/v1/accounts/{id}/statuses", "/api/v1/favourites", "/api/v1/bookmarks",
					"/api/v1/notifications"} {
					if n := len(log.To(path)); n != 1 {
						t.Errorf("%s: %d requests to %s", p.Handle(), n, path)
					}
				}
			}
		})
	}
}

// What the first account was shown as public costs the second nothing: no post is asked for twice.
func TestASecondAccountAsksForNoPostThatTheFirstHas(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 1, 8, func(mix *mastodontest.Mix) {
				mix.Members = mix.Members[:2]
				mix.Calm, mix.Posts = true, 200
			})
			h.write(rowsOnly)
			for _, p := range h.members {
				h.lama(0, "run", "--account", p.Handle())
			}
			for what, times := range h.asked() {
				if times > 1 {
					t.Errorf("%s was asked for %d times", what, times)
				}
			}
			first, second := h.world.Floor(h.members[:1], limits), h.world.Floor(h.members[1:], limits)
			both := h.world.Floor(h.members, limits)
			if both.Batches+both.Searches >= first.Batches+second.Batches+first.Searches+second.Searches {
				t.Errorf("the accounts have nothing in common: %+v and %+v, both %+v", first, second, both)
			}
		})
	}
}

// asked counts how often each post was asked for in batches, by its id, and in searches, by its address.
func (h *house) asked() map[string]int {
	times := map[string]int{}
	for _, r := range h.world.Log() {
		query, err := url.ParseQuery(r.Query)
		if err != nil {
			h.t.Fatal(err)
		}
		if r.Endpoint == "/api/v2/search" {
			times[query.Get("q")]++
		}
		for _, id := range query["id[]"] {
			times[id]++
		}
	}
	return times
}

// What a server can do is asked once, however many accounts of the household are on it.
func TestAServerIsAskedOnceWhatItCanDo(t *testing.T) {
	h := newHouse(t, only(t, "sqlite")(t), 1, 2, func(mix *mastodontest.Mix) { mix.Calm, mix.Posts = true, 20 })
	h.write(rowsOnly)
	h.lama(0)
	if asked := len(h.world.Log().To("/api/v2/instance")); asked != 2 {
		t.Errorf("two servers were asked %d times", asked)
	}
}
