package store

import (
	"context"
	"fmt"
	"strings"

	"lama/archive"
)

// repairs is what is to be done about what --repair mends.
const repairs = "`lama verify --repair` mends it"

// reference is a column whose rows name what must be there. A row of a post that is gone is told by the activity that
// says why the post was here; where there is none, the row itself is told.
type reference struct {
	table, key string // the columns of a unique index: all are text
	broken     string // of a row r
	what       string
	remedy     string // before the mend
	left       string // after it; empty where it leaves nothing to do
	mend       func(ctx context.Context, s *Store, t tx, keys, accounts string) error
}

const (
	noPost     = "(SELECT 1 FROM posts p WHERE p.post_uri = r.post_uri LIMIT 1) IS NULL"
	noActivity = noPost + " AND (SELECT 1 FROM activities a WHERE a.post_uri = r.post_uri LIMIT 1) IS NULL"

	// ownName is what the instance of an account r.account calls a post.
	ownName = `SELECT n.name FROM accounts c JOIN aliases n ON n.post_uri = r.post_uri
AND substr(n.name, 1, length('id:' || c.instance || '/')) = 'id:' || c.instance || '/' WHERE c.account = r.account`

	activityKey = "account, post_uri, base, chain"

	asksAgain  = "`lama verify --repair`, then `lama run` asks its server for it again"
	willBeHere = "the next `lama run` asks its server for it"
)

var references = []reference{
	{table: "activities", key: activityKey, what: "its post is gone", remedy: asksAgain, left: willBeHere,
		broken: noPost + " AND (" + ownName + " LIMIT 1) IS NOT NULL", mend: wantAgain},
	{table: "activities", key: activityKey, what: "its post is gone, and nothing says what its server calls it",
		broken: noPost + " AND (" + ownName + " LIMIT 1) IS NULL", remedy: restore},
	{table: "posts", key: "post_uri", broken: noTarget, what: "what it boosts is gone", remedy: restore},
	{table: "refs", key: "post_uri, chain, target", what: "it names a post that is gone", remedy: repairs,
		broken: `r.target_uri IS NOT NULL AND (SELECT 1 FROM posts p WHERE p.post_uri = r.target_uri LIMIT 1) IS NULL`,
		mend:   byKey("UPDATE refs SET target_uri = NULL WHERE (post_uri, chain, target) IN (%s)", 3)},
	{table: "refs", key: "post_uri, chain, target", broken: noActivity, what: "its post is gone", remedy: repairs,
		mend: byKey("DELETE FROM refs WHERE (post_uri, chain, target) IN (%s)", 3)},
	{table: "aliases", key: "name", broken: noActivity, what: "it names a post that is gone", remedy: repairs,
		mend: byKey("DELETE FROM aliases WHERE name IN (%s)", 1)},
	{table: "attachments", key: "post_uri, source", what: "the row of its file is gone", remedy: asksAgain,
		left: willBeHere, broken: `r.state = 'done' AND (SELECT 1 FROM files f WHERE f.sha256 = r.sha256 LIMIT 1) IS NULL`,
		mend: func(ctx context.Context, s *Store, t tx, keys, _ string) error {
			return s.refetch(ctx, t, fmt.Sprintf("(post_uri, source) IN (%s)", t.list(1, 2)), keys)
		}},
	{table: "attachments", key: "post_uri, source", broken: "r.post_uri <> '' AND " + noActivity, what: "its post is gone", remedy: restore},
	{table: "revisions", key: "post_uri, content_hash", broken: noActivity, what: "its post is gone", remedy: restore},
}

// noTarget says of a boost r that it was read with what it boosts, which is not there, nor is a reason for it: where
// boosts are switched off, some are kept for what they say, without the post that they boost.
const noTarget = `r.reblog IS NOT NULL AND (SELECT 1 FROM posts p WHERE p.post_uri = r.reblog LIMIT 1) IS NULL
AND (SELECT 1 FROM activities a WHERE a.post_uri = r.reblog LIMIT 1) IS NULL
AND (SELECT 1 FROM activities a JOIN walks w ON w.account = a.account AND w.collection = 'statuses'
     WHERE a.post_uri = r.post_uri AND a.base = 'post' AND a.chain = '' AND w.kept LIKE '%reblog%' LIMIT 1) IS NOT NULL
AND (SELECT 1 FROM activities a JOIN walks w ON w.account = a.account AND w.collection = 'statuses'
     WHERE a.post_uri = r.post_uri AND w.open AND NOT w.rewalk LIMIT 1) IS NULL`

