package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Root is the topmost post of a conversation, as far as the viewer sees without a gap.
type Root struct {
	URI, PostID, Author string
	CreatedAt           archive.Time
}

// maxAbove bounds how far up a conversation its root is looked for; what is longer has several.
const maxAbove = 200

// Roots reads of posts, by their URIs, where the conversation begins in which each stands. A post that the viewer may not
// see has none.
func (s *Store) Roots(ctx context.Context, v Viewer, uris []string) (roots map[string]Root, err error) {
	roots = map[string]Root{}
	err = s.engine.read(ctx, func(t tx) error {
		in := v.in(t, 2)
		_, err := collect(ctx, t, func(r rows) (root Root, err error) {
			var uri string
			err = r.Scan(&uri, &root.URI, &root.PostID, scanText{&root.Author}, scanTime{&root.CreatedAt})
			roots[uri] = root
			return root, err
		}, fmt.Sprintf(`WITH RECURSIVE given(uri) AS (%s), up(uri, at, above) AS (
    SELECT g.uri, p.post_uri, 0 FROM given g CROSS JOIN posts p WHERE p.post_uri = g.uri AND %s
    UNION ALL SELECT u.uri, p.post_uri, u.above + 1 FROM up u CROSS JOIN refs r CROSS JOIN posts p
    WHERE u.above < %d AND r.post_uri = u.at AND r.chain = 'parent' AND p.post_uri = r.target_uri AND %s)
SELECT u.uri, p.post_uri, p.post_id, p.author, p.created_at FROM up u JOIN posts p ON p.post_uri = u.at
ORDER BY u.uri, u.above`, t.list(1, 1), in.sees("p"), maxAbove, in.sees("p")), append([]any{listOf(uris)}, v.args()...)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read where conversations begin: %w", err)
	}
	return roots, nil
}
