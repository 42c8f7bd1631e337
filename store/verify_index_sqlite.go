//go:build sqlite

package store

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"
)

// comparer compares by phrases, or where all are compared by sums: SQLite does not keep what a row of the index says, and
// to look up each of its terms takes much longer than to read the index once.
func (e *sqliteEngine) comparer(all bool) comparer {
	if !all {
		return comparePhrases
	}
	return (&indexSums{seed: maphash.MakeSeed()}).compare
}

// phraseLength is how many terms are looked up in one phrase.
const phraseLength = 60

// comparePhrases asks the index of each row whether it has its terms in their order.
func comparePhrases(ctx context.Context, t tx, posts [][]any) (map[int64]bool, error) {
	odd := map[int64]bool{}
	for _, post := range posts {
		place, terms := post[0].(int64), post[1].(lexemes)
		found, err := collect(ctx, t, scanInt, "SELECT rowid FROM terms WHERE terms MATCH $1 AND rowid = $2", phrases(terms), place)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			odd[place] = true
		}
	}
	return odd, nil
}

// phrases are a row's terms as one asks for them: phrases of which each begins where the one before ends.
func phrases(terms lexemes) string {
	var all []string
	for from := 0; from == 0 || from+1 < len(terms); from += phraseLength {
		all = append(all, `"`+strings.Join(terms[from:min(len(terms), from+phraseLength+1)], " ")+`"`)
	}
	return "^" + strings.Join(all, " AND ")
}

// sumsAtOnce is for how many posts sums are held in memory, 8 bytes each.
const sumsAtOnce = 1 << 20

// indexSums compares by a sum over the terms of each post. It reads the index once for each stretch of posts.
type indexSums struct {
	seed maphash.Seed
	from int64    // the number of the first post of the stretch
	sums []uint64 // nil before the first
}

// occurrence is a term where it stands.
type occurrence struct {
	term string
	at   int64
	row  int64
}

func (s *indexSums) of(o occurrence) uint64 { return maphash.Comparable(s.seed, o) }

func (s *indexSums) compare(ctx context.Context, t tx, posts [][]any) (map[int64]bool, error) {
	odd := map[int64]bool{}
	for _, post := range posts {
		place := post[0].(int64)
		if err := s.reach(ctx, t, place%idRange); err != nil {
			return nil, err
		}
		var sum uint64
		for i, term := range post[1].(lexemes) {
			sum += s.of(occurrence{term, int64(i), place})
		}
		if s.sums[place%idRange-s.from] != sum {
			odd[place] = true
		}
	}
	return odd, nil
}

// reach reads the stretch of a post, unless that is the one that is held.
func (s *indexSums) reach(ctx context.Context, t tx, id int64) error {
	if s.sums != nil && id < s.from+sumsAtOnce {
		return nil
	}
	s.from, s.sums = id, make([]uint64, sumsAtOnce)
	if err := t.exec(ctx, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences USING fts5vocab('main', 'terms', 'instance')"); err != nil {
		return fmt.Errorf("read the index term by term: %w", err)
	}
	r, err := t.query(ctx, "SELECT doc, term, offset FROM temp.occurrences")
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		var o occurrence
		if err := r.Scan(&o.row, &o.term, &o.at); err != nil {
			return err
		}
		if n := o.row%idRange - s.from; n >= 0 && n < sumsAtOnce {
			s.sums[n] += s.of(o)
		}
	}
	return r.Err()
}
