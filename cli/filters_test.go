package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
)

// On GoToSocial a filter that hides takes posts out of lists: it is asked for once, and named. Elsewhere nobody asks.
func TestHideFiltersAreNamed(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, database(t), []mastodontest.Software{mastodontest.GoToSocial, mastodontest.Mastodon45},
				func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
					ana, bo := at[0].Person("ana"), at[1].Person("bo")
					for _, p := range []*mastodontest.Person{ana, bo} {
						p.Say(day(1), "a heron")
						p.Hide("soup", "home", "account")
						p.Hide("cats", "notifications")
					}
					return []*mastodontest.Person{ana, bo}
				})
			h.lama(0)
			h.lama(0)
			if asked := h.world.Log().To("/api/v2/filters"); len(asked) != 1 || asked[0].Account != h.members[0].Handle() {
				t.Errorf("asked for filters: %v", asked)
			}
			h.expectCoverage(0, "statuses", `not proved: a post that is dated back`)
			h.expectCoverage(0, "statuses", `the filter "soup" hides posts`)
			h.expectCoverage(0, "notifications", `not proved: the filter "cats" hides posts`)
			h.expectCoverage(0, "favourites", "complete from the beginning to ")
			h.expectCoverage(1, "statuses", "complete from the beginning to ")
		})
	}
}

// Where the server does not tell, that is said, and the account is archived all the same.
func TestFiltersThatCannotBeAskedFor(t *testing.T) {
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.GoToSocial},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana := at[0].Person("ana")
			ana.Say(day(1), "a heron")
			return []*mastodontest.Person{ana}
		})
	h.members[0].Instance().Break(mastodontest.Rule{Prefix: "/api/v2/filters"}, mastodontest.Status(403, `{"error": "outside the scopes"}`))
	stdout, _ := h.lama(0)
	if !strings.Contains(stdout, "its filters can't be asked for") {
		t.Error(tail(stdout))
	}
	h.expectCoverage(0, "statuses", "did not tell whether a filter hides posts: ")
}

// expectCoverage looks for words in what `lama status` says of a member's collection.
func (h *house) expectCoverage(member int, collection, words string) {
	h.t.Helper()
	stdout, _ := h.lama(0, "status", "--json")
	var r struct {
		Accounts []struct {
			Collections []struct{ Collection, Coverage string }
		}
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		h.t.Fatalf("%v in %s", err, stdout)
	}
	for _, c := range r.Accounts[member].Collections {
		if c.Collection == collection && strings.Contains(c.Coverage, words) {
			return
		}
	}
	h.t.Errorf("%s of %s: no %q in %+v", collection, h.members[member].Handle(), words, r.Accounts[member].Collections)
}
