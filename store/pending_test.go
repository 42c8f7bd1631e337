package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/store"
)

// occupied are the kinds of an account's lanes that hold rows.
func (f *fixture) occupied(a archive.Account) string {
	f.t.Helper()
	lanes, err := f.Occupied(f.t.Context(), store.AccountLanes(a.Name()))
	if err != nil {
		f.t.Fatal(err)
	}
	var kinds []string
	for _, l := range lanes {
		if l.Owner != a.Name() {
			f.t.Errorf("%v is not %s's", l, a.Name())
		}
		kinds = append(kinds, string(l.Kind))
	}
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

func TestALaneIsOccupiedWhereItHoldsRows(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for i, step := range []struct {
			do   func()
			want string
		}{
			{func() {}, ""},
			{func() { f.start("favourite") }, "page"},
			{func() { f.commit(did(ana, archive.BasePost, post("home.example", "9", parent("home.example", "8")))) }, "page posts"},
			{func() { f.commit(did(bob, archive.BasePost, post("home.example", "7", link("1")))) }, "page posts"},
			{func() { f.commit(did(ana, archive.BasePost, post("home.example", "6", link("2")))) }, "page posts search"},
			{func() { // a page that failed waits
				f.commit(archive.Batch{Account: ana.Name(), Walk: f.task(), Outcome: archive.Outcome{State: archive.Pending,
					NotBefore: f.now.AddDate(0, 0, 1), Reason: "status 503"}})
			}, "page posts search"},
			{func() {
				f.exec("UPDATE walks SET rewalk = TRUE", "UPDATE frontier SET kind = 'again' WHERE kind = 'posts'")
			},
				"again rewalk search"},
			{func() { f.exec("UPDATE walks SET open = FALSE", "UPDATE frontier SET state = 'refused'") }, ""},
		} {
			step.do()
			if got := f.occupied(ana); got != step.want {
				t.Errorf("step %d: %q, want %q", i, got, step.want)
			}
		}
		media := archive.Lane{Kind: archive.TaskMedia, Owner: "media.example"}
		if lanes, err := f.Occupied(t.Context(), []archive.Lane{media}); fmt.Sprint(lanes) != fmt.Sprint([]archive.Lane{media}) || err != nil {
			t.Errorf("got %v, %v", lanes, err)
		}
	})
}
