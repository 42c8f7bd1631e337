package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"lama/archive"
	"lama/creds"
	"lama/stages"
)

// openings asks each account's server what it can do and whose token ours is, side by side: one that is dead or
// slow keeps nobody waiting.
type openings struct {
	*run
	creds creds.Folder

	identities map[string]string // by account, as the archive remembers them
	hidden     map[string]hiding

	asking   singleflight.Group // of servers, what they can do
	mu       sync.Mutex
	servers  map[string]known // by instance
	sessions map[string]stages.Session
	failed   map[string]error
}

func newOpenings(r *run) *openings {
	return &openings{run: r, creds: r.credentials(r.cfg), sessions: map[string]stages.Session{}, failed: map[string]error{}}
}

// all opens the chosen accounts and sends their lanes, and first those that earlier runs left.
func (o *openings) all(ctx context.Context, ready chan<- []archive.Lane) error {
	if err := o.remember(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	opened := make(chan archive.Account)
	g.Go(func() error {
		defer close(opened)
		return o.openAll(ctx, opened)
	})
	g.Go(func() error { return o.beginAll(ctx, opened, ready) })
	return g.Wait()
}

// remember reads what the archive knows of servers and accounts, of all in one statement each.
func (o *openings) remember(ctx context.Context) (err error) {
	if o.servers, err = knownServers(ctx, o.store); err != nil {
		return err
	}
	if o.identities, err = o.store.States(ctx, "identity"); err != nil {
		return err
	}
	o.hidden, err = readHiding(ctx, o.store)
	return err
}

// openAll opens the chosen accounts and sends those that can be read.
func (o *openings) openAll(ctx context.Context, opened chan<- archive.Account) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range o.chosen {
		g.Go(func() error {
			switch err := o.open(ctx, a); {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.As(err, new(*accountError)):
				o.fail(a.Name(), err)
				return nil
			case err != nil:
				return err
			}
			return give(ctx, opened, a)
		})
	}
	return g.Wait()
}

// give sends one thing, unless ctx ends before.
func give[T any](ctx context.Context, out chan<- T, one T) error {
	select {
	case out <- one:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// accountError is why an account can't be archived in this run; the others go on.
type accountError struct{ error }

func (e *accountError) Unwrap() error { return e.error }

// open makes an account's session. Its error is an accountError, or about the run.
func (o *openings) open(ctx context.Context, a archive.Account) error {
	client, user, err := o.client(a)
	if err != nil {
		return &accountError{err}
	}
	server, err := o.server(ctx, a, client)
	if err != nil {
		return err
	}
	o.gate.learn(a, server)
	id, err := o.identity(ctx, a, client, user)
	if err != nil {
		return err
	}
	if err := o.askFilters(ctx, a, client, server); err != nil {
		return err
	}
	o.enter(stages.Session{Account: a, Client: client, Server: server, ID: id})
	return nil
}

// enter makes an account's session known; what the preferences say of it is filled in.
func (o *openings) enter(s stages.Session) {
	s.Types, s.Most = strings.Split(o.kept[archive.Notifications], ","), o.cfg.FetchLimit
	if s.Server.Updates() { // of what is stored: it is kept whatever the preferences say
		s.Types = append(s.Types, "update")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sessions[s.Account.Name()] = s
}

// fail notes that an account can't go on in this run.
func (o *openings) fail(account string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed[account] != nil {
		return
	}
	o.failed[account] = err
	o.log.Logger.Error().Str("account", account).Err(err).Msg("the account can't be archived now")
	o.watch.failed(account, err)
}

func (o *openings) session(account string) stages.Session {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sessions[account]
}

func (o *openings) view(account string) stages.View {
	s := o.session(account)
	return stages.View{Account: s.Account, Domain: s.Server.Domain, Reblogs: o.cfg.FetchReblogs, Mentions: o.cfg.FetchMentions,
		Polls: o.cfg.FetchPolls, Doings: s.Server.TellsDoings()}
}

// own says whether an author belongs to the household.
func (o *openings) own(author string) bool {
	author = strings.ToLower(author)
	return slices.ContainsFunc(o.cfg.Accounts, func(a archive.Account) bool {
		return slices.Contains(handles(a, o.session(a.Name()).Server), author)
	})
}
