package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lama/archive"
)

// comparer says which of rows, place and lexemes each, the index does not have, or has otherwise: their places. It is
// given them in the order of the posts' numbers.
type comparer func(ctx context.Context, t tx, rows [][]any) (odd map[int64]bool, err error)

// indexCheck compares the index with the posts.
type indexCheck struct {
	*Store
	mend  bool
	found func(archive.Damage)
	upTo  int64 // the number of the last post that must be in the index
	whole bool  // that is the last one
}

const (
	indexPage  = 200  // posts that are compared at once
	sampleSize = 1000 // posts that are compared where it must be quick
)

// VerifyIndex looks whether each post is found by what it says now, and nothing else is found. Where it must be quick it
// counts, and compares some posts. To mend is to index a post anew.
func (s *Store) VerifyIndex(ctx context.Context, quick, mend bool, found func(archive.Damage)) error {
	c := indexCheck{Store: s, mend: mend, found: found}
	err := c.begin(ctx)
	switch {
	case err != nil:
	case quick:
		err = c.quickly(ctx)
	default:
		err = c.wholly(ctx)
	}
	if err != nil && s.engine.trouble(err) == broken {
		c.damage("index", "it can't be read: "+err.Error())
		if err = nil; mend {
			err = s.renewIndex(ctx)
		}
	}
	if err != nil {
		return fmt.Errorf("verify the index: %w", err)
	}
	return nil
}

// renewIndex makes the whole index of an SQLite database anew, whatever state it is in.
func (s *Store) renewIndex(ctx context.Context) error {
	err := s.write(ctx, func(t tx) error {
		if err := t.exec(ctx, "DROP TABLE terms"); err != nil {
			return err
		}
		for _, sql := range statements(s.schema) {
			if strings.Contains(sql, " TABLE terms ") {
				if err := t.exec(ctx, sql); err != nil {
					return err
				}
			}
		}
		return setState(ctx, t, household, indexed, "0")
	})
	if err != nil {
		return err
	}
	return s.FillIndex(ctx)
}

// begin reads how far the index must reach: that of an archive from before there was one may not be complete yet.
func (c *indexCheck) begin(ctx context.Context) error {
	return c.engine.read(ctx, func(t tx) error {
		reached, err := state(ctx, t, household, indexed)
		if c.whole = reached == everything; err != nil || !c.whole {
			c.upTo, _ = strconv.ParseInt(reached, 10, 64)
			return err
		}
		_, err = collect(ctx, t, func(r rows) (int, error) { return 0, r.Scan(&c.upTo) }, "SELECT COALESCE(MAX(id), 0) FROM posts")
		return err
	})
}

// wholly compares all posts, and looks for what is of none.
func (c *indexCheck) wholly(ctx context.Context) error {
	compare := c.engine.comparer(true)
	for after := int64(0); after < c.upTo; {
		last, err := c.compare(ctx, compare, fmt.Sprintf("p.id > %d AND p.id <= %d", after, c.upTo))
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
	return c.strays(ctx)
}

// silent says of a post x that it is a boost that says nothing of its own, as [document] does.
const silent = `x.reblog IS NOT NULL AND x.content = '' AND x.spoiler_text IS NULL AND x.attachments IS NULL AND x.poll_options IS NULL`

// quickly counts, and compares a sample. Where the numbers differ all is compared, if that is to be mended.
func (c *indexCheck) quickly(ctx context.Context) error {
	var are, should int64
	err := c.engine.survey(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (int, error) { return 0, r.Scan(&are, &should) },
			"SELECT (SELECT count(*) FROM terms), (SELECT count(*) FROM posts) - (SELECT count(*) FROM posts x WHERE "+silent+")")
		return err
	})
	switch {
	case err != nil:
		return err
	case !c.whole || are == should:
		return c.sample(ctx)
	case c.mend:
		return c.wholly(ctx)
	}
	c.found(archive.Damage{Where: "index", What: fmt.Sprintf("%d posts are in it, and %d should be", are, should), Remedy: repairs})
	return c.sample(ctx)
}

