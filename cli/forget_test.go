package cli_test

import (
	"fmt"
	"slices"
	"testing"

	"lama/mastodon/mastodontest"
)

// households are how many generated households are tried.
const households = 3

// forgotten forgets the first member, whom the preferences then no longer have.
func (h *house) forgotten() {
	h.t.Helper()
	h.lama(0, "forget", "--confirmed", h.members[0].Account().Name())
	h.members = slices.Delete(h.members, 0, 1)
	h.write(nil)
}

// What is left when an account is forgotten, and taken out of the preferences, is what an archive holds that never knew
// it: on one server, where nobody's posts come another way.
func TestAForgottenAccountWasNeverThere(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		for seed := range uint64(households) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				h := newHouse(t, database(t), 100+seed, 8, calmOnOneServer)
				h.lama(0)
				h.forgotten()
				h.expectDamaged(h.damages(0))
				h.lama(0)
				h.expectDamaged(h.damages(0))
				h.expectSame(h.another(t, nil))
			})
		}
	}
}

// Whatever servers a household is on, forgetting leaves the others all that they reach, and nothing else.
func TestForgettingLeavesTheOthersWhatTheyHold(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		for members, at := range map[string][]int{"Mastodon": {1, 0, 0}, "GoToSocial and Pleroma": {2, 3}, "Akkoma and Mastodon 3.1": {5, 7}} {
			t.Run(name+"/"+members, func(t *testing.T) {
				h := newHouse(t, database(t), 7, 8, func(m *mastodontest.Mix) {
					m.Members = nil
					for n, server := range at {
						m.Members = append(m.Members, []string{"ana", "bo", "cleo"}[n]+"@"+m.Servers[server].Host)
					}
				})
				h.lama(0)
				h.forgotten()
				h.expectTruth("forgetting")
				h.expectDamaged(h.damages(0))
				h.lama(0)
				h.expectTruth("a run after forgetting")
			})
		}
	}
}
