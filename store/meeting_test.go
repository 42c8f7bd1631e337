package store_test

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"lama/archive"
)

// A post arrives while another writer stores a second post that refers to it, and neither sees what the other has
// not committed: whichever comes first, the second one is followed as well.
func TestAReferenceMeetsItsPost(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for n := range 60 {
			id := func(kind int) string { return fmt.Sprint(1000 + 10*n + kind) }
			wanted := parent("home.example", id(0))
			f.commit(did(ana, archive.BaseFavourite, post("home.example", id(1), wanted)))

			arrives := shown(ana, post("home.example", id(0)))
			arrives.Settles = []archive.Settle{{Want: archive.Want{Account: ana.Name(), Name: wanted.Target, Hops: 1},
				Outcome: archive.Outcome{State: archive.Done}}}
			refers := did(ana, archive.BasePost, post("home.example", id(2), wanted))
			var g errgroup.Group
			for _, b := range []archive.Batch{arrives, refers} {
				g.Go(func() error {
					_, err := f.Commit(t.Context(), []archive.Batch{b})
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		reached := f.column("SELECT activity_type FROM activities WHERE activity_type = 'post.parent'")
		if len(reached) != 60 {
			t.Errorf("%d of 60 parents were reached; wants: %v", len(reached), f.wants()[:3])
		}
	})
}