// byKey is a statement over the keys of rows.
func byKey(sql string, columns int) func(context.Context, *Store, tx, string, string) error {
	return func(ctx context.Context, _ *Store, t tx, keys, _ string) error {
		return t.exec(ctx, fmt.Sprintf(sql, t.list(1, columns)), keys)
	}
}

// wantAgain makes the posts of activities wanted, under the name that each account's instance has for them, and has
// their JSON files written anew when they come.
func wantAgain(ctx context.Context, _ *Store, t tx, keys, accounts string) error {
	const chosen = "(" + activityKey + ") IN (%s)"
	err := t.exec(ctx, fmt.Sprintf(`WITH accounts(account, instance) AS (%s)
INSERT INTO frontier (account, name, kind, hops, state, alone, attempts)
SELECT r.account, (`+ownName+` ORDER BY n.name LIMIT 1) AS own, 'posts', MIN(r.distance), 'pending', FALSE, 0
FROM activities r WHERE `+chosen+` GROUP BY r.account, r.post_uri ORDER BY r.account, own
ON CONFLICT (account, kind, name) DO UPDATE SET state = 'pending', alone = FALSE, attempts = 0, not_before = NULL`,
		t.list(2, 2), t.list(1, 4)), keys, accounts)
	if err != nil {
		return err
	}
	return t.exec(ctx, fmt.Sprintf("UPDATE activities SET unwritten = "+savesJSON+`
WHERE `+hasFile+` AND `+chosen, t.list(1, 4)), keys)
}

// savesJSON says whether the last run wrote JSON files.
const savesJSON = `COALESCE((SELECT value = 'true' FROM states
WHERE account = '` + household + `' AND name = 'save_json'), FALSE)`

// referencePage is how many rows that are broken are read, told and mended at once.
const referencePage = 1000

// VerifyReferences looks for rows that name what is not there. To mend is to have it asked for again, as one of these
// accounts, or to forget a name that nothing needs; no version of a post is ever forgotten.
func (s *Store) VerifyReferences(ctx context.Context, accounts []archive.Account, mend bool,
	found func(archive.Damage)) error {
	var listed [][]any
	for _, a := range accounts {
		listed = append(listed, []any{a.Name(), a.Instance})
	}
	for _, r := range references {
		if err := s.verifyReference(ctx, r, list(listed), mend, found); err != nil {
			return fmt.Errorf("verify the table %s: %w", r.table, err)
		}
	}
	return nil
}

func (s *Store) verifyReference(ctx context.Context, r reference, accounts string, mend bool,
	found func(archive.Damage)) error {
	after := make([]any, strings.Count(r.key, ",")+1)
	for i := range after {
		after[i] = ""
	}
	for {
		keys, err := s.brokenAfter(ctx, r, accounts, after)
		if err != nil || len(keys) == 0 {
			return err
		}
		if mend && r.mend != nil {
			err := s.write(ctx, func(t tx) error { return r.mend(ctx, s, t, list(keys), accounts) })
			if err != nil {
				return err
			}
		}
		for _, key := range keys {
			found(r.damage(key, mend))
		}
		after = keys[len(keys)-1]
	}
}

// brokenAfter reads the keys of broken rows, in their order.
func (s *Store) brokenAfter(ctx context.Context, r reference, accounts string, after []any) (keys [][]any, err error) {
	n := len(after)
	marks := make([]string, n)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	err = s.read(ctx, func(t tx) (err error) {
		keys, err = collect(ctx, t, func(q rows) ([]any, error) {
			key, into := make([]string, n), make([]any, n)
			for i := range key {
				into[i] = &key[i]
			}
			err := q.Scan(into...)
			for i := range key {
				into[i] = key[i]
			}
			return into, err
		}, fmt.Sprintf("WITH accounts(account, instance) AS (%s) SELECT %s FROM %s r WHERE (%s) > (%s) AND %s ORDER BY %s LIMIT $%d",
			t.list(n+1, 2), r.key, r.table, r.key, strings.Join(marks, ", "), r.broken, r.key, n+2),
			append(append([]any{}, after...), accounts, referencePage)...)
		return err
	})
	return keys, err
}

func (r reference) damage(key []any, mended bool) archive.Damage {
	d := archive.Damage{Where: r.table, What: r.what, Remedy: r.remedy}
	for _, k := range key {
		if k != "" {
			d.Where += " " + fmt.Sprint(k)
		}
	}
	if mended && r.mend != nil {
		d.Remedy, d.Mended = r.left, r.left == ""
	}
	return d
}
