package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lama/archive"
	"lama/mastodon"
	"lama/stages"
	"lama/store"
)

// planner asks the servers what a run would take. It makes and changes nothing: neither archive nor log.
type planner struct {
	*openings
	files  *http.Client
	stored store.Report // what the archive has; nothing where there is none
}

// survey is what an account's server said.
type survey struct {
	account  archive.Account
	server   mastodon.Server
	statuses int64          // by the server's count
	pages    []archive.Page // the top page of each collection that is wanted
	failed   error          // why the account can't be asked
}

// plan says what a run would take.
func (r *run) plan(ctx context.Context) error {
	r.watch, r.gate = newWatch(io.Discard, false), newGate(r.cfg)
	files, err := r.mediaClient(r.cfg)
	if err != nil {
		return err
	}
	p := &planner{openings: newOpenings(r), files: files}
	if err := p.readArchive(ctx); err != nil {
		return err
	}
	surveys, err := p.surveyAll(ctx)
	if err != nil {
		return err
	}
	outlook, err := p.outlook(ctx, surveys)
	if err != nil {
		return err
	}
	r.say("%s", strings.TrimRight(outlook.text(), "\n"))
	if len(outlook.problems) > 0 {
		return incompletef("not everything could be asked: %s", strings.Join(outlook.problems, "; "))
	}
	return nil
}

// readArchive reads what is archived, where there is an archive.
func (p *planner) readArchive(ctx context.Context) error {
	if exists(p.cfg) != nil {
		return nil
	}
	db, err := store.Open(ctx, store.Options{URL: p.cfg.Database.Secret(), Schema: p.Schema, Exists: true})
	if errors.Is(err, store.ErrNoArchive) {
		return nil
	}
	if err != nil {
		return err
	}
	defer db.Close()
	p.stored, err = db.Report(ctx, p.chosen)
	return err
}

// surveyAll asks the servers side by side. Its error is the context's.
func (p *planner) surveyAll(ctx context.Context) ([]survey, error) {
	all := make([]survey, len(p.chosen))
	var g errgroup.Group
	for i, a := range p.chosen {
		all[i].account = a
		g.Go(func() error {
			all[i].failed = p.survey(ctx, &all[i])
			return ctx.Err()
		})
	}
	return all, g.Wait()
}

// survey asks for one account, as a run would: what the server can do, whose token it is, and the top pages, which
// Mastodon does not count as paging.
func (p *planner) survey(ctx context.Context, s *survey) error {
	user, err := p.user(s.account)
	if err != nil {
		return err
	}
	client := p.dial(s.account, user)
	if s.server, err = client.Probe(ctx); err != nil {
		return unable(s.account, err)
	}
	p.gate.learn(s.account, s.server)
	who, err := p.whose(ctx, s.account, client)
	if err != nil {
		return err
	}
	s.statuses = who.StatusesCount
	p.enter(stages.Session{Account: s.account, Client: client, Server: s.server, ID: who.ID})
	for _, c := range archive.Collections {
		if p.kept[c] == "" {
			continue
		}
		page, err := p.top(ctx, s.account.Name(), c)
		if err != nil {
			return err
		}
		if page.Outcome.Account != nil {
			return explain(page.Outcome.Account, s.account.Name())
		}
		s.pages = append(s.pages, page)
	}
	s.server = p.session(s.account.Name()).Server
	return nil
}

// top reads the top page of a collection, a smaller one where the server refuses the usual. Its error is the context's.
func (p *planner) top(ctx context.Context, account string, c archive.Collection) (archive.Page, error) {
	smaller := false
	fetch := stages.Page{Session: p.session, Retry: stages.Retry{Now: time.Now},
		Learn: func(_ context.Context, account string, what mastodon.Ability, err error) (bool, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			news := p.learnt(account, what, err)
			smaller = news && err != nil
			return news, nil
		}}
	task := archive.Task{Lane: archive.Lane{Kind: archive.TaskPage, Owner: account},
		Walk: &archive.Walk{Account: account, Collection: c}}
	page, err := fetch.Fetch(ctx, task)
	if smaller {
		return fetch.Fetch(ctx, task)
	}
	return page, err
}
