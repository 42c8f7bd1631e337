package stages

import (
	"context"
	"encoding/json"
	"net/url"
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
	case t.Wants[0].Stored != "":
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

// step is how a page moves its walk down. A cursor belongs to the endpoint and never to an item: favourites and
// bookmarks page by rows that no answer shows (mastodon-api.md §0.4, §1.1).
func (s Session) step(w *archive.Walk, list mastodon.List) archive.Step {
	step := archive.Step{Items: len(list.Items), Next: list.Next, Proved: true}
	step.Top = cursor(list.Prev)
	if step.Top == "" && (w.Collection == archive.Statuses || w.Collection == archive.Notifications) && len(list.Items) > 0 {
		step.Top = idOf(list.Items[0])
	}
	step.Bottom = cursor(list.Next)
	switch {
	case list.Next == "" && s.mayHideMore(w, list):
		step.Bottom = idOf(list.Items[len(list.Items)-1])
		step.Next = s.below(w.Collection, step.Bottom)
	case list.Next == "":
		// Without any link nobody knows whether a full page is the last one (Sharkey, §8.5).
		step.End, step.Proved = true, list.HasLink || len(list.Items) < s.Limit(w.Collection)
		if !step.Proved {
			step.Doubt = archive.DoubtNoLink
		}
	case list.Next == w.Mark || !descends(w.Next, list.Next):
		step.End, step.Proved, step.Doubt = true, false, archive.DoubtCircle // (§8.7, §8.9)
	case w.Below && young(w, list):
	case w.Below:
		order, comparable := mastodon.Compare(step.Bottom, w.Floor)
		step.Met = comparable && w.Floor != "" && order <= 0
		step.Unordered = !comparable && (w.Floor != "" || step.Top == "")
	}
	return step
}

// mayHideMore says whether the short last page of a walk may not be the last: Mastodon up to 4.2 drops
// rows after counting them and then leaves the next link out (§1.1).
func (s Session) mayHideMore(w *archive.Walk, list mastodon.List) bool {
	old := s.Server.Software == "mastodon" && s.Server.APIVersion == 0
	return old && w.Collection == archive.Statuses && !w.Complete && len(list.Items) > 0 && len(list.Items) < s.Limit(w.Collection)
}

func (s Session) below(c archive.Collection, id string) string {
	query := url.Values{"limit": {strconv.Itoa(s.Limit(c))}, "max_id": {id}}
	return s.Account.BaseURL() + "/api/v1/accounts/" + url.PathEscape(s.ID) + "/statuses?" + query.Encode()
}

// descends says whether a next link leads further down than the one before.
func descends(from, to string) bool {
	if from == to {
		return false
	}
	order, comparable := mastodon.Compare(cursor(to), cursor(from))
	return !comparable || from == "" || order < 0
}

func cursor(link string) string {
	value, _ := mastodon.Cursor(link)
	return value
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
