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
	healths, err := readHealth(ctx, j.db)
	if err != nil {
		return nil, err
	}
	rhythms, err := j.rhythms(ctx, healths)
	if err != nil {
		return nil, err
	}
	for _, a := range j.accounts {
		one := healths[a.Name()].facts(a)
		if r, silent := rhythms[a.Name()]; silent {
			one.Newest, one.Silence = r.Newest, r.Silence
		}
		facts.Accounts = append(facts.Accounts, one)
	}
	return alarm.Of(facts), nil
}

// rhythms are how often accounts post, of those that have been silent long enough for it to matter.
func (j judge) rhythms(ctx context.Context, healths map[string]health) (map[string]store.Rhythm, error) {
	var silent []string
	for _, a := range j.accounts {
		newest := healths[a.Name()].Newest
		if newest == "" || j.now.Sub(archive.ParseTime(newest).Time) >= alarm.LeastSilence {
			silent = append(silent, a.Name())
		}
	}
	all, changed, err := j.db.Rhythms(ctx, silent...)
	if err == nil && j.remembers {
		err = j.db.RememberRhythms(ctx, changed)
	}
	return all, err
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
