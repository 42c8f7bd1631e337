package cli

import (
	"cmp"
	"context"
	"time"

	"lama/archive"
	"lama/config"
	"lama/mastodon"
	"lama/plan"
	"lama/store"
	"lama/throttle"
)

// outlook is what a run would take, and what is not known of it.
type outlook struct {
	cfg      config.Config
	accounts []prospect
	sizes    []int64  // of the files that told theirs
	asked    int      // files that were asked
	requests int64    // that the plan itself took, but for sizes
	left     int64    // files that earlier runs left to be downloaded
	problems []string // accounts and collections that can't be asked
}

// prospect is one account's part.
type prospect struct {
	account archive.Account
	server  mastodon.Server
	rows    []forecast
	plan    plan.Account
	budget  *throttle.Budget
}

// forecast is one collection's part.
type forecast struct {
	plan.Collection
	name    archive.Collection
	exact   bool   // Count is the number
	since   string // the day up to which it is archived; empty where it is not complete
	problem string // why it can't be asked
}

// opening is how many requests tell what a server can do and whose token ours is.
const opening = 4

func (p *planner) outlook(ctx context.Context, surveys []survey) (o outlook, err error) {
	o = outlook{cfg: p.cfg, left: p.stored.Media.Pending}
	for _, s := range surveys {
		if s.failed != nil {
			o.problems = append(o.problems, printable(s.failed.Error(), maxLine))
			continue
		}
		one, files, err := p.prospect(ctx, s)
		if err != nil {
			return o, err
		}
		o.accounts = append(o.accounts, one)
		sizes, asked := p.sizes(ctx, s.account.Instance, files)
		o.sizes, o.asked = append(o.sizes, sizes...), o.asked+asked
		for _, f := range one.rows {
			if f.problem != "" {
				o.problems = append(o.problems, string(f.name)+" of "+s.account.Name()+": "+f.problem)
			}
		}
	}
	o.requests = p.watch.requests.Load()
	return o, ctx.Err()
}

// prospect is what an account's sample leads to expect, and the files of the sample.
func (p *planner) prospect(ctx context.Context, s survey) (prospect, []archive.Attachment, error) {
	stored := accountOf(p.stored, s.account.Name())
	one := prospect{account: s.account, server: s.server, budget: p.gate.budget(s.account.Name())}
	one.plan = plan.Account{Batch: s.server.Batch.Size(), Above: !s.server.NoContext, Hops: p.cfg.RecursionLimit,
		Pending: stored.Pending, Fixed: opening}
	var files []archive.Attachment
	posts := 0
	for _, page := range s.pages {
		known := collectionOf(stored, page.Task.Walk.Collection)
		if known.ReadAt != "" {
			one.plan.Fixed = 0 // a run has learnt it
		}
		f, sample, err := p.forecast(ctx, s, page, known)
		if err != nil {
			return one, nil, err
		}
		one.rows = append(one.rows, f)
		if f.problem == "" {
			one.plan.Collections = append(one.plan.Collections, f.Collection)
		}
		if !f.Current {
			files, posts = append(files, sample.files...), posts+sample.Posts
		}
	}
	if p.cfg.DownloadOthers && posts > 0 {
		one.plan.Media = float64(len(files)) / float64(posts)
	}
	return one, files, nil
}

func accountOf(r store.Report, name string) store.AccountReport {
	for _, a := range r.Accounts {
		if a.Account == name {
			return a
		}
	}
	return store.AccountReport{}
}

func collectionOf(a store.AccountReport, name archive.Collection) store.CollectionReport {
	for _, c := range a.Collections {
		if c.Collection == name {
			return c
		}
	}
	return store.CollectionReport{}
}

func (p *planner) forecast(ctx context.Context, s survey, page archive.Page, stored store.CollectionReport) (
	forecast, sample, error) {
	f := forecast{name: page.Task.Walk.Collection}
	if page.Outcome.State != archive.Done {
		f.problem = printable(page.Outcome.Reason, maxLine)
		return f, sample{}, nil
	}
	taken, err := p.sample(ctx, page)
	if err != nil {
		return f, taken, err
	}
	f.Collection = plan.Collection{Sample: taken.Sample, Limit: p.session(s.account.Name()).Limit(f.name),
		Count: int64(page.Step.Items), Stored: stored.Archived, Current: stored.Complete}
	if items := page.Step.Items; !page.Step.End && items > 0 {
		f.Limit = min(f.Limit, items) // some servers give less than they are asked for
	}
	if stored.Complete {
		f.since = day(stored.ReadAt)
	}
	switch {
	case page.Step.End:
		f.exact = true
	case f.name == archive.Statuses && s.statuses > 0:
		f.Count = max(f.Count, s.statuses)
	default:
		f.More = !f.Current
	}
	return f, taken, nil
}

// total is what all accounts take together.
func (o outlook) total() (sum plan.Cost) {
	for _, a := range o.accounts {
		sum = sum.Plus(a.plan.Cost())
	}
	return sum
}

// wait is how long the servers' limits hold up the run: accounts with budgets of their own are read side by side.
func (o outlook) wait() (longest time.Duration) {
	type load struct{ requests, pages float64 }
	loads := map[*throttle.Budget]load{}
	for _, a := range o.accounts {
		cost, sum := a.plan.Cost(), loads[a.budget]
		loads[a.budget] = load{sum.requests + cost.Requests(), sum.pages + cost.Paged}
	}
	for budget, sum := range loads {
		longest = max(longest, budget.Limits().Wait(int(sum.requests), int(sum.pages)))
	}
	return longest
}

// wait is how long the limits hold up the account's requests.
func (a prospect) wait() time.Duration {
	cost := a.plan.Cost()
	return a.budget.Limits().Wait(int(cost.Requests()), int(cost.Paged))
}

// mediaBytes is how large so many files are if they are like those that told their size; ok is false where none did.
func (o outlook) mediaBytes(files float64) (bytes float64, ok bool) {
	var sum int64
	for _, size := range o.sizes {
		sum += size
	}
	return files * float64(sum) / float64(cmp.Or(len(o.sizes), 1)), len(o.sizes) > 0
}
