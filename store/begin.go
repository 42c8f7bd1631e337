package store

import (
	"context"
	"fmt"
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
	if err := s.askAllClaimed(ctx); err != nil {
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
