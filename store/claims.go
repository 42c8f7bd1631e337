package store

import (
	"context"
	"fmt"

	"lama/archive"
)

var (
	putClaims = define("account name base url imported", `
INSERT INTO claims (account, name, base, url, imported) SELECT account, name, base, url, imported FROM incoming WHERE true
ON CONFLICT (account, name, base) DO NOTHING`)

	settleClaims = define("account name base post_uri", `
UPDATE claims SET post_uri = i.post_uri FROM incoming i
WHERE claims.account = i.account AND claims.name = i.name AND claims.base = i.base`)
)

// claims stores what imports say, and makes activities of those claims whose posts are here and may be shown to their
// accounts: of new ones at once, of others when the post comes.
func (c *commit) claims(ctx context.Context) error {
	if len(c.batches) == 0 {
		return nil
	}
	rows, names := map[[3]string][]any{}, []string{}
	for _, b := range c.batches {
		for _, f := range b.Claims {
			key := [3]string{f.Account, indexable(string(f.Name)), string(f.Base)}
			rows[key] = []any{key[0], key[1], key[2], clean(f.URL), f.Imported}
			names = append(names, key[1])
		}
	}
	if err := c.tx.put(ctx, putClaims, sorted(rows)); err != nil {
		return err
	}
	if open, err := openClaims(ctx, c.tx); err != nil || !open {
		return err
	}
	if err := c.meetClaims(ctx, names); err != nil || len(names) == 0 {
		return err
	}
	return c.askClaimed(ctx, c.tx, names)
}

// openClaims says whether there are any.
func openClaims(ctx context.Context, t tx) (bool, error) {
	open, err := collect(ctx, t, scanInt, "SELECT 1 FROM claims WHERE post_uri IS NULL LIMIT 1")
	return len(open) > 0, err
}

// claimed reads the open claims of names ($1) whose posts their accounts may be shown; $2 is what arrived: account, URI. Where
// the name is a boost's, what it boosts is meant: exports call what was boosted by that.
const claimed = `
WITH arrived(account, post_uri) AS (%s)
SELECT f.account, f.name, f.base, p.post_uri, p.post_id, p.instance, COALESCE(p.visibility, '') IN ('public', 'unlisted')
FROM claims f JOIN posts w ON w.post_uri = COALESCE((SELECT a.post_uri FROM aliases a WHERE a.name = f.name), f.name)
JOIN posts p ON p.post_uri = COALESCE(w.reblog, w.post_uri)
WHERE f.post_uri IS NULL AND f.name %s AND (` + visible + `
    OR (SELECT 1 FROM arrived v WHERE v.account = f.account AND v.post_uri = p.post_uri LIMIT 1) IS NOT NULL)`

// meetClaims settles the open claims that have these names, or those of what arrived. Who asked for them need not any more,
// unless it asked for somebody else and may want for itself what it has not been shown.
func (c *commit) meetClaims(ctx context.Context, names []string) error {
	for _, row := range c.named {
		names = append(names, row[0].(string))
	}
	settled := map[[3]string][]any{}
	_, err := collect(ctx, c.tx, func(r rows) (string, error) {
		var a archive.Activity
		var name archive.Name
		var instance string
		var public bool
		err := r.Scan(&a.Account, (*string)(&name), (*string)(&a.Base), &a.PostURI, &a.ID, &instance, &public)
		if own, id, ok := name.ID(); ok && own != instance {
			a.ID = id
		}
		settled[[3]string{a.Account, string(name), string(a.Base)}] = []any{a.Account, string(name), string(a.Base), a.PostURI}
		c.claimed = append(c.claimed, a)
		if asker := c.asker(a.Account); public || asker == a.Account {
			c.needless = append(c.needless, archive.Want{Account: asker, Name: name})
		}
		return a.PostURI, err
	}, fmt.Sprintf(claimed, c.tx.list(2, 2), c.tx.among(c.tx.list(1, 1))), listOf(names), list(c.arrived()))
	if err != nil {
		return err
	}
	return c.tx.put(ctx, settleClaims, sorted(settled))
}

// askAllClaimed has the posts of all open claims asked for. Mostly there are none, which is told without a transaction.
func (s *Store) askAllClaimed(ctx context.Context) error {
	open := false
	err := s.glance(ctx, func(t tx) (err error) {
		open, err = openClaims(ctx, t)
		return err
	})
	if err != nil || !open {
		return err
	}
	return s.write(ctx, func(t tx) error { return s.askClaimed(ctx, t, nil) })
}

// asker is who asks for the posts that an account claims: for one that is not configured, since its server is gone, the first
// of those that are, which searches by the addresses.
func (s *Store) asker(account string) string {
	first := account
	for _, a := range s.rules.Accounts {
		switch name := a.Name(); {
		case name == account:
			return account
		case first == account || name < first:
			first = name
		}
	}
	return first
}

// askClaimed has the configured accounts ask for the posts of open claims; of these names, where there are any.
func (s *Store) askClaimed(ctx context.Context, t tx, names []string) error {
	args, among := []any{s.accounts(), s.asker("")}, ""
	if names != nil {
		args, among = append(args, listOf(names)), " AND c.name "+t.among(t.list(3, 1))
	}
	return t.exec(ctx, fmt.Sprintf(`
WITH accounts(account, instance) AS (%s),
asking(account, name, kind) AS (
    SELECT COALESCE(a.account, NULLIF(CAST($2 AS text), '')), c.name,
        CASE WHEN substr(c.name, 1, 3) = 'id:' THEN 'posts' ELSE 'search' END
    FROM claims c LEFT JOIN accounts a ON a.account = c.account
    WHERE c.post_uri IS NULL AND (substr(c.name, 1, 3) <> 'id:'
        OR substr(c.name, 1, length('id:' || a.instance || '/')) = 'id:' || a.instance || '/')%s)
INSERT INTO frontier (account, name, kind, hops, state, alone, attempts)
SELECT DISTINCT account, name, kind, 0, 'pending', FALSE, 0 FROM asking WHERE account IS NOT NULL
ORDER BY account, kind, name
ON CONFLICT (account, kind, name) DO NOTHING`, t.list(1, 2), among), args...)
}
