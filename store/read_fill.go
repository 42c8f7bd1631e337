package store

import (
	"context"
	"fmt"
	"slices"

	"lama/archive"
)

// fill reads what belongs to posts: what they boost and quote, and of all of these the files, activities and links. It is
// a fixed number of statements, however many posts there are.
func (v Viewer) fill(ctx context.Context, t tx, posts []Seen) error {
	all := make([]*Seen, len(posts))
	for i := range posts {
		all[i] = &posts[i]
	}
	boosted, err := v.fillBoosts(ctx, t, all)
	if err != nil {
		return err
	}
	all = append(all, boosted...)
	quoted, err := v.fillQuotes(ctx, t, all)
	if err != nil {
		return err
	}
	all = append(all, quoted...)
	of := map[string][]*Seen{}
	for _, p := range all {
		of[p.URI] = append(of[p.URI], p)
	}
	for _, fill := range []func(context.Context, tx, map[string][]*Seen) error{v.fillFiles, v.fillPictures, v.fillActivities, v.fillLinks} {
		if err := fill(ctx, t, of); err != nil {
			return err
		}
	}
	return nil
}

// fillBoosts reads what boosts boost.
func (v Viewer) fillBoosts(ctx context.Context, t tx, posts []*Seen) ([]*Seen, error) {
	var uris []string
	for _, p := range posts {
		if p.Reblog != "" {
			uris = append(uris, p.Reblog)
		}
	}
	found, err := v.known(ctx, t, uris)
	var all []*Seen
	for _, p := range posts {
		if one, ok := found[p.Reblog]; ok {
			p.Boosted = &one
			all = append(all, p.Boosted)
		}
	}
	return all, err
}

// known are the posts of these URIs that the viewer may see, by URI.
func (v Viewer) known(ctx context.Context, t tx, uris []string) (map[string]Seen, error) {
	posts, err := v.byURI(ctx, t, uris)
	found := map[string]Seen{}
	for _, p := range posts {
		found[p.URI] = p
	}
	return found, err
}

// fillQuotes reads what posts quote. One that may not be seen is away, as one that was never archived.
func (v Viewer) fillQuotes(ctx context.Context, t tx, posts []*Seen) ([]*Seen, error) {
	targets, err := edges(ctx, t, "quote", urisOf(posts))
	if err != nil {
		return nil, err
	}
	var uris []string
	for _, r := range targets {
		uris = append(uris, r.uri)
	}
	found, err := v.known(ctx, t, uris)
	quotes := map[string]string{}
	for _, r := range targets {
		quotes[r.from] = r.uri
	}
	var all []*Seen
	for _, p := range posts {
		uri, quotes := quotes[p.URI]
		one, ok := found[uri]
		if p.QuoteAway = quotes && !ok; ok {
			p.Quoted = &one
			all = append(all, p.Quoted)
		}
	}
	return all, err
}

// edge is a row of refs.
type edge struct{ from, target, uri string }

// edges are those of some posts along a chain.
func edges(ctx context.Context, t tx, chain string, uris []string) ([]edge, error) {
	return collect(ctx, t, func(r rows) (one edge, err error) {
		return one, r.Scan(&one.from, &one.target, scanText{&one.uri})
	}, fmt.Sprintf("SELECT post_uri, target, target_uri FROM refs WHERE chain = $1 AND post_uri %s", t.among(t.list(2, 1))),
		chain, listOf(uris))
}

func urisOf(posts []*Seen) []string {
	uris := make([]string, len(posts))
	for i, p := range posts {
		uris[i] = p.URI
	}
	return uris
}

func (v Viewer) fillFiles(ctx context.Context, t tx, of map[string][]*Seen) error {
	_, err := collect(ctx, t, func(r rows) (f SeenFile, err error) {
		var uri string
		err = r.Scan(&uri, &f.MediaID, &f.Kind, &f.Alt, &f.State, &f.SHA256, &f.Type, &f.Size)
		for _, p := range of[uri] {
			p.Files = append(p.Files, f)
		}
		return f, err
	}, fmt.Sprintf(`SELECT a.post_uri, a.media_id, a.type, a.alt, a.state, COALESCE(f.sha256, ''), COALESCE(f.type, ''),
    COALESCE(f.size, 0) FROM attachments a LEFT JOIN files f ON f.sha256 = a.sha256
WHERE a.position IS NOT NULL AND a.post_uri %s ORDER BY a.post_uri, a.position`, t.among(t.list(1, 1))), listOf(sortedKeys(of)))
	return err
}

func (v Viewer) fillActivities(ctx context.Context, t tx, of map[string][]*Seen) error {
	_, err := collect(ctx, t, func(r rows) (a Reason, err error) {
		var base, chain string
		err = r.Scan(&a.Account, &a.PostURI, &base, &chain, &a.Distance, scanTime{&a.ArchivedAt}, scanTime{&a.RemovedAt})
		a.Base, a.Chain = archive.Base(base), archive.Chain(chain)
		if !v.All && !slices.Contains(v.Own, a.Account) {
			a.RemovedAt = archive.Time{}
		}
		for _, p := range of[a.PostURI] {
			p.Activities = append(p.Activities, a)
		}
		return a, err
	}, fmt.Sprintf(`SELECT a.account, a.post_uri, a.base, a.chain, a.distance, a.archived_at, a.removed_at
FROM activities a JOIN posts p ON p.post_uri = a.post_uri WHERE a.post_uri %s AND %s
ORDER BY a.post_uri, a.distance, a.account, a.base, a.chain`, t.among(t.list(1, 1)), v.in(t, 2).shows("a", "p")),
		append([]any{listOf(sortedKeys(of))}, v.args()...)...)
	return err
}

func (v Viewer) fillLinks(ctx context.Context, t tx, of map[string][]*Seen) error {
	links, err := edges(ctx, t, "link", sortedKeys(of))
	if err != nil {
		return err
	}
	var uris []string
	for _, l := range links {
		uris = append(uris, l.uri)
	}
	may, err := v.may(ctx, t, uris)
	for _, l := range links {
		for _, p := range of[l.from] {
			if may[l.uri] {
				if p.Links == nil {
					p.Links = map[string]string{}
				}
				p.Links[l.target] = l.uri
			}
		}
	}
	return err
}

// may says which of these posts the viewer may see.
func (v Viewer) may(ctx context.Context, t tx, uris []string) (map[string]bool, error) {
	may := map[string]bool{}
	if len(uris) == 0 {
		return may, nil
	}
	_, err := collect(ctx, t, func(r rows) (uri string, err error) {
		err = r.Scan(&uri)
		may[uri] = true
		return uri, err
	}, fmt.Sprintf("SELECT p.post_uri FROM posts p WHERE p.post_uri %s AND %s", t.among(t.list(1, 1)), v.in(t, 2).sees("p")),
		append([]any{listOf(uris)}, v.args()...)...)
	return may, err
}
