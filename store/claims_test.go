package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store"
)

const claimedURL = "https://far.example/@zoe/1"

// claiming is a batch of an import that says what an account did with posts.
func claiming(a archive.Account, base archive.Base, names ...archive.Name) archive.Batch {
	b := archive.Batch{Account: a.Name()}
	for _, n := range names {
		b.Claims = append(b.Claims, archive.Claim{Account: a.Name(), Base: base, Name: n, URL: string(n), Imported: archive.FromExport})
	}
	return b
}

func (f *fixture) claims() []string {
	f.t.Helper()
	return f.column("SELECT account || ' ' || base || ' ' || name || ' ' || COALESCE(post_uri, '-') FROM claims")
}

func againOf(aged bool) store.Reask { return store.Reask{Aged: aged, Batch: true, Page: 40} }

func TestAClaimOfAPostThatIsHereBecomesAnActivity(t *testing.T) {
	p := post("home.example", "1")
	for name, n := range map[string]archive.Name{
		"its id": archive.IDName("home.example", "1"), "its address": archive.URLName(p.URL), "its URI": archive.URLName(p.URI),
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				f.commit(did(bob, archive.BaseFavourite, p))
				f.commit(claiming(ana, archive.BaseBookmark, n))
				equal(t, f.activities(), []string{"ana@home.example bookmark 1", "bob@home.example favourite 1"})
				equal(t, f.claims(), []string{"ana@home.example bookmark " + string(n) + " " + p.URI})
				equal(t, f.wants(), nil)
			})
		})
	}
}

// What hangs on a post that was claimed is followed, as from any activity.
func TestAClaimIsAskedForAndBecomesAnActivityWhenItsPostComes(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		id := archive.IDName("home.example", "1")
		f.commit(claiming(ana, archive.BaseFavourite, id))
		f.commit(claiming(ana, archive.BaseFavourite, id))
		equal(t, f.wants(), []string{"ana@home.example id:home.example/1 0 pending"})
		equal(t, f.activities(), nil)
		b := shown(ana, post("home.example", "1", parent("home.example", "2")))
		b.Settles = []archive.Settle{{Want: archive.Want{Account: ana.Name(), Name: id}, Outcome: archive.Outcome{State: archive.Done}}}
		f.commit(b)
		equal(t, f.activities(), []string{"ana@home.example favourite 1"})
		equal(t, f.wants(), []string{"ana@home.example id:home.example/1 0 done", "ana@home.example id:home.example/2 1 pending"})
	})
}

func TestAClaimByAddressIsSearchedForAndFoundUnderAnother(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		name := archive.URLName("https://far.example/notice/77")
		f.commit(claiming(ana, archive.BaseReblog, name))
		equal(t, f.column("SELECT kind FROM frontier"), []string{"search"})
		b := shown(ana, post("home.example", "1"))
		b.Aliases = map[archive.Name]string{name: b.Posts[0].URI}
		f.commit(b)
		equal(t, f.activities(), []string{"ana@home.example reblog 1"})
	})
}

// What another account was shown privately does not become mine because I know its address.
func TestAClaimIsNoWayToAnothersPrivatePost(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := post("home.example", "1")
		p.Visibility = "private"
		f.commit(did(bob, archive.BaseFavourite, p))
		f.commit(claiming(ana, archive.BaseFavourite, claimedURL))
		equal(t, f.activities(), []string{"bob@home.example favourite 1"})
		equal(t, f.wants(), []string{"ana@home.example " + claimedURL + " 0 pending"})
		f.commit(shown(ana, p)) // its own token was shown it
		equal(t, f.activities(), []string{"ana@home.example favourite 1", "bob@home.example favourite 1"})
	})
}

// An id on another instance can't be asked for. For an account that is not configured another one searches; once it is, it
// asks itself.
func TestClaimsAreAskedForByWhoCan(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		stranger := archive.Account{User: "dora", Instance: "dead.example"}
		f.commit(claiming(ana, archive.BaseFavourite, archive.IDName("away.example", "1")),
			claiming(stranger, archive.BaseFavourite, claimedURL, archive.IDName("dead.example", "1")))
		equal(t, f.wants(), []string{"ana@home.example " + claimedURL + " 0 pending"})
		b := shown(ana, post("home.example", "1"))
		b.Aliases = map[archive.Name]string{claimedURL: b.Posts[0].URI}
		f.commit(b)
		equal(t, f.activities(), []string{"dora@dead.example favourite 1"})
		r := rules()
		r.Accounts = append(r.Accounts, stranger)
		f.begin(r)
		equal(t, f.column("SELECT account || ' ' || name FROM frontier WHERE kind = 'posts'"), []string{"dora@dead.example id:dead.example/1"})
	})
}

