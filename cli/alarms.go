package cli

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rs/zerolog"

	"lama/alarm"
	"lama/archive"
	"lama/disk"
	"lama/store"
)

// judge reads what the alarms of an archive look at. The folder is that of the data.
type judge struct {
	db       *store.Store
	accounts []archive.Account
	folder   string
	now      archive.Time

	remembers bool // how often accounts post, for the next time; whoever only reads doesn't
}

// alarms are what somebody should look after.
func (j judge) alarms(ctx context.Context) ([]alarm.Alarm, error) {
	history, err := j.db.History(ctx)
	if err != nil {
		return nil, err
	}
	run := alarm.Run{FailingSince: history.FailingSince, LastComplete: history.LastComplete, Why: whyFailed(history)}
	facts := alarm.Facts{Now: j.now, Run: run, Disk: j.disk(history)}
	for _, a := range j.accounts {
		one, err := j.account(ctx, a)
		if err != nil {
			return nil, err
		}
		facts.Accounts = append(facts.Accounts, one)
	}
	return alarm.Of(facts), nil
}

// account reads how an account is. How often it posts is read only where it has been silent long enough to matter.
func (j judge) account(ctx context.Context, a archive.Account) (alarm.Account, error) {
	h, err := readHealth(ctx, j.db, a.Name())
	if err != nil {
		return alarm.Account{}, err
	}
	one := alarm.Account{
		Name: a.Name(), Failing: h.Failing, Since: archive.ParseTime(h.FailingSince), Why: h.Why,
		MovedTo: printable(h.MovedTo, maxName), MovedSince: archive.ParseTime(h.MovedSince),
		Newest: archive.ParseTime(h.Newest),
	}
	if h.Newest != "" && j.now.Sub(one.Newest.Time) < alarm.LeastSilence {
		return one, nil
	}
	r, changed, err := j.db.Rhythm(ctx, a.Name())
	if err == nil && changed && j.remembers {
		err = j.db.RememberRhythm(ctx, a.Name(), r)
	}
	one.Newest, one.Silence = r.Newest, r.Silence
	return one, err
}

// disk is the room on the data folder's disk, now and at the ends of earlier runs.
func (j judge) disk(history store.History) alarm.Disk {
	d := alarm.Disk{Path: j.folder}
	free, err := disk.Free(j.folder)
	if err != nil {
		return d // this system does not tell, or the folder is not made yet
	}
	d.Known, d.Free = true, free
	for _, run := range history.Recent {
		var s summary
		if json.Unmarshal(run.Summary, &s) == nil && s.Free > 0 {
			d.Past = append(d.Past, alarm.Room{At: archive.ParseTime(run.EndedAt), Free: s.Free})
		}
	}
	return d
}

// whyFailed is why the newest run that ended did not succeed, in its own words.
func whyFailed(history store.History) string {
	for n, run := range history.Recent {
		var s summary
		switch {
		case run.EndedAt == "" && n == 0: // it may be under way
			continue
		case run.EndedAt == "":
			return "it was killed"
		case run.Outcome == store.Interrupted:
			continue
		case json.Unmarshal(run.Summary, &s) != nil:
			return ""
		case s.Error != "":
			return s.Error
		}
		return printable(s.missing(), maxLine)
	}
	return ""
}

// lookAfter remembers how the accounts were, and says in the log what somebody should look after.
func (r *run) lookAfter(ctx context.Context) error {
	now := archive.At(time.Now())
	if err := r.noteHealth(ctx, now); err != nil {
		return err
	}
	alarms, err := judge{db: r.store, accounts: r.chosen, folder: dataFolder(r.cfg), now: now, remembers: true}.alarms(ctx)
	if err != nil {
		return err
	}
	for _, a := range alarms {
		r.logAlarm(a)
	}
	r.result.alarms = alarms
	return r.readFigures(ctx)
}

func (r *run) logAlarm(a alarm.Alarm) {
	level := zerolog.WarnLevel
	if a.Kind.Loses() {
		level = zerolog.ErrorLevel
	}
	e := r.log.Logger.WithLevel(level).Str("alarm", string(a.Kind)).Str("since", a.Since)
	if a.Account != "" {
		e = e.Str("account", a.Account)
	}
	e.Msg(a.Text)
}
