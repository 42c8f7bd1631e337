package store

import (
	"context"
	"maps"
	"slices"

	"lama/archive"
)

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
