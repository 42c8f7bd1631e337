// Package alarm says what of an archive somebody should look after. It is rules over figures alone: others read them, and
// others tell.
package alarm

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"lama/archive"
)

// Kind is what an alarm is about. Programs may rely upon these words.
type Kind string

// The kinds of alarm.
const (
	RunFailed     Kind = "run-failed"     // the last run did not read all that it was to read
	TokenRevoked  Kind = "token-revoked"  // an account's token is no longer valid
	AccountFrozen Kind = "account-frozen" // an account may not log in
	InstanceGone  Kind = "instance-gone"  // an account's server is no more
	AccountFailed Kind = "account-failed" // an account can't be read for another reason
	AccountMoved  Kind = "account-moved"  // an account has moved to another server
	NothingNew    Kind = "nothing-new"    // an account has been silent for unusually long
	DiskFull      Kind = "disk-full"      // the data folder's disk is nearly full, or soon will be
)

// Loses says whether something may be lost meanwhile. The other alarms are for a person to judge.
func (k Kind) Loses() bool {
	return k != AccountMoved && k != NothingNew && k != DiskFull
}

// Alarm is one thing to look after.
type Alarm struct {
	Kind    Kind   `json:"kind"`
	Account string `json:"account"` // empty: it is about the archive
	Text    string `json:"text"`    // one sentence: what is wrong and what to do
	Since   string `json:"since"`   // as the archive writes times
}

// Facts are what the rules look at.
type Facts struct {
	Now      archive.Time
	Run      Run
	Accounts []Account
	Disk     Disk
}

// Run is how the runs went lately.
type Run struct {
	FailingSince archive.Time // zero: the last run that ended was complete
	LastComplete archive.Time // zero: none was
	Why          string       // the last one failed
}

// Account is how an account of the household is.
type Account struct {
	Name       string
	Failing    Kind // empty: it was read when it was last asked for
	Since      archive.Time
	Why        string
	MovedTo    string // empty: nowhere
	MovedSince archive.Time
	Newest     archive.Time  // of its own posts and boosts
	Silence    time.Duration // the longest between two of them; 0: not known
}

// Of lists what is wrong: first the run, then each account in its order, then the disk.
func Of(f Facts) []Alarm {
	alarms := []Alarm{}
	add := func(kind Kind, account, text string, since archive.Time) {
		alarms = append(alarms, Alarm{kind, account, text, since.String()})
	}
	if r := f.Run; !r.FailingSince.IsZero() {
		add(RunFailed, "", r.text(), r.FailingSince)
	}
	for _, a := range f.Accounts {
		if a.Failing != "" {
			add(a.Failing, a.Name, a.failing(), a.Since)
		}
		if a.MovedTo != "" {
			add(AccountMoved, a.Name, a.moved(), a.MovedSince)
		}
		if a.quiet(f.Now) {
			add(NothingNew, a.Name, a.silence(f.Now), a.Newest)
		}
	}
	if text, since := f.Disk.problem(f.Now); text != "" {
		add(DiskFull, "", text, since)
	}
	return alarms
}

func (r Run) text() string {
	text := "the last run failed"
	if r.Why != "" {
		text += ": " + r.Why
	}
	if r.LastComplete.IsZero() {
		return text + "; no run has been complete yet"
	}
	return text + "; none has been complete since " + r.LastComplete.Minute()
}

func (a Account) moved() string {
	return fmt.Sprintf("%s has moved to %s: `lama init --account %[2]s` archives it there too", a.Name, a.MovedTo)
}

func (a Account) failing() string {
	switch a.Failing {
	case TokenRevoked:
		return fmt.Sprintf("the token of %s is no longer valid: run `lama revoke %[1]s`, then `lama init --account %[1]s`",
			a.Name)
	case AccountFrozen:
		return fmt.Sprintf("%s may not log in: sign in there with a browser and read what the server says", a.Name)
	case InstanceGone:
		return fmt.Sprintf("the server of %s is gone: %s; if it stays so, take the account out of prefs.json: "+
			"its archive stays", a.Name, a.Why)
	}
	return cmp.Or(a.Why, a.Name+" can't be read")
}

// LeastSilence is what is never unusual.
const LeastSilence = 7 * 24 * time.Hour

// unusual is how many of the longest silences so far are.
const unusual = 3

// quiet says whether an account's silence is unusual. Without an earlier one nobody can tell.
func (a Account) quiet(now archive.Time) bool {
	return a.Silence > 0 && now.Sub(a.Newest.Time) >= max(LeastSilence, unusual*a.Silence)
}

func (a Account) silence(now archive.Time) string {
	return fmt.Sprintf("%s has posted nothing since %s, for %s, where %s was the longest before: look whether its "+
		"server shows more", a.Name, a.Newest.Minute(), days(now.Sub(a.Newest.Time)), days(a.Silence))
}

// days is a time in whole days, rounded up.
func days(d time.Duration) string {
	n := int64((d + 24*time.Hour - 1) / (24 * time.Hour))
	if n == 1 {
		return "1 day"
	}
	return humanize.Comma(n) + " days"
}
