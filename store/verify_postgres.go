package store

import (
	"context"
	"errors"
)

func (p *postgres) holder(ctx context.Context) (who string, err error) {
	err = p.survey(ctx, func(t tx) error {
		all, err := collect(ctx, t, scanString, lockHolder)
		if len(all) > 0 {
			who = all[0]
		}
		return err
	})
	return who, err
}

// scratch makes its tables as temporary ones.
func (p *postgres) scratch(ctx context.Context, f func(tx) error) error {
	t, err := p.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := t.Exec(ctx, "SET LOCAL search_path = pg_temp"); err != nil {
		return err
	}
	return f(postgresTx{t})
}

func (p *postgres) integrity(context.Context, bool) ([]string, error) { return nil, nil }

// comparer has the database compare whole rows.
func (p *postgres) comparer(bool) comparer {
	return func(ctx context.Context, t tx, posts [][]any) (map[int64]bool, error) {
		odd := map[int64]bool{}
		_, err := collect(ctx, t, func(r rows) (place int64, err error) {
			err = r.Scan(&place)
			odd[place] = true
			return place, err
		}, `SELECT i.rowid FROM unnest($1::bigint[], $2::text[]) AS i(rowid, lexemes) LEFT JOIN terms t ON t.rowid = i.rowid
WHERE t.lexemes IS DISTINCT FROM i.lexemes::tsvector`, postgresColumn{posts, 0, integer}, postgresColumn{posts, 1, text})
		return odd, err
	}
}

func (p *postgres) snapshot(context.Context, string) error { return errors.ErrUnsupported }
