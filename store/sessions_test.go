package store_test

import (
	"errors"
	"testing"
	"time"

	"lama/store"
)

func TestACodeSignsInOnce(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		if err := f.Invite(ctx, "ana", "code"); err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]error{"": store.ErrNoInvite, "Code": store.ErrNoInvite} {
			if err := f.SignIn(ctx, code, "stolen", "b"); !errors.Is(err, want) {
				t.Errorf("code %q: %v", code, err)
			}
		}
		if err := f.SignIn(ctx, "code", "secret", "Firefox"); err != nil {
			t.Fatal(err)
		}
		if err := f.SignIn(ctx, "code", "again", "Firefox"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("a used code: %v", err)
		}
		f.signedIn(map[string]string{"secret": "ana", "stolen": "", "again": "", "": "", "code": ""})
		equal(t, f.column("SELECT hash FROM sessions WHERE hash IN ('secret', 'code') OR person <> 'ana'"), nil)
	})
}

func TestASessionEnds(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		for _, person := range []string{"ana", "bob", "cleo"} {
			if err := errors.Join(f.Invite(ctx, person, person+"'s code"), f.SignIn(ctx, person+"'s code", person+"'s secret", "b")); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SignOut(ctx, "ana's secret"); err != nil {
			t.Fatal(err)
		}
		all, err := f.Sessions(ctx)
		if err != nil || len(all) != 2 {
			t.Fatalf("%v %v", all, err)
		}
		for _, s := range all {
			if s.Person == "bob" {
				if ended, err := f.EndSession(ctx, s.ID); err != nil || !ended {
					t.Errorf("ended: %t %v", ended, err)
				}
			}
		}
		if ended, err := f.EndSession(ctx, "nonsense"); err != nil || ended {
			t.Errorf("one that is not: %t %v", ended, err)
		}
		f.signedIn(map[string]string{"ana's secret": "", "bob's secret": "", "cleo's secret": "cleo"})
		f.now = f.now.Add(store.SessionAge)
		f.signedIn(map[string]string{"cleo's secret": ""})
	})
}

func TestACodeGrowsOld(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		if err := f.Invite(t.Context(), "ana", "code"); err != nil {
			t.Fatal(err)
		}
		f.now = f.now.Add(store.InviteAge + time.Second)
		if err := f.SignIn(t.Context(), "code", "secret", "b"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("after a day: %v", err)
		}
	})
}

// signedIn checks whose sessions secrets are.
func (f *fixture) signedIn(want map[string]string) {
	f.t.Helper()
	for secret, person := range want {
		if got, err := f.SignedIn(f.t.Context(), secret); err != nil || got != person {
			f.t.Errorf("%q is %q's (%v), want %q's", secret, got, err, person)
		}
	}
}

func TestWhoIsLeftOutIsSignedOut(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for _, person := range []string{"ana", "bob", "cleo"} {
			if err := f.Invite(t.Context(), person, person); err != nil {
				t.Fatal(err)
			}
			if err := f.SignIn(t.Context(), person, "secret of "+person, "a browser"); err != nil {
				t.Fatal(err)
			}
			if err := f.Invite(t.Context(), person, "again "+person); err != nil {
				t.Fatal(err)
			}
		}
		for _, left := range [][]string{{"ana", "bob"}, {"bob"}, nil} {
			if err := f.EndOthers(t.Context(), left); err != nil {
				t.Fatal(err)
			}
			equal(t, f.column("SELECT person FROM sessions ORDER BY 1"), left)
			equal(t, f.column("SELECT person FROM invites ORDER BY 1"), left)
		}
	})
}
