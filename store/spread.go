package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

// spread follows, among the posts of the archive, every way that leads from an activity along its chain, and
// yields the activities that are new or have become shorter, and the names that must be asked for.
//
// It starts from the activities of this commit ($1: account, URI, base, chain, distance), from those of what arrived ($2:
// account, URI), since a post may have got new references, from those of the posts that refer to that, and from those of the
// posts that waited for anything that arrived ($7). A step leads to a post that the account may see: a public one, one that
// its own token was shown ($2), or one that it has an activity of. What already has an activity as short is not followed
// again, so a cycle ends.
// $3 lists the accounts with their instances; $4 to $6 are the limits of the chains.
//
// Whether there is a row is asked by (SELECT 1 … LIMIT 1) IS NULL and not by EXISTS: Postgres then looks each one up by
// its key, where it would turn EXISTS into a join or a hash of a whole table.
const spread = `
WITH RECURSIVE
seeds(account, post_uri, base, chain, distance) AS (%[1]s),
arrived(account, post_uri) AS (%[2]s),
accounts(account, instance) AS (%[3]s),
touched(post_uri) AS (
    %[4]s UNION
    SELECT post_uri FROM arrived UNION
    SELECT r.post_uri FROM arrived n JOIN refs r ON r.target_uri = n.post_uri
),
spread(account, post_uri, base, chain, distance) AS (
    SELECT account, post_uri, base, chain, CAST(distance AS integer) FROM seeds
    UNION ALL
    SELECT a.account, a.post_uri, a.base, a.chain, a.distance
    FROM touched n JOIN activities a ON a.post_uri = n.post_uri
    UNION
    SELECT s.account, r.target_uri, s.base, r.chain, s.distance + 1
    FROM spread s
    JOIN refs r ON r.post_uri = s.post_uri AND s.chain IN ('', r.chain)
        AND s.distance < ` + hops + `
    JOIN posts p ON p.post_uri = r.target_uri
    WHERE (p.visibility IN ('public', 'unlisted')
           OR (SELECT 1 FROM arrived v WHERE v.account = s.account AND v.post_uri = p.post_uri LIMIT 1) IS NOT NULL
           OR (SELECT 1 FROM activities k WHERE k.account = s.account AND k.post_uri = p.post_uri LIMIT 1) IS NOT NULL)
      AND (SELECT 1 FROM activities b WHERE b.account = s.account AND b.post_uri = r.target_uri
           AND b.base = s.base AND b.chain = r.chain AND b.distance <= s.distance + 1) IS NULL
),
nearest AS (
    SELECT s.account, s.post_uri, s.base, s.chain, MIN(s.distance) AS distance
    FROM spread s WHERE s.account IN (SELECT account FROM accounts)
    GROUP BY s.account, s.post_uri, s.base, s.chain
)
SELECT n.account, n.post_uri, n.base, n.chain, n.distance, (SELECT p.post_id FROM posts p WHERE p.post_uri = n.post_uri)
FROM nearest n WHERE n.chain <> '' AND (
    SELECT 1 FROM activities b WHERE b.account = n.account AND b.post_uri = n.post_uri
    AND b.base = n.base AND b.chain = n.chain AND b.distance <= n.distance) IS NULL
UNION ALL
SELECT n.account, r.target, '', '', MIN(n.distance) + 1, ''
FROM nearest n
JOIN accounts c ON c.account = n.account
JOIN refs r ON r.post_uri = n.post_uri AND n.chain IN ('', r.chain) AND r.instance IN ('', c.instance)
    AND n.distance < ` + hops + `
WHERE ( -- another rendering of the same reference that serves this account
    SELECT 1 FROM refs o JOIN posts p ON p.post_uri = o.target_uri
    WHERE o.post_uri = r.post_uri AND o.chain = r.chain AND (r.chain <> 'link' OR o.target = r.target)
      AND (p.visibility IN ('public', 'unlisted')
           OR (SELECT 1 FROM arrived v WHERE v.account = n.account AND v.post_uri = p.post_uri LIMIT 1) IS NOT NULL
           OR (SELECT 1 FROM activities k WHERE k.account = n.account AND k.post_uri = p.post_uri LIMIT 1) IS NOT NULL)
    LIMIT 1) IS NULL
GROUP BY n.account, r.target`

// hops is how far the chain of a reference r is followed.
const hops = `CASE r.chain WHEN 'parent' THEN CAST($4 AS integer) WHEN 'link' THEN CAST($5 AS integer) ELSE CAST($6 AS integer) END`

// found is a row of the spread: an activity, or where it has no base a name to be asked for.
type found struct {
	account, subject string
	base             archive.Base
	chain            archive.Chain
	distance         int
	id               string
}

func (c *commit) spread(ctx context.Context, seeds [][]any) ([]found, error) {
	arrived := slices.DeleteFunc(slices.Clone(c.arrived()), func(row []any) bool { return c.told(row[1].(string)) })
	if len(seeds)+len(arrived)+len(c.waited) == 0 {
		return nil, nil
	}
	sql := fmt.Sprintf(spread, c.tx.list(1, 5), c.tx.list(2, 2), c.tx.list(3, 2), c.tx.list(7, 1))
	limits := c.rules.Limits
	return collect(ctx, c.tx, func(r rows) (f found, err error) {
		return f, r.Scan(&f.account, &f.subject, (*string)(&f.base), (*string)(&f.chain), &f.distance, &f.id)
	}, sql, list(seeds), list(arrived), c.accounts(),
		limits[archive.ChainParent], limits[archive.ChainLink], limits[archive.ChainQuote], listOf(c.waited))
}

// told says of a post that arrived whether the commit has all that the spread needs of it: its activities are those of the
// commit, since it is new, the posts that refer to it waited for it, and everybody may see it.
func (c *commit) told(uri string) bool {
	return c.isNew(uri) && c.kept[uri] && c.heads[uri].post.Public()
}
