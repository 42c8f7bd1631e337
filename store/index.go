package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"lama/archive"
)

// A post's place in the index is its time in seconds and its number in posts, so that the order of places is that of
// times, and no two posts share one.
const (
	idBits     = 27
	idRange    = 1 << idBits // 134,217,728 posts
	maxSeconds = 1<<(63-idBits) - 1
)

// secondsOf is the part of a place that is a post's time; what is not known is the oldest.
func secondsOf(t archive.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.Unix(), 0), maxSeconds)
}

// placeOf is SQL for a post's place.
const placeOf = "i.seconds * 134217728 + (p.id & 134217727)"

var putTerms = define("post_uri seconds:int lexemes:terms", `
INSERT INTO terms (rowid, lexemes) SELECT `+placeOf+`, i.lexemes FROM incoming i JOIN posts p ON p.post_uri = i.post_uri WHERE true`)

// dropTerms takes posts out of the index by their places, which [commit.places] lists.
func dropTerms(t tx) statement {
	return define("post_uri seconds:int", `
DELETE FROM terms WHERE rowid `+t.among("SELECT "+placeOf+" FROM incoming i JOIN posts p ON p.post_uri = i.post_uri"))
}

// index keeps the index in step with posts. Each new version takes the place of the one before.
func (c *commit) index(ctx context.Context) error {
	if len(c.replaced) > 0 {
		if err := c.tx.put(ctx, dropTerms(c.tx), c.places(c.replaced)); err != nil {
			return fmt.Errorf("index the posts: %w", err)
		}
	}
	var rows [][]any
	for _, uris := range [][]string{c.fresh, c.replaced} {
		for _, uri := range uris {
			if d, ok := document(c.heads[uri].post); ok {
				rows = append(rows, []any{uri, secondsOf(c.heads[uri].created), lexemes(d.Terms())})
			}
		}
	}
	if err := c.tx.put(ctx, putTerms, rows); err != nil {
		return fmt.Errorf("index the posts: %w", err)
	}
	return nil
}

// places lists where posts stand in the index: those that were stored before by the time that they had then.
func (c *commit) places(uris []string) [][]any {
	rows := make([][]any, len(uris))
	for i, uri := range uris {
		created, stored := c.dates[uri]
		if !stored {
			created = c.heads[uri].created
		}
		rows[i] = []any{uri, secondsOf(created)}
	}
	return rows
}

// fillAtOnce is how many posts [Store.FillIndex] reads in one transaction.
const fillAtOnce = 500

// indexed is the state that says up to which number posts are in the index: everything, once each commit keeps it so.
const (
	indexed    = "indexed"
	everything = "all"
)

// FillIndex indexes the posts of an archive that is older than the index. One that was interrupted goes on.
func (s *Store) FillIndex(ctx context.Context) error {
	upTo, err := s.State(ctx, household, indexed)
	if err != nil {
		return fmt.Errorf("read what is indexed: %w", err)
	}
	for done := upTo == everything; !done; {
		err := s.write(ctx, func(t tx) (err error) {
			done, err = fill(ctx, t)
			return err
		})
		if err != nil {
			return fmt.Errorf("index the archive's posts: %w", err)
		}
	}
	return nil
}

func fill(ctx context.Context, t tx) (done bool, err error) {
	before, err := state(ctx, t, household, indexed)
	if err != nil || before == everything {
		return true, err
	}
	last, _ := strconv.ParseInt(before, 10, 64)
	if err := t.lock(ctx, fmt.Sprintf("SELECT 1 FROM posts WHERE id > $1 ORDER BY id LIMIT %d", fillAtOnce), last); err != nil {
		return false, err
	}
	hits, err := collect(ctx, t, scanHit, fmt.Sprintf("SELECT %s FROM posts p WHERE p.id > $1 ORDER BY p.id LIMIT %d",
		fmt.Sprintf(hitColumns, "0"), fillAtOnce), last)
	if err != nil {
		return false, err
	}
	if len(hits) == 0 {
		return true, setState(ctx, t, household, indexed, everything)
	}
	if err := reindex(ctx, t, hits); err != nil {
		return false, err
	}
	return false, setState(ctx, t, household, indexed, strconv.FormatInt(hits[len(hits)-1].ID, 10))
}

// reindex puts posts into the index, each in the place of what it had there.
func reindex(ctx context.Context, t tx, posts []Hit) error {
	var drop, put [][]any
	for _, h := range posts {
		drop = append(drop, []any{h.URI, secondsOf(h.CreatedAt)})
		if d, ok := document(h.post()); ok {
			put = append(put, []any{h.URI, secondsOf(h.CreatedAt), lexemes(d.Terms())})
		}
	}
	if err := t.put(ctx, dropTerms(t), drop); err != nil {
		return err
	}
	return t.put(ctx, putTerms, put)
}

// post is a hit as far as the index needs it.
func (h Hit) post() *archive.Post {
	p := &archive.Post{URI: h.URI, Author: h.Author, Language: h.Language, SpoilerText: h.SpoilerText, Content: h.Content,
		Hashtags: h.Hashtags, Mentions: h.Mentions, Links: h.Links, PollOptions: h.PollOptions, Reblog: h.Reblog,
		CreatedAt: h.CreatedAt, EditedAt: h.EditedAt, JSON: h.JSON}
	for _, a := range h.Attachments {
		p.Media = append(p.Media, archive.Attachment{Alt: alt(a)})
	}
	return p
}

// alt is the alternative text of an attachment as posts.attachments has it.
func alt(pair []string) string {
	if len(pair) < 2 {
		return ""
	}
	return pair[1]
}

// scanJSON reads a JSON column into a value; NULL leaves it empty.
type scanJSON struct{ to any }

func (s scanJSON) Scan(src any) error {
	var text string
	if err := (scanText{&text}).Scan(src); err != nil || text == "" {
		return err
	}
	return json.Unmarshal([]byte(text), s.to)
}
