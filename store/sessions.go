package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"lama/archive"
)

// How long a person may take to use a code, and how long a browser stays signed in.
const (
	InviteAge  = 24 * time.Hour
	SessionAge = 90 * 24 * time.Hour
)

// ErrNoInvite says that a code was never given, was used, or is too old.
var ErrNoInvite = errors.New("this code is wrong, was used before, or is older than a day")

// Session is a browser in which a person has signed in.
type Session struct {
	ID        string `json:"id"` // it names the session and opens nothing
	Person    string `json:"person"`
	Browser   string `json:"browser"` // as it calls itself
	CreatedAt string `json:"created_at"`
	ExpiresAt string `json:"expires_at"`
}

// secretHash is how a secret is kept: it has as much chance in it as the hash, so that a fast one is enough.
func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Invite lets a person sign in, once, with a code that the caller has made up at random.
func (s *Store) Invite(ctx context.Context, person, code string) error {
	err := s.write(ctx, func(t tx) error {
		if err := t.exec(ctx, "DELETE FROM invites WHERE expires_at <= $1", s.today()); err != nil {
			return err
		}
		return t.exec(ctx, "INSERT INTO invites (hash, person, expires_at) VALUES ($1, $2, $3)", secretHash(code), clean(person),
			archive.At(s.now().Add(InviteAge)))
	})
	if err != nil {
		return fmt.Errorf("invite %s: %w", person, err)
	}
	return nil
}

// SignIn uses up a code and begins a session, whose secret the caller has made up at random. Where the code is not good the
// error is [ErrNoInvite].
func (s *Store) SignIn(ctx context.Context, code, secret, browser string) error {
	err := s.write(ctx, func(t tx) error {
		persons, err := collect(ctx, t, scanOne, "DELETE FROM invites WHERE hash = $1 AND expires_at > $2 RETURNING person",
			secretHash(code), s.today())
		if err != nil {
			return err
		}
		if len(persons) == 0 {
			return ErrNoInvite
		}
		if err := t.exec(ctx, "DELETE FROM sessions WHERE expires_at <= $1", s.today()); err != nil {
			return err
		}
		return t.exec(ctx, "INSERT INTO sessions (hash, person, browser, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
			secretHash(secret), persons[0], clean(browser), s.today(), archive.At(s.now().Add(SessionAge)))
	})
	if err != nil && !errors.Is(err, ErrNoInvite) {
		return fmt.Errorf("sign in: %w", err)
	}
	return err
}

func scanOne(r rows) (text string, err error) { return text, r.Scan(&text) }

// SignedIn is the person whose session has this secret; empty where there is none.
func (s *Store) SignedIn(ctx context.Context, secret string) (person string, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		persons, err := collect(ctx, t, scanOne, "SELECT person FROM sessions WHERE hash = $1 AND expires_at > $2",
			secretHash(secret), s.today())
		if len(persons) > 0 {
			person = persons[0]
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read who has signed in: %w", err)
	}
	return person, nil
}

// SignOut ends the session that has this secret.
func (s *Store) SignOut(ctx context.Context, secret string) error {
	return s.write(ctx, func(t tx) error {
		return t.exec(ctx, "DELETE FROM sessions WHERE hash = $1", secretHash(secret))
	})
}

// sessionID is the part of a hash that names a session.
const sessionID = "substr(hash, 1, 12)"

// Sessions lists where who has signed in, the newest first.
func (s *Store) Sessions(ctx context.Context) (all []Session, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		all, err = collect(ctx, t, func(r rows) (one Session, err error) {
			var created, expires archive.Time
			err = r.Scan(&one.ID, &one.Person, &one.Browser, scanTime{&created}, scanTime{&expires})
			one.CreatedAt, one.ExpiresAt = created.String(), expires.String()
			return one, err
		}, "SELECT "+sessionID+", person, browser, created_at, expires_at FROM sessions WHERE expires_at > $1 ORDER BY created_at DESC, hash",
			s.today())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sessions: %w", err)
	}
	return all, nil
}

// EndSession ends a session by its ID, and says whether there was one.
func (s *Store) EndSession(ctx context.Context, id string) (ended bool, err error) {
	err = s.write(ctx, func(t tx) error {
		gone, err := collect(ctx, t, scanOne, "DELETE FROM sessions WHERE "+sessionID+" = $1 RETURNING person", clean(id))
		ended = len(gone) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("end a session: %w", err)
	}
	return ended, nil
}

// EndOthers ends the sessions, and takes back the invitations, of all persons but some: those who are left in a household.
func (s *Store) EndOthers(ctx context.Context, left []string) error {
	err := s.write(ctx, func(t tx) error {
		for _, table := range []string{"sessions", "invites"} {
			sql := "DELETE FROM " + table + " WHERE person NOT IN (" + t.list(1, 1) + ")"
			if err := t.exec(ctx, sql, listOf(left)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end the sessions of those who are left out: %w", err)
	}
	return nil
}
