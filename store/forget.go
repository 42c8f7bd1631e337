package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

// Alone is what the archive holds because of one account only.
type Alone struct {
	Rows  int64
	Posts int64 // of these rows: what nobody else did anything with, or was led to
	Kept  int64 // posts that others hold as well: they stay
	Files int64 // media files that no post has which stays
	Bytes int64 // of these
}

// held is the rule, for post %[1]s and the account in $1: that this has to do with it, and no other has.
const (
	touched = `(%[1]s.fetched_by = $1
OR (SELECT 1 FROM activities a WHERE a.post_uri = %[1]s.post_uri AND a.account = $1 LIMIT 1) IS NOT NULL)`
	others = `(SELECT 1 FROM activities o WHERE o.post_uri = %[1]s.post_uri AND o.account <> $1 LIMIT 1) IS NOT NULL`
)

// alone is that rule for post p, which stays with a boost of it that stays.
var alone = fmt.Sprintf(touched+" AND NOT "+others, "p") +
	" AND (SELECT 1 FROM posts b WHERE b.reblog = p.post_uri AND (" +
	fmt.Sprintf(touched+" AND NOT "+others, "b") + ") IS NOT TRUE LIMIT 1) IS NULL"

// stays is its opposite, also of a post of which it is not known who fetched it.
var stays = "(" + alone + ") IS NOT TRUE"

// Alone counts what only this account holds. Each row is looked up by keys, as [Store.Forget] does: a planner that
// chooses for itself may read whole tables for each.
func (s *Store) Alone(ctx context.Context, account string) (a Alone, err error) {
	err = s.read(ctx, func(t tx) error {
		a = Alone{}
		all, err := s.ours(ctx, t)
		if err != nil {
			return err
		}
		for _, of := range all {
			rows, err := countAlone(ctx, t, of, account)
			if err != nil {
				return fmt.Errorf("count what only %s has in %s: %w", account, of.name, err)
			}
			if a.Rows += rows; of.name == "posts" {
				a.Posts = rows
			}
		}
		_, err = collect(ctx, t, func(r rows) (int64, error) { return 0, r.Scan(&a.Kept, &a.Files, &a.Bytes) },
			`SELECT (SELECT count(*) FROM posts p WHERE `+fmt.Sprintf(touched, "p")+`), count(*),
CAST(COALESCE(sum(size), 0) AS bigint)
FROM files f WHERE `+unheld+" AND (SELECT 1 FROM attachments m WHERE m.post_uri = '' AND m.sha256 = f.sha256 LIMIT 1) IS NULL", account)
		a.Kept -= a.Posts
		a.Rows += a.Files
		return err
	})
	if err != nil {
		return a, err
	}
	err = s.addPictures(ctx, account, &a)
	return a, err
}

// unheld says, of file f, that it is the file of no post which stays.
var unheld = `(SELECT 1 FROM attachments m JOIN posts p ON p.post_uri = m.post_uri WHERE m.sha256 = f.sha256
AND ` + stays + ` LIMIT 1) IS NULL`

