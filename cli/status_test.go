package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lama/alarm"
	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// Each way in which a collection can be read, in words.
func TestCoverage(t *testing.T) {
	first, last := "2026-11-21 18:02:11+00:00", "2026-11-22 18:02:59+00:00"
	local := func(moment string) string { return archive.ParseTime(moment).Minute() }
	whole := store.CollectionReport{Collection: archive.Statuses, Complete: true, CompleteTo: last, ReadTo: last, Proved: true}
	doubted := whole
	doubted.Proved, doubted.Doubts = false, []archive.Doubt{archive.DoubtNoLink, archive.DoubtCircle}
	old := whole
	old.Proved = false
	favourites := whole
	favourites.Collection = archive.Favourites
	hides := hiding{Filters: []mastodon.HidingFilter{{Title: "soup", Contexts: []string{"account"}}, {Title: "cats", Contexts: []string{"home"}}}}
	gts := mastodon.Server{Software: "gotosocial"}
	for name, c := range map[string]struct {
		report store.CollectionReport
		server mastodon.Server
		hides  hiding
		want   string
		kinds  string
	}{
		"nothing":  {store.CollectionReport{Collection: archive.Statuses}, gts, hides, "statuses not read yet", ""},
		"complete": {whole, mastodon.Server{}, hides, "statuses complete from the beginning to " + local(last) + ", 0 gaps", ""},
		"a gap": {store.CollectionReport{Collection: archive.Statuses, CompleteTo: first, ReadTo: last, Gaps: 1, Proved: true}, mastodon.Server{}, hiding{},
			"statuses complete from the beginning to " + local(first) + ", and the newest read to " + local(last) + ", 1 gap, which the next run closes", ""},
		"the first walk broke off": {store.CollectionReport{Collection: archive.Statuses, ReadTo: last, Gaps: 2, Proved: true}, mastodon.Server{}, hiding{},
			"statuses read to " + local(last) + ", not yet from the beginning, 2 gaps, which the next run closes", ""},
		"broken cursors": {doubted, mastodon.Server{}, hiding{}, "statuses read to " + local(last) + " as far as the server shows them, 0 gaps; " +
			"not proved: " + doubts[archive.DoubtNoLink] + "; " + doubts[archive.DoubtCircle], "no link, circle"},
		"nobody noted why": {old, mastodon.Server{}, hiding{}, "statuses read to " + local(last) + " as far as the server shows them, 0 gaps; " +
			"not proved: an earlier version of LAMA did not note why", "unknown"},
		"GoToSocial": {whole, gts, hides, "statuses read to " + local(last) + " as far as the server shows them, 0 gaps; not proved: " +
			omissions[mastodon.OmitsBackdated] + `; the filter "soup" hides posts from LAMA too: let it warn instead, and LAMA sees them`,
			"backdated, hide filter"},
		"it does not tell its filters": {whole, gts, hiding{Unknown: "403"}, "the server did not tell whether a filter hides posts: 403",
			"backdated, filters unknown"},
		"a filter elsewhere": {favourites, gts, hides, "favourites complete from the beginning to " + local(last) + ", 0 gaps", ""},
		"Friendica":          {favourites, mastodon.Server{Software: "friendica"}, hiding{}, omissions[mastodon.OmitsPostOrder], "post order"},
	} {
		t.Run(name, func(t *testing.T) {
			got := coverage(c.report, c.server, c.hides)
			var kinds []string
			for _, r := range got.NotProved {
				kinds = append(kinds, r.Kind)
			}
			if !strings.HasSuffix(got.Coverage, c.want) || strings.Join(kinds, ", ") != c.kinds {
				t.Errorf("got  %s (%s)\nwant %s (%s)", got.Coverage, strings.Join(kinds, ", "), c.want, c.kinds)
			}
			if read := c.report.ReadTo != ""; got.Proved != (read && c.kinds == "") {
				t.Errorf("proved: %t", got.Proved)
			}
		})
	}
}

// Every doubt and omission that can be noted has words.
func TestReasonsHaveWords(t *testing.T) {
	for _, d := range []archive.Doubt{archive.DoubtNoLink, archive.DoubtCircle, archive.DoubtKnown, archive.DoubtEarlyEnd} {
		if doubts[d] == "" {
			t.Errorf("%s has no words", d)
		}
	}
	for _, o := range []mastodon.Omission{mastodon.OmitsPostOrder, mastodon.OmitsBackdated, mastodon.OmitsReplies} {
		if omissions[o] == "" {
			t.Errorf("%s has no words", o)
		}
	}
}

