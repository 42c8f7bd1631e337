package store

import (
	"context"
	"fmt"
)

// Accounts are those of which the viewer may see activities that they did themselves, by name. Of another person's account the
// rule shows what it posted or boosted, so that nothing else of it, which may be hundreds of thousands, is looked at.
func (s *Store) Accounts(ctx context.Context, v Viewer) (names []string, err error) {
	const did = `(SELECT 1 FROM activities a JOIN posts p ON p.post_uri = a.post_uri
    WHERE a.account = of.account AND a.activity_type IN (%s) AND %s LIMIT 1) IS NOT NULL`
	err = s.engine.read(ctx, func(t tx) error {
		in := v.in(t, 1)
		ofOwn := fmt.Sprintf(did, `'post', 'reblog', 'favourite', 'bookmark', 'mention', 'poll'`, in.shows("a", "p"))
		ofOthers := fmt.Sprintf(did, `'post', 'reblog'`, in.shows("a", "p"))
		names, err = collect(ctx, t, scanString, fmt.Sprintf(everyAccount+`
SELECT account FROM of WHERE account IS NOT NULL AND (%s AND %s OR %s) ORDER BY account`, in.owns("of"), ofOwn, ofOthers), v.args()...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which accounts there are: %w", err)
	}
	return names, nil
}

// Knows says whether the archive has anything for an account, user@instance.
func (s *Store) Knows(ctx context.Context, account string) (known bool, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		found, err := collect(ctx, t, scanInt, "SELECT 1 FROM activities WHERE account = $1 LIMIT 1", account)
		known = len(found) > 0
		return err
	})
	return known, err
}
