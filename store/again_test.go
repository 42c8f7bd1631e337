package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lama/archive"
	"lama/store"
)

var (
	hourly = store.Reask{Batch: true, Page: 40}
	aged   = store.Reask{Aged: true, Batch: true, Page: 40}
)

// young is a post of the fixture's day, as it was rendered with a text.
func (f *fixture) young(id, text string) archive.Post {
	p := post("home.example", id)
	p.Content, p.CreatedAt, p.JSON = text, archive.At(f.now.Add(-time.Hour)), fmt.Appendf(nil, `{"content":%q}`, text)
	return p
}

// later lets days pass and begins a run in which an account asks again.
func (f *fixture) later(days float64, a archive.Account, r store.Reask) {
	f.t.Helper()
	f.now = f.now.Add(time.Duration(days * 24 * float64(time.Hour)))
	f.begin(rules())
	if err := f.OpenAccounts(f.t.Context(), store.Opening{Account: a, Again: r}); err != nil {
		f.t.Fatal(err)
	}
}

// reasks are the wants of an account's lane of a kind.
func (f *fixture) reasks(a archive.Account, kind archive.Kind) (wants []archive.Want) {
	f.t.Helper()
	tasks, _, err := f.Pending(f.t.Context(), archive.Lane{Kind: kind, Owner: a.Name()}, 50)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, t := range tasks {
		wants = append(wants, t.Wants...)
	}
	return wants
}

func (f *fixture) expectReasks(a archive.Account, ids ...string) {
	f.t.Helper()
	var got []string
	for _, w := range f.reasks(a, archive.TaskAgain) {
		_, id, _ := w.Name.ID()
		got = append(got, id)
	}
	slices.Sort(got)
	equal(f.t, got, ids)
}

// answer settles all that an account asks again: with these posts, and a "no" about the others.
func (f *fixture) answer(a archive.Account, posts ...archive.Post) archive.Result {
	f.t.Helper()
	b := shown(a, posts...)
	b.Lane = archive.Lane{Kind: archive.TaskAgain, Owner: a.Name()}
	for _, w := range f.reasks(a, archive.TaskAgain) {
		o := archive.Outcome{State: archive.Done, Missing: true}
		for _, p := range posts {
			o.Missing = o.Missing && w.Name != archive.IDName(p.Instance, p.ID)
		}
		b.Settles = append(b.Settles, archive.Settle{Want: w, Outcome: o})
	}
	return f.commit(b)
}

func TestAPostIsAskedForAgainAtThreeAges(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "as ever")
		f.commit(did(ana, archive.BaseFavourite, p))
		for _, step := range []struct {
			days  float64
			reask store.Reask
			due   bool
		}{{0.5, aged, false}, {0.5, hourly, false}, {0, aged, true}, {1, aged, false}, {5, aged, true}, {22, aged, false}, {1, aged, true},
			{400, aged, false}} {
			f.later(step.days, ana, step.reask)
			if !step.due {
				f.expectReasks(ana)
				continue
			}
			f.expectReasks(ana, "1")
			if r := f.answer(ana, p); r.Again != (archive.Again{Read: 1}) { // it is as it was, to the last byte
				t.Errorf("got %+v", r.Again)
			}
		}
		equal(t, f.column("SELECT json FROM revisions"), nil)
	})
}

func TestABoostIsNotAskedForAgain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		target, boost := f.young("1", "a"), f.young("2", "")
		boost.Reblog, boost.PollEnds = target.URI, archive.At(f.now.Add(time.Hour)) // Akkoma's shows its target's
		f.commit(did(ana, archive.BasePost, boost), did(ana, archive.BaseReblog, target))
		f.later(2, ana, aged)
		f.expectReasks(ana, "1")
	})
}

func TestAnIDThatIsTooLongEndsNoRun(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "hostile")
		for len(p.ID) < 5000 { // what is the same again would be packed
			p.ID += fmt.Sprint(len(p.ID) * len(p.ID) % 7919)
		}
		f.commit(did(ana, archive.BaseFavourite, p))
		f.later(2, ana, aged)
		f.expectReasks(ana)
	})
}

