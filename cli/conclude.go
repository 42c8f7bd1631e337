package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"lama/archive"
	"lama/disk"
	"lama/mastodon"
	"lama/store"
)

// summary is what a run did, as it is kept in the database and logged at the end.
type summary struct {
	Requests   int64             `json:"requests"` // of the API
	Posts      int               `json:"posts"`    // new ones
	Files      int               `json:"files"`
	Bytes      int64             `json:"bytes"`
	Failed     map[string]string `json:"failed_accounts,omitempty"`
	Unfinished []string          `json:"unfinished,omitempty"` // collections that were not read to their end
	Gone       int64             `json:"gone"`                 // posts and files that their servers don't give
	Deferred   int64             `json:"deferred"`             // posts and files for a later run
	Error      string            `json:"error,omitempty"`      // why the run broke off
	Free       uint64            `json:"free,omitempty"`       // bytes left on the data folder's disk; 0: not known
	Reread     int               `json:"reread"`               // stored posts that were asked for again
	Changed    int               `json:"changed"`              // of these
	Missing    int               `json:"missing"`              // that their server has no more
}

// concludeTime bounds the last words of a run, also when the database has gone.
const concludeTime = 10 * time.Second

// conclude says what a run came to, in the log, in the database and as its error.
func (r *run) conclude(ctx context.Context, id int64, err error) error {
	ctx, cancel := context.WithTimeout(ctx, concludeTime)
	defer cancel()
	s, problem := r.summarise(ctx)
	outcome, err := s.verdict(cmp.Or(err, problem)) // what broke the run breaks its summary, too
	text, broken := json.Marshal(s)
	if broken == nil {
		broken = r.store.EndRun(ctx, id, outcome, text)
	}
	r.log.Logger.Info().Str("outcome", outcome).RawJSON("summary", text).Msg("run ended")
	r.result = result{outcome: outcome, summary: s}
	if broken == nil {
		broken = r.lookAfter(ctx)
	}
	r.watch.done()
	if isTerminal(r.out) {
		r.say("%s", s.sentence(outcome))
	}
	if err != nil && (outcome == "failed" || outcome == "interrupted") {
		return err // which is why, if anything else is broken
	}
	return errors.Join(err, broken)
}

// verdict is how a run ended, and its error.
func (s *summary) verdict(err error) (string, error) {
	switch {
	case errors.Is(err, context.Canceled):
		return store.Interrupted, err
	case err != nil:
		s.Error = oneLine(err)
		return store.Failed, err
	case len(s.Failed) > 0 || len(s.Unfinished) > 0:
		return store.Incomplete, incompletef("%s", s.missing())
	}
	return store.Complete, nil
}

func (r *run) summarise(ctx context.Context) (summary, error) {
	s := summary{Requests: r.watch.requests.Load(), Gone: r.watch.refused.Load(), Failed: map[string]string{}}
	s.Posts, s.Files, s.Bytes = r.watch.totals()
	if free, err := disk.Free(dataFolder(r.cfg)); err == nil {
		s.Free = free
	}
	again := r.watch.askedAgain()
	s.Reread, s.Changed, s.Missing = again.Read, again.Changed, again.Missing
	for account, err := range r.opened.failed {
		s.Failed[account] = printable(err.Error(), maxLine)
		if mastodon.KindOf(err) == mastodon.Unauthorized {
			if err := r.store.SetState(ctx, account, "identity", ""); err != nil { // ask again whose token it is
				return s, err
			}
		}
	}
	open, err := r.store.Unfinished(ctx)
	if err != nil {
		return s, err
	}
	for _, u := range open {
		if r.reads(u) {
			s.Unfinished = append(s.Unfinished, fmt.Sprintf("%s of %s: %s", u.Collection, u.Account, printable(u.Reason, maxLine)))
		}
	}
	counts, err := r.store.Counts(ctx)
	s.Deferred = int64(counts.Later)
	return s, err
}

// reads says whether this run was to read a collection. That of an account that failed is told with the account.
func (r *run) reads(u store.Unfinished) bool {
	chosen := slices.ContainsFunc(r.chosen, func(a archive.Account) bool { return a.Name() == u.Account })
	return chosen && r.kept[u.Collection] != "" && r.opened.failed[u.Account] == nil
}

// missing is what could not be read to its end, in one line.
func (s summary) missing() string {
	var parts []string
	for _, account := range slices.Sorted(maps.Keys(s.Failed)) {
		parts = append(parts, s.Failed[account])
	}
	return "not everything could be read: " + strings.Join(append(parts, s.Unfinished...), "; ")
}

func (s summary) sentence(outcome string) string {
	text := fmt.Sprintf("%s: %s and %s (%s) with %s", outcome, plural(s.Posts, "new post"), plural(s.Files, "file"),
		size(s.Bytes), plural(int(s.Requests), "request"))
	if s.Reread+s.Missing > 0 {
		text += fmt.Sprintf("; %s read again, %d changed, %d missing", plural(s.Reread, "post"), s.Changed, s.Missing)
	}
	if s.Gone > 0 {
		text += fmt.Sprintf("; %s gone from their servers", plural(int(s.Gone), "post or file"))
	}
	if s.Deferred > 0 {
		text += fmt.Sprintf("; %s left for a later run", plural(int(s.Deferred), "post or file"))
	}
	return text
}

func size(bytes int64) string { return humanize.Bytes(uint64(bytes)) }

// plural counts things; what stands for one of them.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	ending := "s"
	switch {
	case strings.HasSuffix(what, "ch"):
		ending = "es"
	case strings.HasSuffix(what, "ity"):
		what, ending = strings.TrimSuffix(what, "y"), "ies"
	}
	return humanize.Comma(int64(n)) + " " + strings.ReplaceAll(what, " or ", "s or ") + ending
}