// sample compares posts at equal distances.
func (c *indexCheck) sample(ctx context.Context) error {
	compare, every := c.engine.comparer(false), max(1, c.upTo/sampleSize)
	for from := every; from <= c.upTo; from += every * indexPage {
		ids := strconv.AppendInt(nil, from, 10)
		for n := int64(1); n < indexPage; n++ {
			ids = strconv.AppendInt(append(ids, ", "...), from+n*every, 10)
		}
		if _, err := c.compare(ctx, compare, "p.id IN ("+string(ids)+")"); err != nil {
			return err
		}
	}
	return nil
}

// compare compares a page of posts, mends what differs, and returns the number of the last of them; 0: there is none.
func (c *indexCheck) compare(ctx context.Context, compare comparer, which string) (last int64, err error) {
	var odd []Hit
	err = c.engine.read(ctx, func(t tx) error {
		posts, err := collect(ctx, t, scanHit, fmt.Sprintf("SELECT %s FROM posts p WHERE %s ORDER BY p.id LIMIT %d",
			fmt.Sprintf(hitColumns, "0"), which, indexPage))
		if err != nil || len(posts) == 0 {
			return err
		}
		last = posts[len(posts)-1].ID
		odd, err = differing(ctx, t, compare, posts)
		return err
	})
	if err != nil || len(odd) == 0 {
		return last, err
	}
	return last, c.tell(ctx, odd)
}

// differing are those of posts that the index does not have as they are.
func differing(ctx context.Context, t tx, compare comparer, posts []Hit) (odd []Hit, err error) {
	var rows [][]any
	for i := range posts {
		if d, ok := document(posts[i].post()); ok {
			posts[i].Position = placeIn(posts[i])
			rows = append(rows, []any{int64(posts[i].Position), lexemes(d.Terms())})
		}
	}
	places, err := compare(ctx, t, rows)
	for _, p := range posts {
		if p.Position != 0 && places[int64(p.Position)] {
			odd = append(odd, p)
		}
	}
	return odd, err
}

func placeIn(h Hit) Position {
	return Position(secondsOf(h.CreatedAt)*idRange + h.ID&(idRange-1))
}

// tell tells of posts that the index has otherwise, after it was mended if that is wanted.
func (c *indexCheck) tell(ctx context.Context, odd []Hit) error {
	if c.mend {
		if err := c.write(ctx, func(t tx) error { return reindex(ctx, t, odd) }); err != nil {
			return err
		}
	}
	for _, p := range odd {
		c.damage("index "+p.URI, "it is not found by what it says")
	}
	return nil
}

func (c *indexCheck) damage(where, what string) {
	d := archive.Damage{Where: where, What: what, Mended: c.mend}
	if !c.mend {
		d.Remedy = repairs
	}
	c.found(d)
}

// strays looks for rows of the index that are of no post, or of one that has none.
func (c *indexCheck) strays(ctx context.Context) error {
	for after := int64(-1); ; {
		var rows []int64
		err := c.engine.read(ctx, func(t tx) (err error) {
			rows, err = collect(ctx, t, scanInt, fmt.Sprintf(`SELECT t.rowid FROM terms t LEFT JOIN posts x ON x.id = t.rowid & 134217727
WHERE t.rowid > $1 AND (x.id IS NULL OR t.rowid <> %s OR %s) ORDER BY t.rowid LIMIT %d`, places[c.Dialect()], silent, referencePage), after)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := c.remove(ctx, rows); err != nil {
			return err
		}
		for _, place := range rows {
			c.damage(fmt.Sprint("index row ", place), "no post has what it says")
		}
		after = rows[len(rows)-1]
	}
}

// remove takes rows out of the index, if that is wanted.
func (c *indexCheck) remove(ctx context.Context, places []int64) error {
	if !c.mend {
		return nil
	}
	listed := make([]string, len(places))
	for i, place := range places {
		listed[i] = strconv.FormatInt(place, 10)
	}
	return c.write(ctx, func(t tx) error {
		return t.exec(ctx, "DELETE FROM terms WHERE rowid IN ("+strings.Join(listed, ", ")+")")
	})
}