// Whether a favourite stands only the account itself is told, by its own server's id.
func TestEachAccountAsksAboutItsOwnDoings(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		here, there := f.young("1", "a"), f.young("1", "a")
		there.ID, there.Instance = "77", cleo.Instance
		f.commit(did(ana, archive.BaseMention, here))
		f.commit(did(bob, archive.BaseBookmark, here))
		f.commit(did(cleo, archive.BaseFavourite, there))
		for _, a := range []archive.Account{ana, bob, cleo} {
			f.later(0.5, a, aged)
		}
		f.expectReasks(ana) // the post is away.example's now, whose name sorts first
		f.expectReasks(bob, "1")
		f.expectReasks(cleo, "77")
	})
}

// own begins a walk through ana's own posts, of which the archive has five: the first two are due, and so is a post of
// another's.
func (f *fixture) own(page int) *archive.Walk {
	f.t.Helper()
	f.commit(did(ana, archive.BasePost, f.young("1", "a"), f.young("2", "b")), did(ana, archive.BaseFavourite, f.young("9", "c")))
	f.now = f.now.AddDate(0, 0, 2)
	f.commit(did(ana, archive.BasePost, f.young("3", "d"), f.young("4", "e"), f.young("5", "f")))
	if err := f.OpenAccounts(f.t.Context(), store.Opening{Account: ana, Kept: map[archive.Collection]string{archive.Statuses: "post"}}); err != nil {
		f.t.Fatal(err)
	}
	f.later(0, ana, store.Reask{Aged: true, Page: page})
	return f.task()
}

func TestWithoutBatchesAFewOwnPostsAreAskedForOneByOne(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		if w := f.own(2); !w.DownTo.IsZero() {
			t.Errorf("the walk goes down to %v", w.DownTo)
		}
		f.expectReasks(ana, "1", "2")
	})
}

// The top page is read anyway, and shows some of what is due. What it should show and does not is asked for alone.
func TestWithoutBatchesOwnPostsAreReadAgainByPage(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		w := f.own(3)
		first := f.young("1", "a").CreatedAt.AddDate(0, 0, -2)
		if !w.DownTo.Equal(first) {
			t.Fatalf("the walk goes down to %v, want %v", w.DownTo, first)
		}
		f.expectReasks(ana)
		page := func(s archive.Step, posts ...archive.Post) archive.Result {
			b := did(ana, archive.BasePost, posts...)
			b.Walk, b.Step, b.Outcome = f.task(), s, archive.Outcome{State: archive.Done}
			return f.commit(b)
		}
		page(archive.Step{Top: "5", Bottom: "3", Next: "/below3"}, f.young("5", "f"), f.young("4", "e"), f.young("3", "d"))
		if w := f.task(); w == nil || !w.DownTo.Equal(first) {
			t.Fatalf("got %+v", w)
		}
		second := f.young("2", "edited")
		second.CreatedAt, second.EditedAt = archive.Time{Time: first}, archive.At(f.now)
		r := page(archive.Step{Bottom: "2", End: true}, second)
		if r.Again != (archive.Again{Read: 1, Changed: 1}) || len(r.Settled[0].Wake) == 0 {
			t.Errorf("got %+v", r)
		}
		f.expectReasks(ana, "1")
		if !f.reasks(ana, archive.TaskAgain)[0].Alone {
			t.Error("it would be asked for in a batch")
		}
		f.answer(ana)
		equal(t, f.column("SELECT post_id FROM posts WHERE missing_since IS NOT NULL"), lines("1"))
	})
}

func TestAWalkThatReadsAgainGoesOnInTheNextRun(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		w := f.own(3)
		b := did(ana, archive.BasePost, f.young("5", "f"))
		b.Walk, b.Step, b.Outcome = w, archive.Step{Top: "5", Bottom: "5", Next: "/below5"}, archive.Outcome{State: archive.Done}
		f.commit(b)
		if err := f.OpenAccounts(t.Context(), store.Opening{Account: ana, Kept: map[archive.Collection]string{archive.Statuses: "post"}}); err != nil {
			t.Fatal(err)
		}
		b.Walk, b.Step = f.task(), archive.Step{Top: "5", Bottom: "5", Next: "/below5", Met: true}
		f.commit(b)
		if on := f.task(); on == nil || on.Next != "/below5" || !on.DownTo.Equal(w.DownTo.Time) {
			t.Errorf("got %+v, want %+v to go on", on, w)
		}
	})
}

