package cli

import (
	"context"
	"encoding/json"

	"lama/alarm"
	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// health is how an account was when it was last asked for; the archive remembers it. Moments are as it writes them.
type health struct {
	Statuses     int64      `json:"statuses,omitempty"` // that the server counts
	ToldAt       string     `json:"told_at,omitempty"`  // when it said so
	Newest       string     `json:"newest,omitempty"`   // of the account's own posts
	MovedTo      string     `json:"moved_to,omitempty"`
	MovedSince   string     `json:"moved_since,omitempty"`
	Failing      alarm.Kind `json:"failing,omitempty"` // why it could not be read; empty: it could
	FailingSince string     `json:"failing_since,omitempty"`
	Why          string     `json:"why,omitempty"`
}

// readHealth is how all accounts were.
func readHealth(ctx context.Context, db *store.Store) (map[string]health, error) {
	return readStates[health](ctx, db, "health")
}

// facts are what alarms look at of an account.
func (h health) facts(a archive.Account) alarm.Account {
	return alarm.Account{
		Name: a.Name(), Failing: h.Failing, Since: archive.ParseTime(h.FailingSince), Why: h.Why,
		MovedTo: printable(h.MovedTo, maxName), MovedSince: archive.ParseTime(h.MovedSince),
		Newest: archive.ParseTime(h.Newest),
	}
}

// contact is what a run came to know of an account.
type contact struct {
	read    bool // a page of it came
	profile *archive.Profile
	failed  error
}

// after is the health after a run that met the account so.
func (h health) after(c contact, now archive.Time) health {
	if p := c.profile; p != nil {
		h.Statuses, h.ToldAt, h.Newest = p.Statuses, now.String(), p.Newest.String()
		if p.MovedTo != h.MovedTo {
			h.MovedTo, h.MovedSince = p.MovedTo, now.String()
		}
	}
	switch kind := failing(c.failed); {
	case kind == "" && c.read:
		h.Failing, h.FailingSince, h.Why = "", "", ""
	case kind != "":
		if kind != h.Failing {
			h.Failing, h.FailingSince = kind, now.String()
		}
		h.Why = printable(c.failed.Error(), maxLine)
	}
	return h
}

// failing is the alarm that an account's failure is worth.
func failing(err error) alarm.Kind {
	switch {
	case err == nil:
		return ""
	case mastodon.KindOf(err) == mastodon.Unauthorized:
		return alarm.TokenRevoked
	case mastodon.KindOf(err) == mastodon.Frozen:
		return alarm.AccountFrozen
	case mastodon.InstanceGone(err):
		return alarm.InstanceGone
	}
	return alarm.AccountFailed
}

// noteHealth remembers how the run met each account.
func (r *run) noteHealth(ctx context.Context, now archive.Time) error {
	all, err := readHealth(ctx, r.store)
	if err != nil {
		return err
	}
	changed := map[string]string{}
	for _, a := range r.chosen {
		c := r.watch.contact(a.Name())
		c.failed = r.opened.failed[a.Name()]
		after := all[a.Name()].after(c, now)
		if after == all[a.Name()] {
			continue
		}
		text, err := json.Marshal(after)
		if err != nil {
			return err
		}
		changed[a.Name()] = string(text)
	}
	return r.store.SetStates(ctx, "health", changed)
}