// countAlone counts the rows of a table that are of an account, or of posts that are its alone. The others are everybody's.
func countAlone(ctx context.Context, t tx, of table, account string) (int64, error) {
	sql := ""
	switch {
	case of.has("account"):
		sql = "SELECT count(*) FROM " + of.name + " WHERE account = $1"
	case of.has("post_uri"):
		sql = "SELECT count(*) FROM " + of.name + " r JOIN posts p ON p.post_uri = r.post_uri WHERE " + alone
	default:
		return 0, nil
	}
	n, err := collect(ctx, t, scanInt, sql, account)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

func (t table) has(column string) bool {
	_, ok := t.kind(column)
	return ok
}

// forgetAtOnce is how many posts, or files, are forgotten in one transaction.
const forgetAtOnce = 500

// Forget removes what only this account holds, and what tells of it. It takes many transactions, after each of which the
// archive is whole; one that was interrupted goes on. Removed is told the paths of media files once their rows are gone.
func (s *Store) Forget(ctx context.Context, account archive.Account, removed func(paths []string) error,
	show func(posts int64)) error {
	name := account.Name()
	var all []table
	err := s.write(ctx, func(t tx) (err error) {
		if all, err = s.ours(ctx, t); err != nil {
			return err
		}
		for _, of := range all { // first what a run goes by: one in between would begin anew
			if of.has("account") && of.name != "activities" {
				if err := t.exec(ctx, "DELETE FROM "+of.name+" WHERE account = $1", name); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget what %s was asked for: %w", name, err)
	}
	shown, err := s.shownPictures(ctx, name)
	if err != nil {
		return fmt.Errorf("read which pictures others show than the posts of %s: %w", name, err)
	}
	if err := s.forgetPosts(ctx, all, name, shown, show); err != nil {
		return fmt.Errorf("forget the posts of %s: %w", name, err)
	}
	if err := s.forgetDoings(ctx, account); err != nil {
		return fmt.Errorf("forget what %s did: %w", name, err)
	}
	return s.ForgetFiles(ctx, removed)
}

// forgetPosts removes the posts that are an account's alone: boosts first, so that none loses what it boosts. Of the
// pictures that they show, those stay which others show.
func (s *Store) forgetPosts(ctx context.Context, all []table, account string, shown addresses, show func(int64)) error {
	var gone int64
	for _, boosts := range []string{"IS NOT NULL", "IS NULL"} {
		for after := any(""); ; {
			var posts [][]any
			err := s.write(ctx, func(t tx) (err error) {
				posts, err = collect(ctx, t, scanPlace, fmt.Sprintf(`SELECT p.post_uri, p.created_at FROM posts p
WHERE p.post_uri > $2 AND p.reblog %s AND %s ORDER BY p.post_uri LIMIT %d`, boosts, alone, forgetAtOnce), account, after)
				if err != nil || len(posts) == 0 {
					return err
				}
				return forgetThese(ctx, t, all, posts, shown)
			})
			if err != nil {
				return err
			}
			if len(posts) == 0 {
				break
			}
			after, gone = posts[len(posts)-1][0], gone+int64(len(posts))
			show(gone)
		}
	}
	return nil
}

// scanPlace reads a post's URI and its time, as [dropTerms] takes them.
func scanPlace(r rows) (row []any, err error) {
	var uri string
	var created archive.Time
	err = r.Scan(&uri, scanTime{&created})
	return []any{uri, secondsOf(created)}, err
}

// forgetThese removes posts and every row of them, whatever table it is in, and the pictures that only they show.
func forgetThese(ctx context.Context, t tx, all []table, posts [][]any, shown addresses) error {
	if err := forgetPictures(ctx, t, posts, shown); err != nil {
		return err
	}
	if err := t.put(ctx, dropTerms(t), posts); err != nil {
		return err
	}
	uris, among := list(posts), t.among(t.list(1, 1)) // of each row its first value
	if err := t.exec(ctx, "UPDATE refs SET target_uri = NULL WHERE target_uri "+among, uris); err != nil {
		return err
	}
	for _, of := range all {
		if of.has("post_uri") {
			if err := t.exec(ctx, "DELETE FROM "+of.name+" WHERE post_uri "+among, uris); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetDoings removes what an account did with posts that stay, and that its token had them sent: their JSON is shown to
// nobody else, as before. What its server can do goes where no other account is there, and which media hosts are silent
// where no file waits for them.
func (s *Store) forgetDoings(ctx context.Context, account archive.Account) error {
	return s.write(ctx, func(t tx) error {
		for _, sql := range []string{"DELETE FROM activities WHERE account = $1",
			"UPDATE posts SET fetched_by = NULL WHERE fetched_by = $1"} {
			if err := t.exec(ctx, sql, account.Name()); err != nil {
				return err
			}
		}
		if err := t.exec(ctx, "DELETE FROM hosts WHERE host NOT IN (SELECT host FROM "+pendingIn("attachments")+")"); err != nil {
			return err
		}
		left, err := collect(ctx, t, scanString, "SELECT DISTINCT account FROM walks")
		if err != nil || slices.ContainsFunc(left, func(n string) bool { return archive.Named(n).Instance == account.Instance }) {
			return err
		}
		return t.exec(ctx, "DELETE FROM servers WHERE instance = $1", account.Instance)
	})
}

// ForgetFiles removes the rows of media files that no attachment has. Removed is told their paths, some at a time, once
// that is committed.
func (s *Store) ForgetFiles(ctx context.Context, removed func(paths []string) error) error {
	for after := ""; ; {
		var files []archive.File
		err := s.write(ctx, func(t tx) (err error) {
			files, err = collect(ctx, t, scanFile, fmt.Sprintf(`SELECT f.sha256, f.size, f.type, f.path FROM files f
WHERE f.sha256 > $1 AND (SELECT 1 FROM attachments m WHERE m.sha256 = f.sha256 LIMIT 1) IS NULL ORDER BY f.sha256 LIMIT %d`,
				forgetAtOnce), after)
			if err != nil {
				return err
			}
			return t.exec(ctx, "DELETE FROM files WHERE sha256 "+t.among(t.list(1, 1)), listOf(sumsOf(files)))
		})
		if err != nil {
			return fmt.Errorf("forget the media files: %w", err)
		}
		if len(files) == 0 {
			return nil
		}
		paths := make([]string, len(files))
		for i, f := range files {
			paths[i] = f.Path
		}
		if err := removed(paths); err != nil {
			return err
		}
		after = files[len(files)-1].SHA256
	}
}

func scanFile(r rows) (f archive.File, err error) {
	return f, r.Scan(&f.SHA256, &f.Size, &f.Type, &f.Path)
}

func sumsOf(files []archive.File) []string {
	sums := make([]string, len(files))
	for i, f := range files {
		sums[i] = f.SHA256
	}
	return sums
}

// Names lists the accounts of which the archive holds something: of one that was only imported nothing was ever read.
func (s *Store) Names(ctx context.Context) (names []string, err error) {
	err = s.read(ctx, func(t tx) (err error) {
		names, err = collect(ctx, t, scanString,
			"SELECT account FROM walks UNION SELECT account FROM states WHERE account <> '"+household+"' "+
				"UNION SELECT account FROM activities UNION SELECT account FROM claims ORDER BY 1")
		return err
	})
	return names, err
}