func TestAnAnswerIsStoredAndTheOldVersionKept(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "teh heron")
		p.Media = []archive.Attachment{{URL: "https://home.example/old.png"}}
		f.commit(did(ana, archive.BaseFavourite, p))
		f.later(2, ana, aged)
		p = f.young("1", "the heron")
		p.EditedAt = archive.At(f.now)
		if r := f.answer(ana, p); r.Again != (archive.Again{Read: 1, Changed: 1}) {
			t.Errorf("got %+v", r.Again)
		}
		equal(t, f.column("SELECT content FROM posts"), lines("the heron"))
		equal(t, f.column("SELECT json FROM revisions"), lines(`{"content":"teh heron"}`))
		equal(t, f.column("SELECT source FROM attachments WHERE position IS NULL"), lines("https://home.example/old.png"))
		f.later(0, ana, aged)
		f.expectReasks(ana)
	})
}

func TestAPollIsAskedForAgainWhenItHasEnded(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "which one?")
		p.PollEnds = archive.At(f.now.Add(time.Hour))
		f.commit(did(ana, archive.BaseFavourite, p))
		f.later(0.01, ana, hourly)
		f.expectReasks(ana)
		f.later(0.1, ana, hourly)
		f.expectReasks(ana, "1")
		f.answer(ana, p)
		f.later(0.1, ana, hourly)
		f.expectReasks(ana)
	})
}

func TestMediaAreAskedForUntilTheyAreProcessed(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "a film")
		p.Media = []archive.Attachment{{ID: "9", Type: "video", Alt: "a heron"}}
		f.commit(did(ana, archive.BasePost, p))
		f.later(0.01, ana, hourly)
		f.expectReasks(ana)
		for _, days := range []float64{0.2, 0.3} { // as long again as it is old
			f.later(days, ana, hourly)
			f.expectReasks(ana, "1")
			f.answer(ana, p)
			f.later(0, ana, hourly)
			f.expectReasks(ana)
		}
		f.later(0.6, ana, hourly)
		p.Media[0].URL, p.JSON = "https://home.example/9.mp4", []byte(`{"processed":true}`)
		f.answer(ana, p)
		equal(t, f.column("SELECT source || ' ' || position || ' ' || state FROM attachments"), []string{"https://home.example/9.mp4 0 pending"})
		equal(t, f.column("SELECT json FROM revisions"), nil)
		f.later(20, ana, hourly)
		f.expectReasks(ana)
	})
}

func TestWhatIsGoneIsMarkedAndTheMarkTakenBack(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "soon gone")
		f.commit(did(ana, archive.BaseFavourite, p))
		f.later(2, ana, aged)
		gone := archive.At(f.now)
		if r := f.answer(ana); r.Again != (archive.Again{Missing: 1}) {
			t.Errorf("got %+v", r.Again)
		}
		const missing = "SELECT substr(CAST(missing_since AS text), 1, 16) FROM posts WHERE missing_since IS NOT NULL AND deleted_at IS NULL"
		equal(t, f.column(missing), []string{gone.Format("2006-01-02 15:04")})
		f.later(6, ana, aged)
		if r := f.answer(ana); r.Again != (archive.Again{}) {
			t.Errorf("it is no news: %+v", r.Again)
		}
		equal(t, f.column(missing), []string{gone.Format("2006-01-02 15:04")})
		f.commit(shown(ana, p)) // the same bytes
		equal(t, f.column(missing), nil)
		equal(t, f.activities(), lines("ana@home.example favourite 1"))
	})
}

