package store_test

import (
	"fmt"
	"testing"

	"lama/archive"
)

// Limits that were raised are followed in slices, and an interrupted run's slices are not followed twice.
func TestRaisedLimitsAreFollowedInSlices(t *testing.T) {
	const posts, before = 1500, 1100 // more than one slice; those that an interrupted run has followed
	onEach(t, func(t *testing.T, f *fixture) {
		r := rules()
		r.Limits = archive.Limits{}
		f.begin(r)
		var replies []archive.Post
		for n := range posts {
			replies = append(replies, post("home.example", fmt.Sprint(10_000+n), parent("home.example", fmt.Sprint(5000+n))))
		}
		f.commit(did(ana, archive.BaseFavourite, replies...))
		equal(t, f.wants(), nil)

		r.Limits = archive.Limits{archive.ChainParent: 1}
		f.begin(r)
		if got := len(f.wants()); got != posts {
			t.Fatalf("%d wants, not %d", got, posts)
		}

		ids := f.column(fmt.Sprintf("SELECT CAST(MAX(id) AS text) FROM (SELECT id FROM activities ORDER BY id LIMIT %d) a", before))
		for state, value := range map[string]string{"limits": "parent=0 link=0 quote=0", "limits_toward": "parent=2 link=0 quote=0 after=" + ids[0]} {
			if err := f.SetState(t.Context(), ana.Name(), state, value); err != nil {
				t.Fatal(err)
			}
		}
		f.commit(archive.Batch{Account: ana.Name(), Settles: settlesAll(replies)})
		r.Limits = archive.Limits{archive.ChainParent: 2}
		f.begin(r)
		if got := len(f.column("SELECT name FROM frontier WHERE state = 'pending'")); got != posts-before {
			t.Errorf("%d wants, not the %d that were left", got, posts-before)
		}
	})
}

// Whoever takes a change of limits back, after it was interrupted, has all that was wanted before.
func TestAnInterruptedChangeOfLimitsIsTakenBack(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := rules()
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "2", parent("home.example", "1"))))
		before := f.wants()
		r.Limits = archive.Limits{archive.ChainParent: 1}
		f.begin(r) // its last slice is undone here, as if it had been interrupted before that
		for state, value := range map[string]string{"limits": "parent=100 link=100 quote=100", "limits_toward": "parent=1 link=0 quote=0 after=0"} {
			if err := f.SetState(t.Context(), ana.Name(), state, value); err != nil {
				t.Fatal(err)
			}
		}
		f.commit(archive.Batch{Account: ana.Name(), Settles: []archive.Settle{{Want: archive.Want{Account: ana.Name(),
			Name: archive.IDName("home.example", "1"), Hops: 1}, Outcome: archive.Outcome{State: archive.Done}}}})
		f.begin(rules())
		equal(t, f.wants(), before)
	})
}

// settlesAll refuses the parents of replies, so that none of them is pending.
func settlesAll(replies []archive.Post) (all []archive.Settle) {
	for _, p := range replies {
		all = append(all, archive.Settle{Want: archive.Want{Account: ana.Name(), Name: p.References[0].Target, Hops: 1},
			Outcome: archive.Outcome{State: archive.Done}})
	}
	return all
}
