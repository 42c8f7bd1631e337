package store

import "context"

// OwnReport is what an account's own posts and boosts in the archive are, to be held against its server's count. Each
// is counted once, in the first that it is.
type OwnReport struct {
	Archived int64 `json:"archived"`
	Gone     int64 `json:"gone"`    // no longer on the server: deleted, purged or taken back
	Direct   int64 `json:"direct"`  // for those alone whom they mention
	Boosts   int64 `json:"boosts"`  // of others' posts and its own
	Private  int64 `json:"private"` // for followers alone
}

func reportOwn(ctx context.Context, t tx, account string) (r OwnReport, err error) {
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&r.Archived, &r.Gone, &r.Direct, &r.Boosts, &r.Private)
	}, `WITH own(what) AS (
    SELECT CASE WHEN p.missing_since IS NOT NULL OR p.deleted_at IS NOT NULL OR a.removed_at IS NOT NULL THEN 'gone'
                WHEN p.visibility = 'direct' THEN 'direct' WHEN p.reblog IS NOT NULL THEN 'boost'
                WHEN p.visibility = 'private' THEN 'private' ELSE 'post' END
    FROM activities a JOIN posts p ON p.post_uri = a.post_uri WHERE a.account = $1 AND a.activity_type = 'post')
SELECT count(*), count(CASE WHEN what = 'gone' THEN 1 END), count(CASE WHEN what = 'direct' THEN 1 END),
    count(CASE WHEN what = 'boost' THEN 1 END), count(CASE WHEN what = 'private' THEN 1 END) FROM own`, account)
	return r, err
}
