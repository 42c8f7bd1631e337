package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lama/archive"
)

// The states in which an account's limits are remembered: those that all its activities were followed under, and those
// that it is being brought to, with the id of the last activity that was.
const (
	limitsState = "limits"
	towardState = "limits_toward"
)

// slice is how many activities are followed anew in one transaction: neither memory nor the database's log grows with
// the archive.
const slice = 1000

// limits are the rules' limits as states keep them.
func (s *Store) limits() string {
	l := s.rules.Limits
	return fmt.Sprintf("parent=%d link=%d quote=%d", l[archive.ChainParent], l[archive.ChainLink], l[archive.ChainQuote])
}

// underOtherLimits are the accounts whose activities were not, or not yet all, followed under these limits.
func (s *Store) underOtherLimits(ctx context.Context) ([]string, error) {
	under, moving := map[string]string{}, map[string]bool{}
	err := s.glance(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (account string, err error) {
			var name, value string
			err = r.Scan(&account, &name, &value)
			if name == limitsState {
				under[account] = value
			} else if value != "" {
				moving[account] = true
			}
			return account, err
		}, "SELECT account, name, value FROM states WHERE name IN ($1, $2)", limitsState, towardState)
		return err
	})
	var changed []string
	for _, a := range s.rules.Accounts {
		if name := a.Name(); under[name] != s.limits() || moving[name] {
			changed = append(changed, name)
		}
	}
	return changed, err
}

// reconsiderLimits drops what an account still wanted under other limits and follows all its activities anew. Where it
// is interrupted, the next run goes on.
func (s *Store) reconsiderLimits(ctx context.Context, account string) error {
	now := s.limits()
	for done := false; !done; {
		err := s.write(ctx, func(t tx) error {
			before, err := state(ctx, t, account, limitsState)
			if err != nil {
				return err
			}
			toward, err := state(ctx, t, account, towardState)
			switch {
			case err != nil:
				return err
			case toward != "" || before != "" && before != now: // also on the way back from where it was interrupted
				return s.followSlice(ctx, t, account, now, toward)
			case before == "":
				return setState(ctx, t, account, limitsState, now)
			}
			done = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followSlice follows the next activities under the limits of now, and says in the states how far that has come.
func (s *Store) followSlice(ctx context.Context, t tx, account, now, toward string) error {
	at, begun := strings.CutPrefix(toward, now+" after=")
	last, _ := strconv.ParseInt(at, 10, 64) // 0 where it begins
	if !begun {
		if err := t.exec(ctx, "DELETE FROM frontier WHERE account = $1 AND state = 'pending' AND kind IN ('posts', 'search')", account); err != nil {
			return err
		}
	}
	uris, err := collect(ctx, t, func(r rows) (uri string, err error) {
		return uri, r.Scan(&last, &uri)
	}, "SELECT id, post_uri FROM activities WHERE account = $1 AND id > $2 ORDER BY id LIMIT $3", account, last, slice)
	if err != nil {
		return err
	}
	if len(uris) == 0 {
		if err := setState(ctx, t, account, towardState, ""); err != nil {
			return err
		}
		return setState(ctx, t, account, limitsState, now)
	}
	slices.Sort(uris)
	c := commit{Store: s, tx: t, now: s.today(), batches: []archive.Batch{{Account: account}}}
	for _, uri := range slices.Compact(uris) {
		c.anew = append(c.anew, []any{account, uri})
	}
	for _, step := range []func(context.Context) error{c.queue, c.activities, c.frontier} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return setState(ctx, t, account, towardState, fmt.Sprintf("%s after=%d", now, last))
}
