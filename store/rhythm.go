package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lama/archive"
)

// Rhythm is when an account posted or boosted, as far as that is in the archive, and the longest that it was silent between
// two posts.
type Rhythm struct {
	Oldest, Newest archive.Time // zero where there is nothing to tell it by
	Silence        time.Duration

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

func parseRhythm(text string) Rhythm {
	var r remembered
	if json.Unmarshal([]byte(text), &r) != nil {
		return Rhythm{}
	}
	return Rhythm{archive.ParseTime(r.Oldest), archive.ParseTime(r.Newest), time.Duration(r.Seconds) * time.Second, r.UpTo}
}

// since are the activities after number $1, by dialect. Postgres would rather go through all that the account did.
var since = map[string]string{
	"postgres": "(SELECT id, account, activity_type FROM activities WHERE id > $1 ORDER BY id OFFSET 0)",
	"sqlite":   "(SELECT id, account, activity_type FROM activities WHERE id > $1)",
}

// rhythm is an account's, up to the last activity of all. What came before all that was known, or after it, is read; only where
// that is not as much as came since, all of it.
func (s *Store) rhythm(ctx context.Context, t tx, account string, known Rhythm, last int64) (Rhythm, error) {
	came, err := collect(ctx, t, scanInt, `SELECT COUNT(*) FROM `+since[s.engine.dialect()]+` a
WHERE a.account = $2 AND a.activity_type = 'post'`, known.upTo, account)
	if err != nil || came[0] == 0 {
		known.upTo = last
		return known, err
	}
	r, read, err := known.extended(ctx, t, account)
	if err == nil && read != came[0] && !known.Oldest.IsZero() {
		r, _, err = Rhythm{}.extended(ctx, t, account)
	}
	r.upTo = last
	return r, err
}

// ownPosts is when an account posted or boosted: by an index, since it may have done so hundreds of thousands of times. Its
// handle is what its instance calls the author of any of its posts.
const ownPosts = `SELECT created_at FROM posts WHERE author = (
    SELECT p.author FROM activities a JOIN posts p ON p.post_uri = a.post_uri
    WHERE a.account = $1 AND a.activity_type = 'post' LIMIT 1)
AND created_at `

// extended is a rhythm with what lies before and after it, which is all where it is empty, and how many times that is.
func (r Rhythm) extended(ctx context.Context, t tx, account string) (Rhythm, int64, error) {
	times := int64(0)
	read := func(sql string, args ...any) error {
		found, err := t.query(ctx, ownPosts+sql, append([]any{account}, args...)...)
		if err != nil {
			return err
		}
		return each(found, func(q rows) error {
			var at archive.Time
			err := q.Scan(scanTime{&at})
			times++
			r.add(at)
			return err
		})
	}
	var err error
	if oldest := r.Oldest; oldest.IsZero() {
		err = read("IS NOT NULL ORDER BY created_at")
	} else if err = read("> $2 ORDER BY created_at", r.Newest); err == nil {
		err = read("< $2 ORDER BY created_at DESC", oldest)
	}
	return r, times, err
}

// add takes in the time next to those that are in it.
func (r *Rhythm) add(at archive.Time) {
	switch {
	case r.Oldest.IsZero():
		r.Oldest, r.Newest = at, at
	case at.After(r.Newest.Time):
		r.Silence, r.Newest = max(r.Silence, at.Sub(r.Newest.Time)), at
	case at.Before(r.Oldest.Time):
		r.Silence, r.Oldest = max(r.Silence, r.Oldest.Sub(at.Time)), at
	}
}
