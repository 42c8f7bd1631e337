package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Report is what `lama status` says.
type Report struct {
	Accounts []AccountReport `json:"accounts"`
	Media    MediaReport     `json:"media"`
	Posts    int64           `json:"posts"`
	LastRun  *RunReport      `json:"last_run"`
}

// AccountReport is one account's part of the archive.
type AccountReport struct {
	Account     string             `json:"account"`
	Collections []CollectionReport `json:"collections"`
	Own         OwnReport          `json:"own_posts"`
	Related     int64              `json:"related"` // parents, links and quotes
	Pending     int64              `json:"pending"` // posts still to be asked for
	Deferred    int64              `json:"deferred"`
	Failed      int64              `json:"failed"`
	Lost        int64              `json:"lost"` // notifications whose post was gone
	Claims      ClaimsReport       `json:"claims"`
}

// Report reads what is archived for the accounts.
func (s *Store) Report(ctx context.Context, accounts []archive.Account) (r Report, err error) {
	err = s.engine.survey(ctx, func(t tx) error {
		for _, a := range accounts {
			one, err := s.reportAccount(ctx, t, a.Name())
			if err != nil {
				return err
			}
			r.Accounts = append(r.Accounts, one)
		}
		if err := s.reportMedia(ctx, t, &r); err != nil {
			return err
		}
		if r.Media.Hosts, err = reportHosts(ctx, t); err != nil {
			return err
		}
		return reportRun(ctx, t, &r)
	})
	if err != nil {
		return Report{}, fmt.Errorf("read the state of the archive: %w", err)
	}
	return r, nil
}

func (s *Store) reportAccount(ctx context.Context, t tx, account string) (r AccountReport, err error) {
	r.Account = account
	for _, c := range archive.Collections {
		one, err := reportCollection(ctx, t, account, c)
		if err != nil {
			return r, err
		}
		r.Collections = append(r.Collections, one)
	}
	if r.Own, err = reportOwn(ctx, t, account); err != nil {
		return r, err
	}
	if r.Claims, err = reportClaims(ctx, t, account); err != nil {
		return r, err
	}
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&r.Related, &r.Pending, &r.Deferred, &r.Failed, &r.Lost)
	}, `SELECT (SELECT count(DISTINCT post_uri) FROM activities WHERE account = $1 AND chain <> ''),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'pending' AND (not_before IS NULL OR not_before <= $2)),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'pending' AND not_before > $2),
(SELECT count(*) FROM frontier WHERE account = $1 AND state = 'refused'),
(SELECT count(*) FROM lost WHERE account = $1)`, account, s.today())
	return r, err
}
