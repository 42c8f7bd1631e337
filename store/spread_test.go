package store_test

import (
	"slices"
	"testing"

	"lama/archive"
)

func TestAWantedParentIsAskedForAndExplained(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "3", parent("home.example", "2"))))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))

		b := shown(ana, post("home.example", "2", parent("home.example", "1")))
		b.Settles = []archive.Settle{{Want: archive.Want{Account: ana.Name(), Name: "id:home.example/2", Hops: 1},
			Outcome: archive.Outcome{State: archive.Done}}}
		f.commit(b)
		equal(t, f.wants(), lines(`
			ana@home.example id:home.example/2 1 done
			ana@home.example id:home.example/1 2 pending`))
		equal(t, f.activities(), lines(`
			ana@home.example favourite 3
			ana@home.example favourite.parent 2`))

		f.commit(shown(ana, post("home.example", "1")))
		equal(t, f.activities(), lines(`
			ana@home.example favourite 3
			ana@home.example favourite.parent 2
			ana@home.example favourite.parent#2 1`))
	})
}

func TestAPostThatIsStoredIsFollowedWithoutARequest(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(bob, archive.BaseBookmark, post("home.example", "2", parent("home.example", "1")),
			post("home.example", "1")))
		f.commit(did(ana, archive.BasePost, post("home.example", "3", parent("home.example", "2"))))
		equal(t, f.wants(), nil)
		equal(t, f.activities(), lines(`
			bob@home.example bookmark 2
			bob@home.example bookmark 1
			bob@home.example bookmark.parent 1
			ana@home.example post 3
			ana@home.example post.parent 2
			ana@home.example post.parent#2 1`))
	})
}

func TestWhatAnAccountHasDeedsOfIsReachedToo(t *testing.T) {
	for _, visibility := range []string{"public", "private"} {
		t.Run(visibility, func(t *testing.T) {
			reply, above := post("home.example", "3", parent("home.example", "2")), post("home.example", "2")
			above.Visibility = visibility
			for name, commits := range map[string][][]archive.Batch{
				"after": {{did(ana, archive.BaseFavourite, reply)}, {did(ana, archive.BaseBookmark, above)}},
				"with":  {{did(ana, archive.BaseFavourite, reply), did(ana, archive.BaseBookmark, above)}},
				"first": {{did(ana, archive.BaseBookmark, above)}, {did(ana, archive.BaseFavourite, reply)}},
			} {
				t.Run(name, func(t *testing.T) {
					onEach(t, func(t *testing.T, f *fixture) {
						for _, batches := range commits {
							f.commit(batches...)
						}
						equal(t, slices.Sorted(slices.Values(f.activities())), lines(`
							ana@home.example bookmark 2
							ana@home.example favourite 3
							ana@home.example favourite.parent 2`))
						equal(t, f.column("SELECT name FROM frontier WHERE state = 'pending'"), nil)
					})
				})
			}
		})
	}
}

func TestAnothersPrivatePostNeverSettlesMine(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		secret := post("home.example", "2")
		secret.Visibility = "private"
		f.commit(did(bob, archive.BaseFavourite, secret))
		f.commit(did(ana, archive.BasePost, post("home.example", "3", parent("home.example", "2"))))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))
		equal(t, f.activities(), lines(`
			bob@home.example favourite 2
			ana@home.example post 3`))
		f.commit(shown(ana, secret))
		equal(t, f.activities(), lines(`
			bob@home.example favourite 2
			ana@home.example post 3
			ana@home.example post.parent 2`))
	})
}

func TestAShorterWayRenamesAndReopens(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, post("home.example", "4", parent("home.example", "3")),
			post("home.example", "9", parent("home.example", "2"))),
			shown(ana, post("home.example", "3", parent("home.example", "2"))))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))
		f.commit(shown(ana, post("home.example", "2")))
		f.commit(did(ana, archive.BasePost, post("home.example", "5", parent("home.example", "3"))))
		equal(t, f.activities(), lines(`
			ana@home.example post 4
			ana@home.example post 5
			ana@home.example post 9
			ana@home.example post.parent 3
			ana@home.example post.parent 2`))
	})
}

// settle is a batch with the answer to a want as it was read.
func settle(w archive.Want, o archive.Outcome) archive.Batch {
	return archive.Batch{Account: w.Account, Settles: []archive.Settle{{Want: w, Outcome: o}}}
}

func TestASettleDoesNotCloseAWantThatBecameShorter(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, post("home.example", "4", parent("home.example", "3"))),
			shown(ana, post("home.example", "3", parent("home.example", "2"))))
		f.commit(did(ana, archive.BasePost, post("home.example", "5", parent("home.example", "2"))))
		f.commit(settle(archive.Want{Account: ana.Name(), Name: "id:home.example/2", Hops: 2}, done))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))
	})
}

func TestANoStaysANoHoweverOftenItIsWanted(t *testing.T) {
	no := archive.Outcome{State: archive.Refused, Reason: "404"}
	onEach(t, func(t *testing.T, f *fixture) {
		read := archive.Want{Account: ana.Name(), Name: "id:home.example/2", Hops: 1}
		f.commit(did(ana, archive.BasePost, post("home.example", "4", parent("home.example", "2"))))
		f.commit(did(ana, archive.BasePost, post("home.example", "5", parent("home.example", "2"))))
		f.commit(settle(read, no))
		f.commit(did(ana, archive.BasePost, post("home.example", "6", parent("home.example", "2"))))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 refused`))
	})
}

func TestAShorterWayReopensWhatIsDone(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, post("home.example", "4", parent("home.example", "3"))),
			shown(ana, post("home.example", "3", parent("home.example", "2"))))
		f.commit(settle(archive.Want{Account: ana.Name(), Name: "id:home.example/2", Hops: 2}, done))
		f.commit(did(ana, archive.BasePost, post("home.example", "5", parent("home.example", "2"))))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))
	})
}

func TestCyclesEndAndChainsDoNotMix(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseBookmark, post("home.example", "1", link("2"))),
			shown(ana, post("home.example", "2", link("1"), parent("home.example", "7"))))
		equal(t, f.activities(), lines(`
			ana@home.example bookmark 1
			ana@home.example bookmark.link 2
			ana@home.example bookmark.link#2 1`))
		equal(t, f.wants(), nil)
	})
}

func TestTheLimitCountsHopsAndRaisingItGoesOn(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := rules()
		r.Limits = archive.Limits{archive.ChainParent: 1}
		f.begin(r)
		f.commit(did(ana, archive.BasePost, post("home.example", "3", parent("home.example", "2"), link("8"))),
			shown(ana, post("home.example", "2", parent("home.example", "1"))))
		equal(t, f.wants(), nil)
		equal(t, f.activities(), lines(`
			ana@home.example post 3
			ana@home.example post.parent 2`))
		f.begin(rules())
		equal(t, f.wants(), lines(`
			ana@home.example id:home.example/1 2 pending
			ana@home.example https://far.example/@zoe/8 1 pending`))
	})
}

func TestAnInstancesNamesAreAskedOfItAlone(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "3", parent("home.example", "2"))))
		f.commit(did(cleo, archive.BaseFavourite, post("home.example", "3")))
		equal(t, f.wants(), lines(`ana@home.example id:home.example/2 1 pending`))
	})
}

func TestPostsThatNothingExplainsAreNotKept(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "3")), shown(ana, post("home.example", "99")))
		equal(t, f.column("SELECT post_id FROM posts"), []string{"3"})
		equal(t, f.column("SELECT name FROM aliases WHERE name LIKE 'id:%'"), []string{"id:home.example/3"})
	})
}
