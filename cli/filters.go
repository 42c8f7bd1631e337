package cli

import (
	"context"
	"encoding/json"
	"time"

	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// hiding is what is known of the filters with which an account's server takes posts out of its lists.
type hiding struct {
	AskedAt string                  `json:"asked_at"`
	Filters []mastodon.HidingFilter `json:"filters"`
	Unknown string                  `json:"unknown,omitempty"` // why the server does not tell
}

// readHiding is what is known of all accounts.
func readHiding(ctx context.Context, db *store.Store) (map[string]hiding, error) {
	return readStates[hiding](ctx, db, "filters")
}

// readStates reads what is remembered as JSON, by account. What can't be read is not remembered.
func readStates[T any](ctx context.Context, db *store.Store, name string) (map[string]T, error) {
	texts, err := db.States(ctx, name)
	all := map[string]T{}
	for account, text := range texts {
		var one T
		if json.Unmarshal([]byte(text), &one) == nil {
			all[account] = one
		}
	}
	return all, err
}

// askFilters learns once a week which filters hide posts, on servers where that makes lists shorter. A server that does
// not tell keeps nobody from reading the rest.
func (o *openings) askFilters(ctx context.Context, a archive.Account, c *mastodon.Client, s mastodon.Server) error {
	if !s.Filters() {
		return nil
	}
	if time.Since(archive.ParseTime(o.hidden[a.Name()].AskedAt).Time) < serverAge {
		return nil
	}
	var err error
	now := hiding{AskedAt: archive.At(time.Now()).String()}
	if now.Filters, err = c.HidingFilters(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now.Unknown = printable(err.Error(), maxLine)
		o.log.Logger.Warn().Str("account", a.Name()).Err(err).
			Msg("its filters can't be asked for: whether they hide posts is not known")
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return o.store.SetState(ctx, a.Name(), "filters", string(text))
}