// What explains that a server counts other than the archive.
func TestOwnPostsBesideTheServersCount(t *testing.T) {
	own := store.OwnReport{Archived: 100, Gone: 5, Direct: 4, Boosts: 30, Private: 1}
	told := "2026-11-22 18:02:00+00:00"
	counted := func(n string) string {
		return "own posts: the server counts about " + n + " (" + archive.ParseTime(told).Minute() + "), archived are 100"
	}
	for name, c := range map[string]struct {
		software string
		count    int64
		want     string
		rest     int64
	}{
		"Mastodon":         {"mastodon", 91, counted("91") + ", with 5 posts no longer there, 4 direct posts not counted", 0},
		"GoToSocial":       {"gotosocial", 95, counted("95") + ", with 5 posts no longer there", 0},
		"Pleroma":          {"pleroma", 60, counted("60") + ", with 5 posts no longer there, 30 boosts not counted, 4 direct posts not counted, 1 followers-only post not counted", 0},
		"more there":       {"mastodon", 1098, "; 1,007 more on the server, which the count's inaccuracy may explain", 1007},
		"more here":        {"mastodon", 90, "; 1 more in the archive: deleted there or taken back since, or miscounted", -1},
		"it did not say":   {"mastodon", 0, "", 0},
		"an unknown maker": {"wildebeest", 91, counted("91") + ", with 5 posts no longer there, 4 direct posts not counted", 0},
	} {
		got := compare(own, health{Statuses: c.count, ToldAt: told}, mastodon.Server{Software: c.software})
		if !strings.HasSuffix(got.Comparison, c.want) || (c.want == "") != (got.Comparison == "") || got.Difference != c.rest {
			t.Errorf("%s: got  %s (%d)\nwant %s (%d)", name, got.Comparison, got.Difference, c.want, c.rest)
		}
	}
}

// What an account's trouble is, and since when: a run that never reached the account changes nothing, and one that
// meets the same trouble again moves nothing.
func TestHealth(t *testing.T) {
	revoked := fmt.Errorf("ana: %w", &mastodon.Error{Kind: mastodon.Unauthorized, Status: 401, Message: "invalid"})
	gone := fmt.Errorf("ana: %w", &mastodon.Error{Kind: mastodon.NotFound, Status: http.StatusGone})
	day := func(n int) archive.Time { return archive.At(time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC)) }
	profile := &archive.Profile{Statuses: 7, Newest: day(1)}
	moved := &archive.Profile{Statuses: 7, MovedTo: "ana@new.example", Newest: day(1)}
	h := health{}
	for n, step := range []struct {
		met  contact
		want health
	}{
		{contact{read: true, profile: profile}, health{Statuses: 7, ToldAt: day(1).String(), Newest: day(1).String()}},
		{contact{failed: revoked}, health{Failing: alarm.TokenRevoked, FailingSince: day(2).String()}},
		{contact{failed: revoked, read: true}, health{Failing: alarm.TokenRevoked, FailingSince: day(2).String()}},
		{contact{}, health{Failing: alarm.TokenRevoked, FailingSince: day(2).String()}},
		{contact{failed: gone}, health{Failing: alarm.InstanceGone, FailingSince: day(5).String()}},
		{contact{failed: errors.New("not authorised")}, health{Failing: alarm.AccountFailed, FailingSince: day(6).String()}},
		{contact{read: true, profile: moved}, health{ToldAt: day(7).String(), MovedTo: "ana@new.example", MovedSince: day(7).String()}},
		{contact{read: true, profile: moved}, health{ToldAt: day(8).String(), MovedTo: "ana@new.example", MovedSince: day(7).String()}},
	} {
		h = h.after(step.met, day(n+1))
		want := step.want
		want.Statuses, want.Newest = 7, day(1).String()
		if want.ToldAt == "" {
			want.ToldAt = day(1).String()
		}
		if step.met.failed != nil {
			want.Why = step.met.failed.Error()
		} else if want.Failing != "" {
			want.Why = h.Why
		}
		if h != want {
			t.Errorf("step %d: got  %+v\nwant %+v", n+1, h, want)
		}
	}
}
