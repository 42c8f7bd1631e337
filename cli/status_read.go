package cli

import (
	"context"
	"time"

	"lama/alarm"
	"lama/archive"
	"lama/config"
	"lama/mastodon"
	"lama/store"
)

// status is what `lama status` says; its JSON is that of --json.
type status struct {
	store.Report
	Accounts []accountStatus         `json:"accounts"`
	Unlisted []store.UnlistedAccount `json:"unlisted"` // that are not configured
	Alarms   []alarm.Alarm           `json:"alarms"`
}

// accountStatus is an account's part of the archive, and what it proves.
type accountStatus struct {
	store.AccountReport
	Collections []collectionStatus      `json:"collections"`
	Own         ownStatus               `json:"own_posts"`
	Hiding      []mastodon.HidingFilter `json:"hide_filters"` // that take posts out of the server's lists
}

// collectionStatus is how far a collection was read, in figures and in words.
type collectionStatus struct {
	store.CollectionReport
	NotProved []reason `json:"not_proved"` // why, where proved is false
	Coverage  string   `json:"coverage"`
}

// reason is a word for programs and one for people.
type reason struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// readStatus reads what an archive says of accounts.
func readStatus(ctx context.Context, db *store.Store, cfg config.Config, accounts []archive.Account) (s status, err error) {
	if s.Report, err = db.Report(ctx, accounts); err != nil {
		return s, err
	}
	l, err := readLearnt(ctx, db)
	if err != nil {
		return s, err
	}
	s.Accounts = []accountStatus{}
	for i, a := range accounts {
		s.Accounts = append(s.Accounts, l.status(a, s.Report.Accounts[i]))
	}
	if s.Unlisted, err = db.Unlisted(ctx, cfg.Accounts); err != nil {
		return s, err
	}
	j := judge{db: db, accounts: accounts, folder: dataFolder(cfg), now: archive.At(time.Now())}
	s.Alarms, err = j.alarms(ctx)
	return s, err
}

// learnt is what runs have learnt of accounts and their servers.
type learnt struct {
	servers map[string]known
	hidden  map[string]hiding
	healths map[string]health
}

func readLearnt(ctx context.Context, db *store.Store) (l learnt, err error) {
	if l.servers, err = knownServers(ctx, db); err != nil {
		return l, err
	}
	if l.hidden, err = readHiding(ctx, db); err != nil {
		return l, err
	}
	l.healths, err = readHealth(ctx, db)
	return l, err
}

func (l learnt) status(a archive.Account, r store.AccountReport) accountStatus {
	one, server, hides := accountStatus{AccountReport: r}, l.servers[a.Instance].Server, l.hidden[a.Name()]
	one.Hiding = append([]mastodon.HidingFilter{}, hides.Filters...)
	for _, c := range r.Collections {
		one.Collections = append(one.Collections, coverage(c, server, hides))
	}
	one.Own = compare(r.Own, l.healths[a.Name()], server)
	return one
}
