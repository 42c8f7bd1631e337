package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lama/archive"
)

// Begin prepares the archive for a run under these rules: what the last run did under others is reconsidered,
// and what was refused long enough ago becomes due again. It is called once, before anything else.
func (s *Store) Begin(ctx context.Context, rules Rules, collections []archive.Collection) error {
	s.rules, s.collections = rules, collections
	err := s.write(ctx, func(t tx) error {
		if err := s.reopen(ctx, t); err != nil {
			return err
		}
		if err := s.once(ctx, t, "media", s.mediaRules(), s.reconsiderMedia); err != nil {
			return err
		}
		return s.once(ctx, t, "save_json", fmt.Sprint(rules.JSON), s.reconsiderJSON)
	})
	if err != nil {
		return err
	}
	changed, err := s.underOtherLimits(ctx)
	if err != nil {
		return fmt.Errorf("read the limits of the last run: %w", err)
	}
	for _, a := range changed {
		if err := s.reconsiderLimits(ctx, a); err != nil {
			return fmt.Errorf("apply changed limits to %s: %w", a, err)
		}
	}
	if err := s.write(ctx, func(t tx) error { return s.askClaimed(ctx, t, nil) }); err != nil {
		return fmt.Errorf("ask for what was imported by name: %w", err)
	}
	if err := s.catchUp(ctx, pictured, s.queuePictures); err != nil {
		return fmt.Errorf("look for the pictures of the archive's posts: %w", err)
	}
	return s.FillIndex(ctx)
}

// reopen makes due again what was refused until a date, and forgets the settled rows of the frontier.
func (s *Store) reopen(ctx context.Context, t tx) error {
	for _, sql := range []string{
		"UPDATE frontier SET state = 'pending', attempts = 0, not_before = NULL WHERE state = 'refused' AND not_before <= $1",
		"UPDATE attachments SET state = 'pending', attempts = 0, gone = 0, not_before = NULL WHERE state = 'refused' AND not_before <= $1",
	} {
		if err := t.exec(ctx, sql, s.today()); err != nil {
			return err
		}
	}
	return s.forgetDone(ctx, t)
}

func (s *Store) forgetDone(ctx context.Context, t tx) error {
	return t.exec(ctx, "DELETE FROM frontier WHERE state = 'done'")
}

// household is the account under which states keep what concerns all accounts, as LAMA 1.1 did.
const household = "LAMA"

// once does something where a rule is another than it was in the last run.
func (s *Store) once(ctx context.Context, t tx, name, rule string, do func(context.Context, tx) error) error {
	before, err := state(ctx, t, household, name)
	if err != nil || before == rule {
		return err
	}
	if before != "" {
		if err := do(ctx, t); err != nil {
			return fmt.Errorf("apply the changed rule %q: %w", name, err)
		}
	}
	return setState(ctx, t, household, name, rule)
}

func (s *Store) mediaRules() string {
	return fmt.Sprintf("own=%t others=%t pictures=%t %s", s.rules.Own, s.rules.Others, s.rules.Pictures,
		strings.Join(s.rules.Handles, " "))
}

// reconsiderMedia opens attachments that are wanted now, and closes those that no longer are.
func (s *Store) reconsiderMedia(ctx context.Context, t tx) error {
	own := fmt.Sprintf("(SELECT lower(author) FROM posts p WHERE p.post_uri = attachments.post_uri) IN (%s)", t.list(1, 1))
	handles := []any{listOf(s.rules.Handles)}
	for _, group := range []struct {
		wanted bool
		scope  string
		args   []any
	}{{s.rules.Own, own, handles}, {s.rules.Others, "NOT " + own, handles}, {s.rules.Pictures, "post_uri = ''", nil}} {
		from, to := "off", "pending"
		if !group.wanted {
			from, to = to, from
		}
		sql := fmt.Sprintf("UPDATE attachments SET state = '%s' WHERE state = '%s' AND %s", to, from, group.scope)
		if err := t.exec(ctx, sql, group.args...); err != nil {
			return err
		}
	}
	return nil
}

// reconsiderJSON marks all JSON files to be written, where they are wanted again.
func (s *Store) reconsiderJSON(ctx context.Context, t tx) error {
	return t.exec(ctx, "UPDATE activities SET unwritten = $1 WHERE "+hasFile, s.rules.JSON)
}

// State reads a small thing to remember about an account; empty when there is none.
func (s *Store) State(ctx context.Context, account, name string) (value string, err error) {
	err = s.glance(ctx, func(t tx) (err error) {
		value, err = state(ctx, t, account, name)
		return err
	})
	return value, err
}

// States reads a small thing that is remembered about accounts, by account.
func (s *Store) States(ctx context.Context, name string) (values map[string]string, err error) {
	err = s.glance(ctx, func(t tx) (err error) {
		values, err = states(ctx, t, name)
		return err
	})
	return values, err
}

func states(ctx context.Context, t tx, name string) (map[string]string, error) {
	values := map[string]string{}
	_, err := collect(ctx, t, func(r rows) (account string, err error) {
		var value string
		err = r.Scan(&account, &value)
		values[account] = value
		return account, err
	}, "SELECT account, value FROM states WHERE name = $1", name)
	return values, err
}

// SetState remembers a small thing about an account.
func (s *Store) SetState(ctx context.Context, account, name, value string) error {
	return s.SetStates(ctx, name, map[string]string{account: value})
}

// SetStates remembers a small thing about each of several accounts.
func (s *Store) SetStates(ctx context.Context, name string, values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	return s.write(ctx, func(t tx) error { return setStates(ctx, t, name, values) })
}

func state(ctx context.Context, t tx, account, name string) (string, error) {
	values, err := collect(ctx, t, scanString, "SELECT value FROM states WHERE account = $1 AND name = $2", account, name)
	if err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}

func setState(ctx context.Context, t tx, account, name, value string) error {
	return setStates(ctx, t, name, map[string]string{account: value})
}

var putStates = define("account name value", `
INSERT INTO states (account, name, value) SELECT account, name, value FROM incoming WHERE true
ON CONFLICT (account, name) DO UPDATE SET value = excluded.value`)

func setStates(ctx context.Context, t tx, name string, values map[string]string) error {
	var rows [][]any
	for _, account := range slices.Sorted(maps.Keys(values)) {
		rows = append(rows, []any{account, name, values[account]})
	}
	return t.put(ctx, putStates, rows)
}

// Learnt is what was learnt about a server, and when.
type Learnt struct {
	JSON []byte
	At   archive.Time
}

// Servers reads what was learnt about servers, by instance.
func (s *Store) Servers(ctx context.Context) (all map[string]Learnt, err error) {
	err = s.glance(ctx, func(t tx) error {
		all = map[string]Learnt{}
		_, err := collect(ctx, t, func(r rows) (instance string, err error) {
			var one Learnt
			err = r.Scan(&instance, &one.JSON, scanTime{&one.At})
			all[instance] = one
			return instance, err
		}, "SELECT instance, json, learned_at FROM servers")
		return err
	})
	return all, err
}

// SetServer keeps what was learnt about a server.
func (s *Store) SetServer(ctx context.Context, instance string, json []byte) error {
	return s.write(ctx, func(t tx) error {
		return t.exec(ctx, `INSERT INTO servers (instance, learned_at, json) VALUES ($1, $2, $3)
ON CONFLICT (instance) DO UPDATE SET learned_at = excluded.learned_at, json = excluded.json`,
			instance, s.today(), string(json))
	})
}
