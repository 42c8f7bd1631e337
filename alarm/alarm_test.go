package alarm_test

import (
	"strings"
	"testing"
	"time"

	"lama/alarm"
	"lama/archive"
)

var now = archive.ParseTime("2026-11-27T12:00:00Z")

// ago is so many days before now.
func ago(days int) archive.Time { return archive.At(now.AddDate(0, 0, -days)) }

const day = 24 * time.Hour

// Each rule, just before and just after it applies.
func TestRules(t *testing.T) {
	account := func(a alarm.Account) alarm.Facts {
		a.Name = "ana@home.example"
		return alarm.Facts{Accounts: []alarm.Account{a}}
	}
	run := func(r alarm.Run) alarm.Facts { return alarm.Facts{Run: r} }
	full := func(free uint64, past ...alarm.Room) alarm.Facts {
		return alarm.Facts{Disk: alarm.Disk{Path: "/data", Known: true, Free: free, Past: past}}
	}
	const gb = 1 << 30
	for name, c := range map[string]struct {
		facts alarm.Facts
		want  alarm.Kind // none: no alarm
		since archive.Time
		says  string
	}{
		"all is well": {run(alarm.Run{LastComplete: ago(1)}), "", now, ""},
		"a run failed": {run(alarm.Run{FailingSince: ago(2), LastComplete: ago(3), Why: "the disk is full"}), alarm.RunFailed, ago(2),
			"failed: the disk is full; none has been complete since " + ago(3).Minute()},
		"none was ever complete": {run(alarm.Run{FailingSince: ago(2)}), alarm.RunFailed, ago(2), "no run has been complete yet"},
		"a token was revoked": {account(alarm.Account{Failing: alarm.TokenRevoked, Since: ago(1)}), alarm.TokenRevoked, ago(1),
			"run `lama revoke ana@home.example`, then `lama init --account ana@home.example`"},
		"an account is frozen": {account(alarm.Account{Failing: alarm.AccountFrozen, Since: ago(1)}), alarm.AccountFrozen, ago(1),
			"ana@home.example may not log in"},
		"a server is gone": {account(alarm.Account{Failing: alarm.InstanceGone, Since: ago(1), Why: "no such host"}),
			alarm.InstanceGone, ago(1), "the server of ana@home.example is gone: no such host"},
		"something else": {account(alarm.Account{Failing: alarm.AccountFailed, Since: ago(1), Why: "not authorised"}),
			alarm.AccountFailed, ago(1), "not authorised"},
		"an account has moved": {account(alarm.Account{MovedTo: "ana@new.example", MovedSince: ago(4)}), alarm.AccountMoved, ago(4),
			"ana@home.example has moved to ana@new.example"},

		"silent for three times the longest": {account(alarm.Account{Newest: ago(30), Silence: 10 * day}), alarm.NothingNew, ago(30),
			"for 30 days, where 10 days was the longest"},
		"not quite so long":                {account(alarm.Account{Newest: ago(29), Silence: 10 * day}), "", now, ""},
		"silent for a week":                {account(alarm.Account{Newest: ago(7), Silence: time.Hour}), alarm.NothingNew, ago(7), "for 7 days"},
		"not yet a week":                   {account(alarm.Account{Newest: ago(6), Silence: time.Hour}), "", now, ""},
		"nobody knows how often it posts":  {account(alarm.Account{Newest: ago(900)}), "", now, ""},
		"it never posted":                  {account(alarm.Account{}), "", now, ""},
		"its newest post is in the future": {account(alarm.Account{Newest: ago(-900), Silence: day}), "", now, ""},

		"the disk is nearly full":   {full(gb - 1), alarm.DiskFull, now, "/data has 1.1 GB left: make room"},
		"it has been for two days":  {full(gb-1, alarm.Room{At: ago(1), Free: gb - 1}, alarm.Room{At: ago(2), Free: 5}, alarm.Room{At: ago(3), Free: gb}), alarm.DiskFull, ago(2), "make room"},
		"there is room":             {full(gb), "", now, ""},
		"it fills in 13 days":       {full(13*gb, alarm.Room{At: ago(1), Free: 14 * gb}), alarm.DiskFull, now, "full in 13 days"},
		"it fills in 14 days":       {full(14*gb, alarm.Room{At: ago(1), Free: 15 * gb}), "", now, ""},
		"room was made":             {full(14*gb, alarm.Room{At: ago(1), Free: 2 * gb}), "", now, ""},
		"an hour says nothing":      {full(2*gb, alarm.Room{At: archive.At(now.Add(-time.Hour)), Free: 90 * gb}), "", now, ""},
		"nor does last year":        {full(2*gb, alarm.Room{At: ago(300), Free: 90 * gb}), "", now, ""},
		"the system tells nothing":  {alarm.Facts{Disk: alarm.Disk{Path: "/data"}}, "", now, ""},
		"the longest span counts":   {full(100*gb, alarm.Room{At: ago(2), Free: 120 * gb}, alarm.Room{At: ago(20), Free: 120 * gb}), "", now, ""},
		"a steady fall is measured": {full(10*gb, alarm.Room{At: ago(10), Free: 20 * gb}, alarm.Room{At: ago(20), Free: 30 * gb}), alarm.DiskFull, now, "full in 10 days"},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Now = now
			got := alarm.Of(c.facts)
			if c.want == "" {
				if len(got) > 0 {
					t.Errorf("got %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Kind != c.want || got[0].Since != c.since.String() || !strings.Contains(got[0].Text, c.says) {
				t.Errorf("got %+v, want %s since %s, saying %q", got, c.want, c.since, c.says)
			}
			if about := len(c.facts.Accounts) > 0; about != (got[0].Account != "") {
				t.Errorf("the account is %q", got[0].Account)
			}
		})
	}
}

// Alarms come in one order, and JSON always has a list.
func TestOrder(t *testing.T) {
	if got := alarm.Of(alarm.Facts{Now: now}); got == nil || len(got) > 0 {
		t.Errorf("got %v", got)
	}
	got := alarm.Of(alarm.Facts{Now: now, Run: alarm.Run{FailingSince: ago(1)}, Disk: alarm.Disk{Known: true},
		Accounts: []alarm.Account{{Name: "b", MovedTo: "c"}, {Name: "a", Failing: alarm.TokenRevoked}}})
	var kinds []string
	for _, a := range got {
		kinds = append(kinds, string(a.Kind)+" "+a.Account)
	}
	if s := strings.Join(kinds, ", "); s != "run-failed , account-moved b, token-revoked a, disk-full " {
		t.Error(s)
	}
	if alarm.DiskFull.Loses() || !alarm.TokenRevoked.Loses() || !alarm.RunFailed.Loses() {
		t.Error("what loses something is an error, the rest a warning")
	}
}
