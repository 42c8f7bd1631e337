package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

// Commit stores batches, inserts what they refer to and settles their tasks, all in one transaction: when it
// returns an error nothing of them is in the database, and the same tasks are still pending.
func (s *Store) Commit(ctx context.Context, batches []archive.Batch) (archive.Result, error) {
	var result archive.Result
	arriving := versionsOf(batches)
	mine, end := s.turns.take(batches)
	defer end()
	err := s.writeInTurn(ctx, mine, batches, func(t tx) error {
		c := commit{Store: s, tx: t, mine: mine, now: s.today(), all: batches, batches: batches, arriving: arriving}
		for _, step := range []func(context.Context) error{
			c.posts, c.versions, c.sift, c.relate, c.attachments, c.files, c.placed, c.silences, c.index, c.aliases,
			c.queue, c.inTurn, c.resolve, c.references, c.doings, c.claims, c.activities, c.envelopes, c.drop, c.pictures, c.frontier,
			c.walks, c.unseen, c.lost,
		} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		result = c.result()
		return nil
	})
	if err != nil {
		return archive.Result{}, fmt.Errorf("commit to the database: %w", err)
	}
	return result, nil
}

// commit is one run of the steps of [Store.Commit]; each leaves what the later ones need.
type commit struct {
	*Store
	tx       tx
	mine     *turn // this commit's
	now      archive.Time
	all      []archive.Batch
	batches  []archive.Batch // those that bring something; at first all
	arriving map[*archive.Post]version

	heads    map[string]version           // what is in posts now, of those that arrived
	dates    map[string]archive.Time      // at which these were posted, by what was in posts before
	fresh    []string                     // URIs of posts that are new, sorted; after drop those that stay
	replaced []string                     // URIs of posts that have a new version
	deriving <-chan derived               // of these
	shown    map[string]map[string]string // the pictures of each
	imports  []string                     // of those that arrived, that the archive had of an import
	older    []*archive.Post              // versions of posts that are only revisions
	met      map[string]meeting           // stored posts that came again
	gone     map[string]goneRow           // stored posts that their server has no more
	again    archive.Again
	walking  []walk          // of the collections of which pages came, as they are when its turn comes
	unread   map[string]bool // names of the collections, of which pages came, that are not read to their end
	read     []rereading     // walks that have read again all that they were to
	relating <-chan relations
	relations
	waited   []string // stored posts that waited for what arrived: they refer to it
	claimed  []archive.Activity
	anew     [][]any        // stored posts that are followed anew: account, URI
	needless []archive.Want // rows of the frontier whose post is here now
	kept     map[string]bool
	wants    []archive.Want
	hosts    map[string]bool // media hosts with new tasks
	spare    []string
	dropped  int // new posts that do not stay
}

// arrived lists what came with a batch, or is followed anew: account, URI.
func (c *commit) arrived() [][]any {
	seen, all := map[[2]string]bool{}, c.anew
	add := func(account, uri string) {
		if key := [2]string{account, uri}; !seen[key] {
			seen[key] = true
			all = append(all, []any{account, indexable(uri)})
		}
	}
	for _, b := range c.batches {
		for _, p := range b.Posts {
			add(b.Account, p.URI)
		}
	}
	return all
}

// queue lets one writer at a time past, until it has committed. What resolves and follows references must see all
// that others have stored and followed: of two writers side by side, one stores a reference to a post and the other
// the post, or the activity that leads there, and neither would see that the post is reached. What is heavy, the
// posts and their names, is written before, and what only brings files follows nothing.
func (c *commit) queue(ctx context.Context) error {
	if !slices.ContainsFunc(c.batches, func(b archive.Batch) bool { return b.Account != "" }) {
		return nil
	}
	if err := c.tx.lock(ctx, "SELECT 1 FROM archive"); err != nil {
		return err
	}
	c.mine.pass()
	return nil
}

