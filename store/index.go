package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
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

var putTerms = indexing()

// indexing is the statement of the index's rows. FTS5 writes out what it has gathered at each savepoint, which SQLite sets
// for every statement of several rows: a segment for each, to be merged with the others.
func indexing() statement {
	s := define("post_uri seconds:int lexemes:terms", `
INSERT INTO terms (rowid, lexemes) SELECT `+placeOf+`, i.lexemes FROM incoming i JOIN posts p ON p.post_uri = i.post_uri WHERE true`)
	s.single = `
INSERT INTO terms (rowid, lexemes) VALUES ($2 * 134217728 + (SELECT id & 134217727 FROM posts WHERE post_uri = $1), $3)`
	return s
}

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
	made := <-c.deriving
	c.shown = made.pictures
	if err := c.tx.put(ctx, putTerms, made.terms); err != nil {
		return fmt.Errorf("index the posts: %w", err)
	}
	return nil
}

// inPlace sorts rows of the index by their times.
func inPlace(rows [][]any) {
	slices.SortStableFunc(rows, func(a, b []any) int { return cmp.Compare(a[1].(int64), b[1].(int64)) })
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
	inPlace(rows)
	return rows
}

// fillAtOnce is how many posts [Store.catchUp] goes through in one transaction.
const fillAtOnce = 500

// indexed is the state that says up to which number posts are in the index: everything, once each commit keeps it so.
const (
	indexed    = "indexed"
	everything = "all"
)

// FillIndex indexes the posts of an archive that is older than the index. One that was interrupted goes on.
func (s *Store) FillIndex(ctx context.Context) error {
	if err := s.catchUp(ctx, indexed, fillIndex); err != nil {
		return fmt.Errorf("index the archive's posts: %w", err)
	}
	return nil
}

// catchUp goes through all posts once, some in each transaction, and goes on where it was interrupted. fill does those after
// a number, and says with which it ended; 0 is the end of all. The state of the name says how far it came.
func (s *Store) catchUp(ctx context.Context, name string, fill func(ctx context.Context, t tx, after int64) (int64, error)) error {
	upTo, err := s.State(ctx, household, name)
	for err == nil && upTo != everything {
		err = s.write(ctx, func(t tx) error {
			if upTo, err = state(ctx, t, household, name); err != nil || upTo == everything {
				return err
			}
			after, _ := strconv.ParseInt(upTo, 10, 64)
			last, err := fill(ctx, t, after)
			if err != nil {
				return err
			}
			if upTo = everything; last > 0 {
				upTo = strconv.FormatInt(last, 10)
			}
			return setState(ctx, t, household, name, upTo)
		})
	}
	return err
}

func fillIndex(ctx context.Context, t tx, after int64) (last int64, err error) {
	if err := t.lock(ctx, fmt.Sprintf("SELECT 1 FROM posts WHERE id > $1 ORDER BY id LIMIT %d", fillAtOnce), after); err != nil {
		return 0, err
	}
	hits, err := collect(ctx, t, scanHit, fmt.Sprintf("SELECT %s FROM posts p WHERE p.id > $1 ORDER BY p.id LIMIT %d",
		fmt.Sprintf(hitColumns, "0"), fillAtOnce), after)
	if err != nil || len(hits) == 0 {
		return 0, err
	}
	return hits[len(hits)-1].ID, reindex(ctx, t, hits)
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
	inPlace(drop)
	inPlace(put)
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

// Terms are what searches find the post by; none of a boost that says nothing of its own.
func (h Hit) Terms() []string {
	d, ok := document(h.post())
	if !ok {
		return nil
	}
	return d.Terms()
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
