package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"lama/search"
)

// Position is a place in the archive's order by date: the post there, and all that are older, lie behind it. The zero
// Position is before the newest.
type Position int64

// String is a place for an address; empty for the one before the newest.
func (p Position) String() string {
	if p == 0 {
		return ""
	}
	return strconv.FormatInt(int64(p), 10)
}

// Order is how hits are sorted.
type Order int

// By date, the newest first; or by how well they match, over the newest [MostRanked] that do.
const (
	ByDate Order = iota
	ByRelevance
)

// MostRanked is how many hits, the newest ones, are sorted by relevance.
const MostRanked = 10_000

// Page says which hits are read.
type Page struct {
	After Position // begin behind this place; by relevance: the number of hits to leave out
	Limit int      // hits at most
	Order Order
}

// Hits are a page of what a search finds.
type Hits struct {
	Posts []Hit    // without JSON, Verbatim and FetchedBy where another person's account asked for them
	Next  Position // where the next page begins; 0: there is none
	Cut   bool     // by relevance: there were more than [MostRanked] hits, and the older ones are left out
}

// Search reads what a query finds among the posts that a viewer may see.
func (s *Store) Search(ctx context.Context, v Viewer, q search.Query, p Page) (h Hits, err error) {
	p.Limit = max(p.Limit, 1)
	err = s.engine.read(ctx, func(t tx) error {
		f := finder{tx: t, dialect: s.engine.dialect(), window: s.window, viewer: v, query: q}
		if p.Order == ByRelevance {
			h, err = f.ranked(ctx, p)
			return err
		}
		h.Posts, err = find(ctx, f, selection[Hit]{hitColumns, scanHit}, p.After, p.Limit+1)
		if len(h.Posts) > p.Limit {
			h.Posts = h.Posts[:p.Limit]
			h.Next = h.Posts[p.Limit-1].Position
		}
		return err
	})
	if err != nil {
		return Hits{}, fmt.Errorf("search the archive: %w", err)
	}
	for i := range h.Posts {
		h.Posts[i] = v.told(h.Posts[i])
	}
	return h, nil
}

// told is a hit as the viewer may have it: the bytes that a server sent to somebody else tell of that one.
func (v Viewer) told(h Hit) Hit {
	if !v.asked(h.FetchedBy) {
		h.FetchedBy, h.JSON, h.Verbatim = "", nil, nil
	}
	return h
}

// rank is a hit as far as its relevance needs it.
type rank struct {
	at    Position
	score float64
}

// ranked sorts the newest hits by how well they match. That is told from the texts, here and not by the database: both
// sort alike then.
func (f finder) ranked(ctx context.Context, p Page) (h Hits, err error) {
	all, err := f.score(ctx)
	if err != nil {
		return h, err
	}
	if h.Cut = len(all) > MostRanked; h.Cut {
		all = all[:MostRanked]
	}
	slices.SortStableFunc(all, func(a, b rank) int { return cmp.Compare(b.score, a.score) })
	from := min(int(max(p.After, 0)), len(all))
	to := min(from+p.Limit, len(all))
	if to < len(all) {
		h.Next = Position(to)
	}
	h.Posts, err = f.load(ctx, all[from:to])
	return h, err
}

// score reads the newest hits, and how well each matches: that is told beside the reading.
func (f finder) score(ctx context.Context) ([]rank, error) {
	read, done := make(chan texts, 64), make(chan struct{})
	var scores []float64
	go func() {
		defer close(done)
		for t := range read {
			scores = append(scores, f.query.Score(t...))
		}
	}()
	all, err := find(ctx, f, selection[rank]{"%s, p.content, p.spoiler_text, p.poll_options, p.attachments",
		func(r rows) (rank, error) {
			at, t, err := scanTexts(r)
			if err == nil {
				read <- t
			}
			return rank{at: at}, err
		}}, 0, MostRanked+1)
	close(read)
	<-done
	if err != nil {
		return nil, err
	}
	for n := range all {
		all[n].score = scores[n]
	}
	return all, nil
}

// texts are those of a post that a search looks at.
type texts []string

func scanTexts(r rows) (at Position, t texts, err error) {
	var content, warning string
	var options []string
	var media [][]string
	if err = r.Scan((*int64)(&at), scanText{&content}, scanText{&warning}, scanJSON{&options}, scanJSON{&media}); err != nil {
		return at, nil, err
	}
	t = append(texts{content, warning}, options...)
	for _, m := range media {
		t = append(t, alt(m))
	}
	return at, t, nil
}

// load reads hits that were found, in their order.
func (f finder) load(ctx context.Context, found []rank) ([]Hit, error) {
	rows, order := make([][]any, len(found)), map[Position]int{}
	for i, r := range found {
		rows[i], order[r.at] = []any{int64(r.at)}, i
	}
	hits, err := collect(ctx, f.tx, scanHit, fmt.Sprintf(`WITH found(place) AS (%s)
SELECT %s FROM found f JOIN posts p ON p.id = CAST(f.place AS bigint) & 134217727`, f.tx.list(1, 1),
		fmt.Sprintf(hitColumns, "CAST(f.place AS bigint)")), list(rows))
	slices.SortFunc(hits, func(a, b Hit) int { return order[a.Position] - order[b.Position] })
	return hits, err
}
