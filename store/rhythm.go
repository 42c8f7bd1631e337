package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"lama/archive"
)

// Rhythm is when an account posted or boosted, as far as that is in the archive, and the longest that it was silent between
// two posts.
type Rhythm struct {
	Oldest, Newest archive.Time  // zero where there is nothing to tell it by
	Silence        time.Duration // exact from a day on: a shorter one may be told as the time between a day's first and last post

	upTo int64 // the last activity that was looked at, of anybody's
}

// rhythmState is the state that remembers an account's rhythm.
const rhythmState = "rhythm"

// remembered is a rhythm as the state has it.
type remembered struct {
	UpTo    int64  `json:"up_to"`
	Oldest  string `json:"oldest"`
	Newest  string `json:"newest"`
	Seconds int64  `json:"seconds"` // of the silence
}

// RememberRhythms keeps rhythms, so that the next [Store.Rhythms] reads only what came after.
func (s *Store) RememberRhythms(ctx context.Context, all map[string]Rhythm) error {
	texts := map[string]string{}
	for account, r := range all {
		text, err := json.Marshal(remembered{r.upTo, r.Oldest.String(), r.Newest.String(), int64(r.Silence / time.Second)})
		if err != nil {
			return err
		}
		texts[account] = string(text)
	}
	return s.SetStates(ctx, rhythmState, texts)
}

// Rhythms are accounts', of their own posts and boosts, and which of them are others than were last remembered. What came
// since then is read; only where that lies between what was there before, all of it.
func (s *Store) Rhythms(ctx context.Context, accounts ...string) (all, changed map[string]Rhythm, err error) {
	if len(accounts) == 0 {
		return nil, nil, nil
	}
	err = s.read(ctx, func(t tx) error {
		all, changed = map[string]Rhythm{}, map[string]Rhythm{}
		before, err := states(ctx, t, rhythmState)
		if err != nil {
			return err
		}
		newest, err := collect(ctx, t, scanInt, "SELECT COALESCE(MAX(id), 0) FROM activities")
		for _, account := range accounts {
			if err != nil {
				return err
			}
			known := parseRhythm(before[account])
			if all[account] = known; known.upTo == newest[0] {
				continue // nothing came since
			}
			if all[account], err = s.rhythm(ctx, t, account, known, newest[0]); all[account] != known {
				changed[account] = all[account]
			}
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read how often the accounts post: %w", err)
	}
	return all, changed, nil
}

func (s *Store) rhythm(ctx context.Context, t tx, account string, known Rhythm, last int64) (Rhythm, error) {
	r, within, err := s.goOn(ctx, t, account, known, last)
	if err == nil && within > 0 {
		r, _, err = s.goOn(ctx, t, account, Rhythm{}, last)
	}
	return r, err
}

func parseRhythm(text string) Rhythm {
	var r remembered
	if json.Unmarshal([]byte(text), &r) != nil {
		return Rhythm{}
	}
	return Rhythm{archive.ParseTime(r.Oldest), archive.ParseTime(r.Newest), time.Duration(r.Seconds) * time.Second, r.UpTo}
}

// since are the activities after number $1, by dialect. Postgres would rather go through all that the account did.
var since = map[string]string{
	"postgres": "(SELECT id, account, activity_type, post_uri FROM activities WHERE id > $1 ORDER BY id OFFSET 0)",
	"sqlite":   "(SELECT id, account, activity_type, post_uri FROM activities WHERE id > $1)",
}

// goOn is a rhythm with the posts that came since, up to the last activity of all, and how many of these lie within the time
// that was known. They are read one by one: an account may have hundreds of thousands.
func (s *Store) goOn(ctx context.Context, t tx, account string, before Rhythm, last int64) (r Rhythm, within int, err error) {
	posted := calendar{}
	posted.add(before.Oldest)
	posted.add(before.Newest)
	found, err := t.query(ctx, `SELECT p.created_at FROM `+since[s.engine.dialect()]+` a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.account = $2 AND a.activity_type = 'post' AND p.created_at IS NOT NULL`, before.upTo, account)
	if err != nil {
		return r, 0, err
	}
	err = each(found, func(q rows) error {
		var at archive.Time
		err := q.Scan(scanTime{&at})
		if posted.add(at); at.After(before.Oldest.Time) && at.Before(before.Newest.Time) {
			within++
		}
		return err
	})
	r = posted.rhythm(before)
	r.upTo = last
	return r, within, err
}

// calendar has the first and the last time of each day that has any: as much of any number of times as tells a silence of more
// than a day.
type calendar map[int64][2]archive.Time

func (c calendar) add(at archive.Time) {
	if at.IsZero() {
		return
	}
	day := at.Unix() / (24 * 60 * 60)
	ends, more := c[day]
	if !more || at.Before(ends[0].Time) {
		ends[0] = at
	}
	if !more || at.After(ends[1].Time) {
		ends[1] = at
	}
	c[day] = ends
}

// rhythm is that of the times in the calendar. Between the ends of an earlier one the longest silence is known.
func (c calendar) rhythm(before Rhythm) Rhythm {
	r := Rhythm{Silence: before.Silence}
	for _, day := range slices.Sorted(maps.Keys(c)) {
		first, last := c[day][0], c[day][1]
		if r.Oldest.IsZero() {
			r.Oldest = first
		} else if !(r.Newest.Equal(before.Oldest.Time) && first.Equal(before.Newest.Time)) {
			r.Silence = max(r.Silence, first.Sub(r.Newest.Time))
		}
		r.Silence = max(r.Silence, last.Sub(first.Time))
		r.Newest = last
	}
	return r
}
