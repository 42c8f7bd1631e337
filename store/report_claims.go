package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// ClaimsReport is what has become of the posts that imports say an account did something with, and only name.
type ClaimsReport struct {
	Met  int64       `json:"met"`  // that are in the archive
	Open int64       `json:"open"` // that are not
	Gone []GoneClaim `json:"gone"` // of these, those that the account's server does not have, or does not give
}

// GoneClaim is a post that can't be had.
type GoneClaim struct {
	Base   string `json:"base"` // what the account did with it
	URL    string `json:"url"`
	Reason string `json:"reason"`
}

func reportClaims(ctx context.Context, t tx, account string) (r ClaimsReport, err error) {
	_, err = collect(ctx, t, func(q rows) (int64, error) { return 0, q.Scan(&r.Met, &r.Open) }, `
SELECT count(post_uri), count(*) - count(post_uri) FROM claims WHERE account = $1`, account)
	if err != nil {
		return r, err
	}
	r.Gone, err = collect(ctx, t, func(q rows) (g GoneClaim, err error) {
		return g, q.Scan(&g.Base, &g.URL, scanText{&g.Reason})
	}, `SELECT c.base, c.url, MIN(f.reason) FROM claims c JOIN frontier f ON f.name = c.name
    AND f.kind IN ('posts', 'search') AND f.state = 'refused' AND (f.account = c.account
        OR NOT EXISTS (SELECT 1 FROM frontier o
            WHERE o.account = c.account AND o.name = c.name AND o.kind IN ('posts', 'search')))
WHERE c.account = $1 AND c.post_uri IS NULL GROUP BY c.base, c.url ORDER BY c.url, c.base`, account)
	return r, err
}

// UnlistedAccount is an account that is not configured: the archive has what was imported of it, or was archived while it
// was configured, and asks its server for nothing.
type UnlistedAccount struct {
	Account  string           `json:"account"`
	Archived map[string]int64 `json:"archived"` // what it did, by type
	Claims   ClaimsReport     `json:"claims"`
}

// everyAccount reads the names of all accounts that did something, one look into an index each.
const everyAccount = `
WITH RECURSIVE of(account) AS (
    SELECT MIN(account) FROM activities UNION ALL
    SELECT (SELECT MIN(account) FROM activities n WHERE n.account > of.account) FROM of WHERE of.account IS NOT NULL)`

// Unlisted reads what there is of accounts that are not among those that are configured.
func (s *Store) Unlisted(ctx context.Context, configured []archive.Account) ([]UnlistedAccount, error) {
	all, listed := []UnlistedAccount{}, map[string]bool{}
	for _, a := range configured {
		listed[a.Name()] = true
	}
	err := s.engine.survey(ctx, func(t tx) error {
		names, err := collect(ctx, t, scanString, everyAccount+`
SELECT account FROM of WHERE account IS NOT NULL UNION SELECT account FROM claims ORDER BY 1`)
		for _, name := range names {
			if listed[name] {
				continue
			}
			one := UnlistedAccount{Account: name, Archived: map[string]int64{}}
			if _, err := collect(ctx, t, func(r rows) (base string, err error) {
				var n int64
				err = r.Scan(&base, &n)
				one.Archived[base] = n
				return base, err
			}, "SELECT base, count(*) FROM activities WHERE account = $1 AND chain = '' GROUP BY base", name); err != nil {
				return err
			}
			if one.Claims, err = reportClaims(ctx, t, name); err != nil {
				return err
			}
			all = append(all, one)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what there is of other accounts: %w", err)
	}
	return all, nil
}
