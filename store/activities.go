package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

var (
	// Not one statement with DO UPDATE: SQLite has to be able to take back such a one, and copies each page that it changes.
	putActivities = define("account post_uri base chain distance:int activity_id archived_at:time envelope imported unwritten:bool", `
INSERT INTO activities (account, post_uri, base, chain, distance, activity_id, archived_at, envelope, imported, unwritten)
SELECT account, post_uri, base, chain, distance, activity_id, archived_at, envelope, imported, unwritten FROM incoming WHERE true
ON CONFLICT (account, post_uri, base, chain) DO NOTHING`)

	// A shorter way renames an activity; what it was archived as first keeps its date. One that is met in its collection was
	// not taken back, or has been done once more.
	meetActivities = define("account post_uri base chain distance:int", `
UPDATE activities AS a SET removed_at = NULL, distance = CASE WHEN a.distance > i.distance THEN i.distance ELSE a.distance END
FROM incoming i
WHERE a.account = i.account AND a.post_uri = i.post_uri AND a.base = i.base AND a.chain = i.chain
  AND (a.distance > i.distance OR a.removed_at IS NOT NULL)`)
)

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
	for _, a := range c.claimed {
		add(a)
		seeds = append(seeds, seed(a, indexable(a.PostURI)))
	}
	for _, b := range c.batches {
		for _, uri := range b.Keep {
			c.kept[indexable(uri)] = true
		}
	}
	found, err := c.spread(ctx, seeds)
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
	rows, met := map[[4]string][]any{}, map[[4]string][]any{}
	for key, a := range all {
		rows[key] = c.activityRow(a)
		if !c.isNew(key[1]) {
			met[key] = rows[key]
		}
	}
	if err := c.tx.put(ctx, meetActivities, sorted(met)); err != nil {
		return err
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
