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
	"lama/mastodon"
	"lama/stages"
	"lama/store"
)

// openings asks each account's server what it can do and whose token ours is, side by side: one that is dead or
// slow keeps nobody waiting.
type openings struct {
	*run
	creds creds.Folder

	asking   singleflight.Group // of servers, what they can do
	mu       sync.Mutex
	sessions map[string]stages.Session
	failed   map[string]error
}

func newOpenings(r *run) *openings {
	return &openings{run: r, creds: r.credentials(r.cfg), sessions: map[string]stages.Session{}, failed: map[string]error{}}
}

// all opens the chosen accounts and sends each one's lanes, and first those that earlier runs left.
func (o *openings) all(ctx context.Context, ready chan<- []archive.Lane) error {
	lanes, err := o.store.Lanes(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return sendLanes(ctx, ready, lanes) })
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
			return sendLanes(ctx, ready, store.AccountLanes(a.Name()))
		})
	}
	return g.Wait()
}

func sendLanes(ctx context.Context, ready chan<- []archive.Lane, lanes []archive.Lane) error {
	select {
	case ready <- lanes:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// accountError is why an account can't be archived in this run; the others go on.
type accountError struct{ error }

func (e *accountError) Unwrap() error { return e.error }

// open makes an account ready. Its error is an accountError, or about the run.
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
	if err := o.store.StartWalks(ctx, a.Name(), o.kept); err != nil {
		return err
	}
	return o.store.AskAgain(ctx, a, store.Reask{Aged: o.recheck, Batch: server.Batch != mastodon.BatchNone,
		Page: o.session(a.Name()).Limit(archive.Statuses)})
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