// A boost that is called by its own id is a claim of what it boosts, whether it comes in the collection or is asked for.
func TestAClaimByTheBoostIsOneOfWhatItBoosts(t *testing.T) {
	for name, asked := range map[string]bool{"asked for": true, "met": false} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				wrapper, target := post("home.example", "9"), post("home.example", "1")
				wrapper.Reblog = target.URI
				f.commit(claiming(ana, archive.BaseReblog, archive.IDName("home.example", "9")))
				b := shown(ana, wrapper, target)
				if asked {
					b.Aliases = map[archive.Name]string{archive.IDName("home.example", "9"): target.URI}
				}
				f.commit(b)
				equal(t, f.column("SELECT base || ' ' || post_uri || ' ' || activity_id FROM activities"),
					[]string{"reblog " + target.URI + " 1"})
			})
		})
	}
}

func TestChangedLimitsForgetNoClaim(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(claiming(ana, archive.BaseFavourite, claimedURL))
		r := rules()
		r.Limits = archive.Limits{archive.ChainParent: 3}
		f.begin(r)
		equal(t, f.wants(), []string{"ana@home.example " + claimedURL + " 0 pending"})
	})
}

func TestClaimsOfWhatIsGoneAreListedForWhoeverAsked(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		stranger := archive.Account{User: "dora", Instance: "dead.example"}
		f.commit(claiming(stranger, archive.BaseFavourite, claimedURL))
		f.commit(archive.Batch{Account: ana.Name(), Settles: []archive.Settle{{Want: archive.Want{Account: ana.Name(), Name: claimedURL},
			Outcome: archive.Outcome{State: archive.Refused, Reason: "gone"}}}})
		others, err := f.Unlisted(t.Context(), []archive.Account{ana, bob})
		if err != nil {
			t.Fatal(err)
		}
		if len(others) != 1 || others[0].Account != "dora@dead.example" || len(others[0].Claims.Gone) != 1 || others[0].Claims.Gone[0].URL != claimedURL {
			t.Errorf("got %+v", others)
		}
	})
}

func TestAccountsThatAreNotConfiguredAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		stranger := archive.Account{User: "dora", Instance: "dead.example"}
		f.commit(did(ana, archive.BaseFavourite, post("home.example", "1")), did(stranger, archive.BasePost, post("dead.example", "1"),
			post("dead.example", "2")), did(stranger, archive.BaseBookmark, post("dead.example", "3")))
		others, err := f.Unlisted(t.Context(), []archive.Account{ana, bob})
		if err != nil {
			t.Fatal(err)
		}
		want := []store.UnlistedAccount{{Account: "dora@dead.example", Archived: map[string]int64{"post": 2, "bookmark": 1}}}
		if d := cmp.Diff(want, others); d != "" {
			t.Error(d)
		}
		names, err := f.Accounts(t.Context(), store.Household())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, names, []string{"ana@home.example", "dora@dead.example"})
	})
}

func TestClaimsOfWhatIsGoneAreListed(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(claiming(ana, archive.BaseFavourite, claimedURL, "https://far.example/@zoe/2"))
		f.commit(archive.Batch{Account: ana.Name(), Settles: []archive.Settle{{Want: archive.Want{Account: ana.Name(), Name: claimedURL},
			Outcome: archive.Outcome{State: archive.Refused, Reason: "its server knows no such post"}}}})
		r, err := f.Report(t.Context(), []archive.Account{ana})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Accounts[0].Claims
		if len(got.Gone) != 1 || got.Gone[0] != (store.GoneClaim{Base: "favourite", URL: claimedURL, Reason: "its server knows no such post"}) ||
			got.Open != 2 || got.Met != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

// A claim's post that comes another way is not asked for any more: not by the account that did it, and not by the one that
// searches for an account which is not configured.
func TestAClaimWhosePostCameIsNotAskedFor(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		stranger := archive.Account{User: "dora", Instance: "dead.example"}
		p, id := post("home.example", "1"), archive.IDName("home.example", "1")
		f.commit(claiming(ana, archive.BaseFavourite, id), claiming(stranger, archive.BaseFavourite, archive.URLName(p.URL)))
		equal(t, f.column("SELECT name FROM frontier WHERE state = 'pending' ORDER BY name"), []string{p.URL, string(id)})
		f.commit(did(ana, archive.BaseFavourite, p))
		equal(t, f.column("SELECT name FROM frontier WHERE state = 'pending'"), nil)
	})
}

// What the searching account wants for itself, and was not shown, it goes on asking for.
func TestAnothersClaimSettlesNoWishForWhatIsPrivate(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		stranger := archive.Account{User: "dora", Instance: "dead.example"}
		p := post("dead.example", "1")
		p.Visibility = "private"
		f.commit(did(ana, archive.BasePost, post("home.example", "2", archive.Reference{Chain: archive.ChainLink, Target: archive.URLName(p.URL)})))
		f.commit(claiming(stranger, archive.BaseReblog, archive.URLName(p.URL)))
		f.commit(did(stranger, archive.BasePost, p))
		equal(t, f.column("SELECT post_uri FROM claims WHERE post_uri IS NOT NULL"), []string{p.URI})
		equal(t, f.wants(), []string{"ana@home.example " + p.URL + " 1 pending"})
	})
}
