package cli

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lama/archive"
	"lama/config"
	"lama/mastodon"
	"lama/outward"
	"lama/pipeline"
	"lama/throttle"
)

// Pace bounds what we ask of one server, or one media host, whatever it allows.
const (
	apiPace, apiBurst     = 100, 40 // requests per second, where a server states a limit
	apiFree               = 20      // where it states none
	mediaPace, mediaBurst = 50, 50
	mediaWidth            = 2       // downloads from one host at once, when it has answered
	mediaUntold           = 1 << 30 // bytes of a file that comes without its length; no camera's or phone's is so large
)

// rewalked is how many pages of re-walks a run reads for an account, at most: a fifth of what Mastodon and GoToSocial let
// pass in a window. 90,000 posts on GoToSocial take 15 daily runs, half of the time until it is due again.
const rewalked = 60

// gate is the pipeline's view of the budgets.
type gate struct {
	width int // API requests in flight per account
	book  *throttle.Book
	hosts *throttle.Hosts

	again map[string]int // pages of re-walks that an account may still read

	mu       sync.Mutex
	accounts map[string]archive.Account
	servers  map[string]mastodon.Server // by account
}

// newGate has nothing of the budgets used.
func newGate(cfg config.Config) *gate {
	wanted, files := rate.Limit(cfg.APIPace), rate.Limit(cfg.MediaPace)
	g := &gate{
		width: cfg.APIConcurrency,
		book: throttle.NewBook(throttle.Options{Share: cfg.RateShare, Burst: apiBurst,
			Pace: cmp.Or(wanted, apiPace), Free: cmp.Or(wanted, apiFree)}),
		hosts:    throttle.NewHosts(throttle.Options{Share: cfg.RateShare, Pace: cmp.Or(files, mediaPace), Burst: mediaBurst}),
		again:    map[string]int{},
		accounts: map[string]archive.Account{}, servers: map[string]mastodon.Server{},
	}
	for _, a := range cfg.Accounts {
		g.again[a.Name()] = rewalked
		g.accounts[a.Name()] = a
	}
	return g
}

// learn takes in what an account's server can do.
func (g *gate) learn(a archive.Account, s mastodon.Server) {
	if s.PerIP() {
		g.book.Share(a.Instance)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.servers[a.Name()] = s
}

func (g *gate) budget(account string) *throttle.Budget {
	return g.book.Budget(g.accounts[account].Instance, account)
}

// Admit implements [pipeline.Gate].
func (g *gate) Admit(t archive.Task) (ok bool, again time.Time) {
	if t.Media != nil {
		addresses := t.Media.Addresses()
		if t.Media.Step >= len(addresses) {
			return true, time.Time{}
		}
		address := addresses[t.Media.Step]
		ok, again = g.hosts.Admit(address)
		return ok, patient(again, g.hosts.Guessing(address) || !g.own(address))
	}
	budget := g.budget(t.Lane.Owner)
	if t.Lane.Kind == archive.TaskRewalk {
		return g.spare(t, budget)
	}
	ok, again = budget.Admit(paged(t))
	return ok, patient(again, budget.Guessing())
}

// spare admits a page of a re-walk where the budget has it to spare. A run waits for its pace, and for no window.
func (g *gate) spare(t archive.Task, budget *throttle.Budget) (ok bool, again time.Time) {
	if g.again[t.Lane.Owner] == 0 {
		return false, time.Time{}
	}
	if ok, again = budget.Admit(paged(t)); ok {
		g.again[t.Lane.Owner]--
		return true, time.Time{}
	}
	if until, _ := budget.Status(paged(t)); !until.IsZero() {
		return false, time.Time{}
	}
	return false, again
}

// observeFile learns from a request for a file. One that the guard of package outward refused says nothing of a host.
func (g *gate) observeFile(address string, status int, header http.Header, err error) {
	var refused *outward.Refused
	if status == 0 && errors.As(err, &refused) {
		status = http.StatusForbidden
	}
	g.hosts.Observe(address, status, header)
}

// own says whether an address is of an account's server.
func (g *gate) own(address string) bool {
	u, err := url.Parse(address)
	for _, a := range g.accounts {
		if err == nil && strings.EqualFold(u.Host, a.Instance) {
			return true
		}
	}
	return false
}

// patient leaves for the next run what would be waited for on a guess: a server that answers nothing, or errors,
// may do so for days, and a stranger's host may ask for them. What an account's own server told is waited for.
func patient(again time.Time, guess bool) time.Time {
	if guess && time.Until(again) > pipeline.Patience {
		return time.Time{}
	}
	return again
}

// paged says whether a task's request counts as paging. The top page is asked for without an id.
func paged(t archive.Task) bool {
	if t.Walk == nil {
		return false
	}
	next, err := url.Parse(t.Walk.Next)
	return err == nil && throttle.Paged(next)
}

// Width implements [pipeline.Gate].
func (g *gate) Width(l archive.Lane) int {
	switch {
	case l.Kind != archive.TaskMedia:
		return g.width
	case g.hosts.Answered(l.Owner):
		return mediaWidth
	}
	return 1
}

// Batch implements [pipeline.Gate].
func (g *gate) Batch(l archive.Lane) int {
	if l.Kind != archive.TaskPosts && l.Kind != archive.TaskAgain {
		return 1
	}
	return g.server(l.Owner).Batch.Size()
}

// Above implements [pipeline.Gate].
func (g *gate) Above(w archive.Want) bool {
	s := g.server(w.Account)
	return w.Below.ID != "" && !s.NoContext && (w.Below.Local || !s.Crawls())
}

func (g *gate) server(account string) mastodon.Server {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.servers[account]
}

// status says why a lane waits, and until when.
func (g *gate) status(l archive.Lane, until time.Time) (time.Time, string) {
	if l.Kind == archive.TaskMedia {
		return until, "its pace"
	}
	paged := l.Kind == archive.TaskPage
	if known, why := g.budget(l.Owner).Status(paged); !known.IsZero() {
		return known, why
	}
	return until, "its pace"
}