// drop removes the new posts that no activity explains: a quote inside a post that was reached as a parent, for
// one. They stay readable inside the JSON of the post that carried them.
func (c *commit) drop(ctx context.Context) error {
	orphans, err := c.unexplained(ctx)
	if err != nil {
		return err
	}
	c.dropped = len(orphans)
	if len(orphans) == 0 {
		return nil
	}
	c.fresh = slices.DeleteFunc(c.fresh, func(uri string) bool { return slices.Contains(orphans, uri) })
	if err := c.tx.put(ctx, dropTerms(c.tx), c.places(orphans)); err != nil {
		return err
	}
	named := fmt.Sprintf("UPDATE refs SET target_uri = NULL WHERE target_uri %s", c.tx.among(c.tx.list(1, 1)))
	if err := c.tx.exec(ctx, named, listOf(orphans)); err != nil {
		return err
	}
	for _, table := range []string{"posts", "revisions", "aliases", "refs", "attachments"} {
		sql := fmt.Sprintf("WITH gone(post_uri) AS (%s) DELETE FROM %s WHERE post_uri IN (SELECT post_uri FROM gone)",
			c.tx.list(1, 1), table)
		if err := c.tx.exec(ctx, sql, listOf(orphans)); err != nil {
			return err
		}
	}
	return nil
}

// unexplained are the new posts that no activity explains, be it of this commit or, where a post's row was lost, of before.
func (c *commit) unexplained(ctx context.Context) ([]string, error) {
	orphans := slices.DeleteFunc(slices.Clone(c.fresh), func(uri string) bool { return c.kept[uri] })
	if len(orphans) == 0 {
		return nil, nil
	}
	explained, err := collect(ctx, c.tx, scanString,
		"SELECT DISTINCT post_uri FROM activities WHERE post_uri "+c.tx.among(c.tx.list(1, 1)), listOf(orphans))
	return slices.DeleteFunc(orphans, func(uri string) bool { return slices.Contains(explained, uri) }), err
}

var putLost = define("account notification_id base author created_at:time seen_at:time json", `
INSERT INTO lost (account, notification_id, base, author, created_at, seen_at, json)
SELECT account, notification_id, base, author, created_at, seen_at, json FROM incoming WHERE true
ON CONFLICT (account, notification_id) DO NOTHING`)

func (c *commit) lost(ctx context.Context) error {
	rows := map[[2]string][]any{}
	for _, b := range c.batches {
		for _, l := range b.Lost {
			text, _ := storable(l.JSON)
			rows[[2]string{l.Account, indexable(l.ID)}] = []any{l.Account, indexable(l.ID), string(l.Base), clean(l.Author),
				l.CreatedAt, c.now, text}
		}
	}
	return c.tx.put(ctx, putLost, sorted(rows))
}

func (c *commit) result() archive.Result {
	r := archive.Result{Spare: c.spare, New: len(c.fresh), Better: len(c.replaced), Dropped: c.dropped, Again: c.again,
		Quiet: len(c.batches) == 0}
	for _, b := range c.all {
		r.Settled = append(r.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys, Failed: b.Outcome.Account, Over: c.over(b)})
	}
	if len(r.Settled) == 0 {
		return r
	}
	wake := map[archive.Lane]bool{}
	for _, w := range slices.Concat(c.wants, c.needless) {
		wake[archive.Lane{Kind: kindOf(w), Owner: w.Account}] = true
	}
	for _, r := range c.read {
		wake[archive.Lane{Kind: archive.TaskAgain, Owner: r.account}] = true
	}
	for host := range c.hosts {
		wake[archive.Lane{Kind: archive.TaskMedia, Owner: host}] = true
	}
	for lane := range wake {
		r.Settled[0].Wake = append(r.Settled[0].Wake, lane)
	}
	return r
}

// sorted gives a map's rows in the order of their keys.
func sorted[K interface {
	~[2]string | ~[3]string | ~[4]string
}](rows map[K][]any) [][]any {
	keys := make([]K, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return slices.Compare(parts(a), parts(b)) })
	all := make([][]any, len(keys))
	for i, k := range keys {
		all[i] = rows[k]
	}
	return all
}

func parts[K interface {
	~[2]string | ~[3]string | ~[4]string
}](k K) []string {
	switch k := any(k).(type) {
	case [2]string:
		return k[:]
	case [3]string:
		return k[:]
	case [4]string:
		return k[:]
	}
	return nil
}