func TestOnlyTheAuthorsServerSaysThatAPostWasDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		origin     bool
		visibility string
		base       archive.Base
		deleted    bool
	}{
		"another server":            {false, "public", archive.BaseFavourite, false},
		"its own server":            {true, "unlisted", archive.BaseFavourite, true},
		"for followers":             {true, "private", archive.BaseFavourite, false},
		"the account's own, direct": {true, "direct", archive.BasePost, true},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				p := f.young("1", "x")
				p.Origin, p.Visibility = c.origin, c.visibility
				f.commit(did(ana, c.base, p))
				f.later(2, ana, aged)
				f.answer(ana)
				const marks = "SELECT CASE WHEN deleted_at IS NULL THEN 'missing' ELSE 'deleted' END FROM posts WHERE missing_since IS NOT NULL"
				equal(t, f.column(marks), []string{map[bool]string{false: "missing", true: "deleted"}[c.deleted]})
				copied := p
				copied.Instance, copied.Origin = cleo.Instance, false
				f.commit(shown(cleo, copied)) // somebody has a copy still
				equal(t, f.column("SELECT 'deleted' FROM posts WHERE deleted_at IS NOT NULL"), map[bool][]string{true: {"deleted"}}[c.deleted])
			})
		})
	}
}

// What bob is not shown may well be there for ana, who is.
func TestOnlyWhoFetchedAPostMissesIt(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("1", "for followers")
		p.Visibility = "private"
		f.commit(did(ana, archive.BaseFavourite, p))
		f.commit(did(bob, archive.BaseFavourite, p))
		f.later(2, bob, aged)
		f.answer(bob)
		equal(t, f.column("SELECT post_id FROM posts WHERE missing_since IS NOT NULL"), nil)
	})
}

func TestWhatWasTakenBackIsMarked(t *testing.T) {
	const removed = "SELECT account || ' ' || base || ' ' || substr(post_uri, 40) FROM activities WHERE removed_at IS NOT NULL"
	tell := func(p archive.Post, stands bool) archive.Batch {
		b := shown(ana, p)
		for _, base := range []archive.Base{archive.BaseFavourite, archive.BaseBookmark, archive.BaseReblog} {
			b.Doings = append(b.Doings, archive.Doing{PostURI: p.URI, Base: base, Stands: stands})
		}
		return b
	}
	onEach(t, func(t *testing.T, f *fixture) {
		p, first, second := f.young("1", "liked"), f.young("2", ""), f.young("3", "")
		first.Reblog, second.Reblog = p.URI, p.URI
		second.CreatedAt = archive.At(f.now)
		for _, a := range []archive.Account{ana, bob} {
			f.commit(did(a, archive.BaseFavourite, p), did(a, archive.BaseBookmark, p), did(a, archive.BaseMention, p))
		}
		f.commit(did(ana, archive.BaseReblog, p), did(ana, archive.BasePost, first, second), did(bob, archive.BasePost, f.young("4", "")))
		f.commit(tell(p, false))
		all := lines("ana@home.example favourite 1\nana@home.example bookmark 1\nana@home.example reblog 1\nana@home.example post 2\nana@home.example post 3")
		equal(t, f.column(removed), all)
		f.commit(tell(p, true))
		equal(t, f.column(removed), lines("ana@home.example post 2"))
		f.commit(tell(p, false))
		f.commit(did(ana, archive.BaseFavourite, p), did(ana, archive.BasePost, second)) // met in their collections
		equal(t, f.column(removed), lines("ana@home.example bookmark 1\nana@home.example reblog 1\nana@home.example post 2"))
	})
}

// A server forgets the parent of a reply together with the parent.
func TestAParentThatIsNoLongerToldStaysKnown(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := f.young("2", "a reply")
		p.References = []archive.Reference{parent("home.example", "1")}
		f.commit(did(ana, archive.BasePost, p), shown(ana, post("home.example", "1")))
		f.later(2, ana, aged)
		p = f.young("2", "a reply still")
		p.EditedAt = archive.At(f.now)
		f.answer(ana, p)
		equal(t, f.column("SELECT target || ' ' || target_uri FROM refs WHERE chain = 'parent'"),
			[]string{"id:home.example/1 https://far.example/users/zoe/statuses/1"})
		equal(t, f.activities(), lines("ana@home.example post 2\nana@home.example post.parent 1"))
	})
}

// Other limits drop what is still wanted, but not what becomes of what is there.
func TestOtherLimitsLeaveWhatIsAskedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, f.young("1", "a")))
		f.later(2, ana, aged)
		r := rules()
		r.Limits = archive.Limits{archive.ChainParent: 1}
		f.begin(r)
		f.expectReasks(ana, "1")
	})
}
