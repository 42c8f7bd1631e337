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

func (p *postgres) snapshot(context.Context, string) error { return errors.ErrUnsupported }
