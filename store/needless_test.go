package store_test

import (
	"slices"
	"testing"

	"lama/archive"
)

// What came another way is not asked for, as soon as it may be shown to who wanted it.
func TestWhatIsHereNeedsNoRequest(t *testing.T) {
	public, private := post("home.example", "2"), post("home.example", "2")
	private.Visibility = "private"
	wanted := archive.Want{Account: ana.Name(), Name: archive.IDName("home.example", "2"), Hops: 1}
	silent := shown(ana)
	silent.Settles = []archive.Settle{{Want: wanted, Alone: true, Outcome: archive.Outcome{State: archive.Pending}}}
	for name, c := range map[string]struct {
		then [][]archive.Batch // commits
		want string
	}{
		"a public post, of somebody else's":   {[][]archive.Batch{{did(bob, archive.BasePost, public)}}, "done"},
		"a private one of somebody else's":    {[][]archive.Batch{{did(bob, archive.BasePost, private)}}, "pending"},
		"a private one that came to it later": {[][]archive.Batch{{did(bob, archive.BasePost, private)}, {did(ana, archive.BaseBookmark, private)}}, "done"},
		"beside an answer that leaves it out": {[][]archive.Batch{{silent, did(bob, archive.BasePost, public)}}, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				f.commit(did(ana, archive.BaseFavourite, post("home.example", "3", parent("home.example", "2"))))
				var last archive.Result
				for _, batches := range c.then {
					last = f.commit(batches...)
				}
				equal(t, f.wants(), lines("ana@home.example id:home.example/2 1 "+c.want))
				wanting := archive.Lane{Kind: archive.TaskPosts, Owner: ana.Name()}
				if c.want == "done" && !slices.Contains(last.Settled[0].Wake, wanting) {
					t.Error("its lane is not looked into again")
				}
			})
		})
	}
}

// An account that one address has led to a post is not led there by the other.
func TestWhatASearchHasFoundForOneIsFoundForAll(t *testing.T) {
	for visibility, want := range map[string]string{"public": "done", "private": "pending"} {
		t.Run(visibility, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				other := archive.URLName("https://far.example/moved/8")
				linked := post("far.example", "8")
				f.commit(did(ana, archive.BasePost, post("home.example", "3", link("8"), archive.Reference{Chain: archive.ChainLink, Target: other})))
				f.commit(did(ana, archive.BaseFavourite, linked))
				linked.Visibility = visibility
				found := shown(bob, linked)
				found.Aliases = map[archive.Name]string{other: linked.URI}
				f.commit(found)
				equal(t, f.wants(), lines("ana@home.example https://far.example/@zoe/8 1 done\nana@home.example https://far.example/moved/8 1 "+want))
			})
		})
	}
}
