package stages

import (
	"context"
	"encoding/json"

	"strconv"

	"lama/archive"
	"lama/mastodon"
)

// Session is an account whose server was asked what it can do.
type Session struct {
	Account archive.Account
	Client  *mastodon.Client
	Server  mastodon.Server
	ID      string   // the account's, on its instance
	Types   []string // of notifications that are kept
	Most    int      // items of a page, at most; 0 is what is decent for the server
}

// Limit is how many items a page of a collection asks for.
func (s Session) Limit(c archive.Collection) int {
	decent := s.Server.Limit(string(c))
	if s.Most > 0 {
		return min(s.Most, decent)
	}
	return decent
}

// Page asks servers: for the next page of a walk, for posts by their ids, for the post behind a URL.
type Page struct {
	Session func(account string) Session
	Retry   Retry
	// Learn is told what came of requests that need an ability of the server, and says whether that was news, so that
	// what was refused is asked for in another way. An error is about the run. It may be nil.
	Learn func(ctx context.Context, account string, what mastodon.Ability, err error) (news bool, _ error)
}

// Fetch makes the task's request and returns the statuses as they came. What a server says no to, or can't say
// now, is an outcome of the page; an error is about the run.
func (p Page) Fetch(ctx context.Context, t archive.Task) (archive.Page, error) {
	s, page := p.Session(t.Lane.Owner), archive.Page{Task: t, Outcome: archive.Outcome{State: archive.Done}}
	var err error
	switch {
	case t.Walk != nil:
		err = s.walk(ctx, t.Walk, &page)
	case t.Lane.Kind == archive.TaskSearch:
		err = s.search(ctx, t.Wants[0], &page)
	case t.Above:
		err = s.above(ctx, t.Wants[0], &page)
	case t.Lane.Kind == archive.TaskHistory:
		err = s.history(ctx, t.Wants[0], &page)
	default:
		err = s.posts(ctx, t.Wants, &page)
	}
	if ctx.Err() != nil {
		return page, ctx.Err()
	}
	news, broken := false, error(nil)
	if what := s.ability(t); what != "" && p.Learn != nil {
		news, broken = p.Learn(ctx, t.Lane.Owner, what, err)
	}
	switch {
	case err == nil:
	case news: // at once, in another way
		page.Outcome = archive.Outcome{State: archive.Pending, Reason: err.Error()}
	case t.Above && mastodon.Refused(err): // that is about the post below: the wanted one is asked for alone
	default:
		page.Outcome = p.Retry.Outcome(err, attempts(t), t.Walk == nil)
	}
	return page, broken
}

// ability is what a task's request needs of its server, empty where every server has it.
func (s Session) ability(t archive.Task) mastodon.Ability {
	switch {
	case t.Walk != nil && t.Walk.Next == "" && s.Most == 0:
		return mastodon.AblePages(string(t.Walk.Collection))
	case t.Above:
		return mastodon.AbleContext
	case t.Lane.Kind == archive.TaskHistory:
		return mastodon.AbleHistory
	case len(t.Wants) > 1:
		return mastodon.AbleBatch
	}
	return ""
}

func attempts(t archive.Task) int {
	if t.Walk != nil {
		return t.Walk.Attempts
	}
	most := 0
	for _, w := range t.Wants {
		most = max(most, w.Attempts)
	}
	return most
}

func (s Session) search(ctx context.Context, w archive.Want, page *archive.Page) error {
	status, err := s.Client.Search(ctx, string(w.Name))
	if err == nil {
		page.Statuses = []archive.Raw{{JSON: status, Want: w.Name}}
	}
	return err
}

// above asks for all that is above a post below the wanted one.
func (s Session) above(ctx context.Context, w archive.Want, page *archive.Page) error {
	statuses, err := s.Client.Ancestors(ctx, w.Below.ID)
	for _, status := range statuses {
		page.Statuses = append(page.Statuses, archive.Raw{JSON: status})
	}
	return err
}

// posts asks for one post, or for a batch of them.
func (s Session) posts(ctx context.Context, wants []archive.Want, page *archive.Page) error {
	ids := make([]string, len(wants))
	for i, w := range wants {
		_, ids[i], _ = w.Name.ID()
	}
	if len(wants) == 1 && (wants[0].Alone || s.Server.Batch == mastodon.BatchNone) {
		status, err := s.Client.Post(ctx, ids[0])
		if err == nil {
			page.Statuses = []archive.Raw{{JSON: status, Want: wants[0].Name}}
		}
		return err
	}
	statuses, err := s.Client.Posts(ctx, s.Server.Batch, ids)
	for _, status := range statuses {
		page.Statuses = append(page.Statuses, archive.Raw{JSON: status})
	}
	return err
}

func (s Session) walk(ctx context.Context, w *archive.Walk, page *archive.Page) error {
	request := mastodon.PageRequest{Collection: string(w.Collection), AccountID: s.ID, Limit: s.Limit(w.Collection), Next: w.Next}
	if w.Collection == archive.Notifications {
		request.Types = s.Types
	}
	list, err := s.Client.Page(ctx, request)
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		page.Statuses = append(page.Statuses, archive.Raw{JSON: item})
	}
	page.Step = s.step(w, list)
	page.Follow = follow(page)
	return nil
}

// follow is the task of the next page, unless only the archive's known items can tell whether there is one to read.
func follow(p *archive.Page) *archive.Task {
	if p.Step.Next == "" || p.Step.Met || p.Step.End || p.Step.Unordered {
		return nil
	}
	next := p.Task.Walk.Read(p.Step)
	return &archive.Task{Lane: p.Task.Lane, Walk: &next, After: p.Task.Keys()[0]}
}

func idOf(item []byte) string {
	var it struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(item, &it) != nil {
		return ""
	}
	if id, err := strconv.Unquote(string(it.ID)); err == nil {
		return id
	}
	return string(it.ID)
}
