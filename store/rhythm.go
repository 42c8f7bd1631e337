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
			if all[account], err = s.rhythm(ctx, t, account, known); all[account] != known {
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

func (s *Store) rhythm(ctx context.Context, t tx, account string, known Rhythm) (Rhythm, error) {
	r, within, err := s.goOn(ctx, t, account, known)
	if err == nil && within > 0 {
		r, _, err = s.goOn(ctx, t, account, Rhythm{})
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

// seconds is the number of seconds of a moment, by dialect.
var seconds = map[string]string{"postgres": "EXTRACT(EPOCH FROM created_at)", "sqlite": "unixepoch(created_at)"}

// since are the activities after number $1, by dialect. Postgres would rather go through all that the account did.
var since = map[string]string{
	"postgres": "(SELECT id, account, activity_type, post_uri FROM activities WHERE id > $1 ORDER BY id OFFSET 0)",
	"sqlite":   "(SELECT id, account, activity_type, post_uri FROM activities WHERE id > $1)",
}

// lookedAt are the ends of the time that was looked at, by dialect.
var lookedAt = map[string]string{"postgres": "VALUES ($3::timestamptz), ($4::timestamptz)", "sqlite": "VALUES ($3), ($4)"}

// goOn is a rhythm with the posts that came since, and how many of these lie within the time that was known.
func (s *Store) goOn(ctx context.Context, t tx, account string, before Rhythm) (r Rhythm, within int, err error) {
	dialect := s.engine.dialect()
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		var longest int64
		err := q.Scan(&r.upTo, scanTime{&r.Oldest}, scanTime{&r.Newest}, &longest, &within)
		r.Silence = max(before.Silence, time.Duration(longest)*time.Second)
		return 0, err
	}, fmt.Sprintf(`WITH known(created_at) AS (%[3]s), own(created_at) AS (
    SELECT p.created_at FROM %[1]s a JOIN posts p ON p.post_uri = a.post_uri
    WHERE a.account = $2 AND a.activity_type = 'post' AND p.created_at IS NOT NULL
    UNION ALL SELECT created_at FROM known WHERE created_at IS NOT NULL),
gaps(created_at, earlier, gap) AS (
    SELECT created_at, LAG(created_at) OVER (ORDER BY created_at), %[2]s - LAG(%[2]s) OVER (ORDER BY created_at) FROM own)
SELECT (SELECT COALESCE(MAX(id), 0) FROM activities), MIN(created_at), MAX(created_at),
    CAST(COALESCE(MAX(CASE WHEN earlier = $3 AND created_at = $4 THEN 0 ELSE gap END), 0) AS bigint),
    count(CASE WHEN created_at > $3 AND created_at < $4 THEN 1 END) FROM gaps`, since[dialect], seconds[dialect], lookedAt[dialect]),
		before.upTo, account, before.Oldest, before.Newest)
	return r, within, err
}
