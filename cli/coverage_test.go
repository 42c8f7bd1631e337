package cli_test

import (
	"fmt"
	"testing"

	"lama/mastodon/mastodontest"
)

// Where a server tells of no page but the first, nothing says that there is more: it is read as far as it is shown, and
// never called complete.
func TestAListWithoutLinksIsNotCalledComplete(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, database(t), []mastodontest.Software{mastodontest.Sharkey},
				func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
					ana, bo := at[0].Person("ana"), at[0].Person("bo")
					for n := range 41 {
						ana.Bookmark(day(3), bo.Say(day(1), fmt.Sprint("heron ", n)))
					}
					ana.Favourite(day(3), bo.Say(day(1), "a crane"))
					return []*mastodontest.Person{ana}
				})
			h.lama(0)
			h.expectCoverage(0, "bookmarks", "as far as the server shows them, 0 gaps; not proved: the server gave a full page without")
			h.expectCoverage(0, "favourites", "favourites complete from the beginning to ")
			h.lama(0)
			h.expectCoverage(0, "bookmarks", "not proved: the server gave a full page without")
		})
	}
}
