package cli

import (
	"context"
	"time"

	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// moment is how long accounts that are open wait for others, to share a transaction: with two for each, ten accounts had 20 of
// the 40 transactions of a run with nothing new. One whose server must be asked first takes longer than this.
const moment = 5 * time.Millisecond

// beginAll begins the accounts that come, and sends their lanes, and first those that earlier runs left.
func (o *openings) beginAll(ctx context.Context, opened <-chan archive.Account, ready chan<- []archive.Lane) error {
	lanes, err := o.store.Lanes(ctx)
	for err == nil {
		if err = give(ctx, ready, lanes); err != nil {
			return err
		}
		together := within(moment, opened)
		if len(together) == 0 {
			return nil
		}
		lanes, err = o.begin(ctx, together)
	}
	return err
}

// within is the next thing that comes, and what comes within a while after it; nothing where in is closed.
func within[T any](while time.Duration, in <-chan T) (all []T) {
	var over <-chan time.Time // never, as long as nothing has come
	for {
		select {
		case one, ok := <-in:
			if !ok {
				return all
			}
			if all = append(all, one); over == nil {
				over = time.After(while)
			}
		case <-over:
			return all
		}
	}
}

// begin has the database make tasks of what accounts are to read, and says where they are.
func (o *openings) begin(ctx context.Context, accounts []archive.Account) (lanes []archive.Lane, err error) {
	var all []store.Opening
	for _, a := range accounts {
		s := o.session(a.Name())
		all = append(all, store.Opening{Account: a, Kept: o.kept, Again: store.Reask{Aged: o.recheck,
			Batch: s.Server.Batch != mastodon.BatchNone, Page: s.Limit(archive.Statuses)}})
		lanes = append(lanes, store.AccountLanes(a.Name())...)
	}
	return lanes, o.store.OpenAccounts(ctx, all...)
}
