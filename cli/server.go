package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// serverAge is how long is believed what was learnt about a server.
const serverAge = 7 * 24 * time.Hour

// server is what an account's server can do. Of several accounts that are opened side by side one asks.
func (o *openings) server(ctx context.Context, a archive.Account, c *mastodon.Client) (mastodon.Server, error) {
	asked, err, _ := o.asking.Do(a.Instance, func() (any, error) {
		s, learned, err := knownServer(ctx, o.store, a.Instance)
		if err != nil || time.Since(learned) < serverAge {
			return s, err
		}
		if s, err = o.probe(ctx, a, c); err != nil {
			return s, err
		}
		return s, o.keepServer(ctx, a.Instance, s)
	})
	s, _ := asked.(mastodon.Server)
	return s, err
}

// probe asks a server what it can do.
func (o *openings) probe(ctx context.Context, a archive.Account, c *mastodon.Client) (mastodon.Server, error) {
	s, err := c.Probe(ctx)
	if err != nil {
		return s, &accountError{fmt.Errorf("%s: %w", a.Instance, err)}
	}
	return s, nil
}

func (o *openings) keepServer(ctx context.Context, instance string, s mastodon.Server) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return o.store.SetServer(ctx, instance, text)
}

// learn keeps what a request has shown of a server, for all accounts that are on it, and says whether it was news.
func (o *openings) learn(ctx context.Context, account string, what mastodon.Ability, err error) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.learnt(account, what, err) {
		return false, nil
	}
	s := o.sessions[account]
	return true, o.keepServer(ctx, s.Account.Instance, s.Server)
}

// learnt takes in for this run what a request has shown. The caller holds the lock.
func (o *openings) learnt(account string, what mastodon.Ability, err error) (news bool) {
	of := o.sessions[account]
	server, news := of.Server.Learn(what, err)
	if !news {
		return false
	}
	for name, s := range o.sessions {
		if s.Account.Instance == of.Account.Instance {
			s.Server = server
			o.sessions[name] = s
			o.gate.learn(s.Account, server)
		}
	}
	return true
}

// knownServer is what was learnt about a server before, and when.
func knownServer(ctx context.Context, db *store.Store, instance string) (s mastodon.Server, learned time.Time, err error) {
	text, at, err := db.Server(ctx, instance)
	if err != nil || text == nil || json.Unmarshal(text, &s) != nil {
		return mastodon.Server{}, time.Time{}, err
	}
	return s, at.Time, nil
}
