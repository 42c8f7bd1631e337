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
// account, URI), since a post may have got new references, and from those of the posts that refer to it. A step
// leads to a post that the account may see: a public one, one that its own token was shown ($2), or one that it
// has an activity of. What already has an activity as short is not followed again, so a cycle ends.
// $3 lists the accounts with their instances; $4 to $6 are the limits of the chains.
//
// Whether there is a row is asked by (SELECT 1 … LIMIT 1) IS NULL and not by EXISTS: Postgres then looks each one up by
// its key, where it would turn EXISTS into a join or a hash of a whole table.
const spread = `
WITH RECURSIVE
seeds(account, post_uri, base, chain, distance) AS (%[1]s),
arrived(account, post_uri) AS (%[2]s),
accounts(account, instance) AS (%[3]s),
limits(chain, hops) AS (VALUES ('parent', CAST($4 AS integer)), ('link', CAST($5 AS integer)), ('quote', CAST($6 AS integer))),
touched(post_uri) AS (
    SELECT post_uri FROM arrived UNION
    SELECT r.post_uri FROM arrived n JOIN refs r ON r.target_uri = n.post_uri
),
visible(account, post_uri) AS (
    SELECT c.account, p.post_uri FROM arrived n JOIN posts p ON p.post_uri = n.post_uri CROSS JOIN accounts c
    WHERE n.account = c.account OR p.visibility IN ('public', 'unlisted')
),
spread(account, post_uri, base, chain, distance) AS (
    SELECT account, post_uri, base, chain, CAST(distance AS integer) FROM seeds
    UNION
    SELECT a.account, a.post_uri, a.base, a.chain, a.distance
    FROM touched n JOIN activities a ON a.post_uri = n.post_uri
    UNION
    SELECT s.account, r.target_uri, s.base, r.chain, s.distance + 1
    FROM spread s
    JOIN refs r ON r.post_uri = s.post_uri AND s.chain IN ('', r.chain)
    JOIN limits l ON l.chain = r.chain AND s.distance < l.hops
    JOIN posts p ON p.post_uri = r.target_uri
    WHERE (p.visibility IN ('public', 'unlisted')
           OR (SELECT 1 FROM visible v WHERE v.account = s.account AND v.post_uri = p.post_uri LIMIT 1) IS NOT NULL
           OR (SELECT 1 FROM activities k WHERE k.account = s.account AND k.post_uri = p.post_uri LIMIT 1) IS NOT NULL)
      AND (SELECT 1 FROM activities b WHERE b.account = s.account AND b.post_uri = r.target_uri
           AND b.base = s.base AND b.chain = r.chain AND b.distance <= s.distance + 1) IS NULL
),
nearest AS (
    SELECT s.account, s.post_uri, s.base, s.chain, MIN(s.distance) AS distance
    FROM spread s JOIN accounts c ON c.account = s.account
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
JOIN limits l ON l.chain = r.chain AND n.distance < l.hops
WHERE ( -- another rendering of the same reference that serves this account
    SELECT 1 FROM refs o JOIN posts p ON p.post_uri = o.target_uri
    WHERE o.post_uri = r.post_uri AND o.chain = r.chain AND (r.chain <> 'link' OR o.target = r.target)
      AND (p.visibility IN ('public', 'unlisted')
           OR (SELECT 1 FROM visible v WHERE v.account = n.account AND v.post_uri = p.post_uri LIMIT 1) IS NOT NULL
           OR (SELECT 1 FROM activities k WHERE k.account = n.account AND k.post_uri = p.post_uri LIMIT 1) IS NOT NULL)
    LIMIT 1) IS NULL
GROUP BY n.account, r.target`

// found is a row of the spread: an activity, or where it has no base a name to be asked for.
type found struct {
	account, subject string
	base             archive.Base
	chain            archive.Chain
	distance         int
	id               string
}

func (c *commit) spread(ctx context.Context, seeds, arrived [][]any) ([]found, error) {
	sql := fmt.Sprintf(spread, c.tx.list(1, 5), c.tx.list(2, 2), c.tx.list(3, 2))
	limits := c.rules.Limits
	return collect(ctx, c.tx, func(r rows) (f found, err error) {
		return f, r.Scan(&f.account, &f.subject, (*string)(&f.base), (*string)(&f.chain), &f.distance, &f.id)
	}, sql, list(seeds), list(arrived), c.accounts(),
		limits[archive.ChainParent], limits[archive.ChainLink], limits[archive.ChainQuote])
}

