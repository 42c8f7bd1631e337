package store_test

import (
	"testing"

	"lama/archive"
	"lama/store"
)

// by is a post by a user of the instance that rendered it.
func by(instance, id string, refs ...archive.Reference) archive.Post {
	p := post(instance, id, refs...)
	p.Origin = true
	return p
}

// below is what a lane's wants say of the posts below them: "name <-id", "!" where that is by a user of the instance.
func (f *fixture) below(a archive.Account) []string {
	f.t.Helper()
	tasks, _, err := f.Pending(f.t.Context(), store.AccountLanes(a.Name())[1], 100)
	if err != nil {
		f.t.Fatal(err)
	}
	var all []string
	for _, t := range tasks {
		w := t.Wants[0]
		one := string(w.Name) + " <-" + w.Below.ID
		if w.Below.Local {
			one += "!"
		}
		all = append(all, one)
	}
	return all
}

func TestAWantNamesTheReplyThatLeadsToIt(t *testing.T) {
	parentAt := func(id string) archive.Reference { return parent("home.example", id) }
	quoting := post("home.example", "30", archive.Reference{Chain: archive.ChainQuote, Target: archive.IDName("home.example", "29")})
	secret := post("home.example", "9", parentAt("8"))
	secret.Visibility = "private"
	for name, tc := range map[string]struct {
		batches []archive.Batch
		want    string
	}{
		"an own reply": {[]archive.Batch{did(ana, archive.BasePost, by("home.example", "9", parentAt("8")))},
			"id:home.example/8 <-9!"},
		"a stranger's": {[]archive.Batch{did(ana, archive.BaseFavourite, post("home.example", "9", parentAt("8")))},
			"id:home.example/8 <-9"},
		"the own one of two": {[]archive.Batch{did(ana, archive.BaseFavourite, post("home.example", "9", parentAt("8")),
			by("home.example", "10", parentAt("8")))}, "id:home.example/8 <-10!"},
		"an own one further down": {[]archive.Batch{did(ana, archive.BasePost, by("home.example", "9", parentAt("8"))),
			shown(ana, post("home.example", "8", parentAt("7")))}, "id:home.example/7 <-9!"},
		"no reply leads there": {[]archive.Batch{did(ana, archive.BasePost, quoting)}, "id:home.example/29 <-"},
		"one that the account may not see": {[]archive.Batch{did(bob, archive.BaseFavourite, secret),
			did(ana, archive.BaseFavourite, post("home.example", "20", parentAt("19")))}, "id:home.example/19 <-20"},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				for _, b := range tc.batches {
					f.commit(b)
				}
				equal(t, f.below(ana), lines(tc.want))
			})
		})
	}
}

// Above a newer reply stand the older posts of its thread.
func TestWantsComeTheNearestFirstAndOfTheseTheNewest(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite,
			post("home.example", "1001", parent("home.example", "99")), post("home.example", "1002", parent("home.example", "100")),
			post("home.example", "1003", parent("home.example", "98")), post("home.example", "1004", parent("home.example", "101"))))
		tasks, _, err := f.Pending(t.Context(), store.AccountLanes(ana.Name())[1], 3)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, task := range tasks {
			got = append(got, string(task.Wants[0].Name))
		}
		want := []string{"id:home.example/101", "id:home.example/100", "id:home.example/99"}
		for i := range want {
			if len(got) != 3 || got[i] != want[i] {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	})
}
