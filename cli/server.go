package cli

import (
	"context"
	"encoding/json"
	"errors"
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
	ask := func() (any, error) {
		if k := o.known(a.Instance); time.Since(k.learned) < serverAge {
			return k.Server, nil
		}
		s, err := c.Probe(ctx)
		if err != nil {
			return s, unanswered{err}
		}
		o.know(a.Instance, s)
		return s, o.keepServer(ctx, a.Instance, s)
	}
	asked, err, shared := o.asking.Do(a.Instance, ask)
	if shared && errors.As(err, new(unanswered)) { // it may be the token of the account that asked
		asked, err = ask()
	}
	s, _ := asked.(mastodon.Server)
	if failed, ok := errors.AsType[unanswered](err); ok {
		err = unable(a, failed.error)
	}
	return s, err
}

// unanswered is a server that did not say what it can do.
type unanswered struct{ error }

// unable is why an account can't go on.
func unable(a archive.Account, err error) error {
	return &accountError{fmt.Errorf("%s: %w", a.Name(), err)}
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
	for name, s := range o.sessions {
		if s.Account.Instance == of.Account.Instance {
			s.Server = server
			o.sessions[name] = s
			o.gate.learn(s.Account, server)
		}
	}
	return news
}

// known is what was learnt about a server, and when; zero where nothing was.
type known struct {
	mastodon.Server
	learned time.Time
}

// knownServers is what was learnt before, by instance.
func knownServers(ctx context.Context, db *store.Store) (map[string]known, error) {
	learnt, err := db.Servers(ctx)
	all := map[string]known{}
	for instance, l := range learnt {
		k := known{learned: l.At.Time}
		if json.Unmarshal(l.JSON, &k.Server) == nil {
			all[instance] = k
		}
	}
	return all, err
}

func (o *openings) known(instance string) known {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.servers[instance]
}

// know takes in what a server has said now.
func (o *openings) know(instance string, s mastodon.Server) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.servers[instance] = known{s, time.Now()}
}