// A shorter way renames an activity; what it was archived as first keeps its date. One that is met in its collection was
// not taken back, or has been done once more.
var putActivities = define("account post_uri base chain distance:int activity_id archived_at:time envelope imported unwritten:bool", `
INSERT INTO activities (account, post_uri, base, chain, distance, activity_id, archived_at, envelope, imported, unwritten)
SELECT account, post_uri, base, chain, distance, activity_id, archived_at, envelope, imported, unwritten FROM incoming WHERE true
ON CONFLICT (account, post_uri, base, chain) DO UPDATE SET removed_at = NULL,
    distance = CASE WHEN activities.distance > excluded.distance THEN excluded.distance ELSE activities.distance END
WHERE activities.distance > excluded.distance OR activities.removed_at IS NOT NULL`)

// activities stores what the accounts did and what follows from that, and learns what must be asked for.
func (c *commit) activities(ctx context.Context) error {
	all := map[[4]string]archive.Activity{}
	var seeds [][]any
	c.kept = map[string]bool{}
	add := func(a archive.Activity) {
		uri := indexable(a.PostURI)
		c.kept[uri] = true
		key := [4]string{a.Account, uri, string(a.Base), string(a.Chain)}
		before, twice := all[key]
		if !twice {
			before = a
		} else if completes(a, before) {
			before.ID, before.Envelope, before.Imported = a.ID, a.Envelope, a.Imported
		}
		all[key] = before
	}
	for _, b := range c.batches {
		for _, a := range b.Activities {
			add(a)
			if uri := indexable(a.PostURI); c.refers[uri] || !c.isNew(uri) { // from the others no way leads on
				seeds = append(seeds, seed(a, uri))
			}
		}
	}
	arrived := c.arrived()
	for _, a := range c.claimed {
		add(a)
		seeds = append(seeds, seed(a, indexable(a.PostURI)))
	}
	for _, b := range c.batches {
		for _, uri := range b.Keep {
			c.kept[indexable(uri)] = true
		}
	}
	if len(arrived) == 0 && len(seeds) == 0 {
		return nil
	}
	found, err := c.spread(ctx, seeds, arrived)
	if err != nil {
		return fmt.Errorf("follow references: %w", err)
	}
	for _, f := range found {
		if f.base == "" {
			c.wants = append(c.wants, archive.Want{Account: f.account, Name: archive.Name(f.subject), Hops: f.distance})
			continue
		}
		add(archive.Activity{Account: f.account, PostURI: f.subject, Base: f.base, Chain: f.chain, Distance: f.distance, ID: f.id})
	}
	c.reached(found)
	rows := map[[4]string][]any{}
	for key, a := range all {
		rows[key] = c.activityRow(a)
	}
	if err := c.tx.put(ctx, putActivities, sorted(rows)); err != nil {
		return err
	}
	return c.rewrite(ctx)
}

// isNew says whether a post is new. Nothing of it was stored before.
func (c *commit) isNew(uri string) bool {
	_, found := slices.BinarySearch(c.fresh, uri)
	return found
}

// seed is an activity for the spread. An import knows some that were reached from others.
func seed(a archive.Activity, uri string) []any {
	return []any{a.Account, uri, a.Base, a.Chain, a.Distance}
}

func (c *commit) activityRow(a archive.Activity) []any {
	envelope, _ := storable(a.Envelope)
	file := c.rules.JSON && filable(a)
	return []any{a.Account, indexable(a.PostURI), string(a.Base), string(a.Chain), a.Distance, clean(a.ID), c.orNow(a.ArchivedAt),
		optional(envelope), optional(a.Imported), file}
}

// hasFile says of an activity that it has a JSON file. A reblog's is inside its wrapper's; that of a notification which no
// import had is written when it comes, since its name and its date are the notification's.
const hasFile = `NOT (chain = '' AND (base = 'reblog' OR base IN ('mention', 'poll') AND envelope IS NULL))`

// filable is hasFile of an activity that is not stored yet.
func filable(a archive.Activity) bool {
	told := a.Base != archive.BaseMention && a.Base != archive.BasePoll || len(a.Envelope) > 0
	return a.Chain != archive.ChainNone || a.Base != archive.BaseReblog && told
}

// rewrite marks the JSON files of posts that have a new version.
func (c *commit) rewrite(ctx context.Context) error {
	if !c.rules.JSON || len(c.replaced) == 0 {
		return nil
	}
	return c.tx.exec(ctx, fmt.Sprintf(`UPDATE activities SET unwritten = TRUE
WHERE `+hasFile+` AND post_uri IN (%s)`, c.tx.list(1, 1)), listOf(c.replaced))
}
