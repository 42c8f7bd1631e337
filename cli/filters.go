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

func readHiding(ctx context.Context, db *store.Store, account string) (h hiding, err error) {
	text, err := db.State(ctx, account, "filters")
	if err != nil || json.Unmarshal([]byte(text), &h) != nil {
		return hiding{}, err
	}
	return h, nil
}

// askFilters learns once a week which filters hide posts, on servers where that makes lists shorter. A server that does
// not tell keeps nobody from reading the rest.
func (o *openings) askFilters(ctx context.Context, a archive.Account, c *mastodon.Client, s mastodon.Server) error {
	if !s.Filters() {
		return nil
	}
	known, err := readHiding(ctx, o.store, a.Name())
	if err != nil || time.Since(archive.ParseTime(known.AskedAt).Time) < serverAge {
		return err
	}
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
