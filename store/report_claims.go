package store

import "context"

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
	}, `SELECT c.base, c.url, f.reason FROM claims c JOIN frontier f ON f.account = c.account AND f.name = c.name
    AND f.kind IN ('posts', 'search') AND f.state = 'refused'
WHERE c.account = $1 AND c.post_uri IS NULL ORDER BY c.url, c.base`, account)
	return r, err
}
