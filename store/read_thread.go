package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// Thread is a post and what is around it.
type Thread struct {
	Post     Seen
	Parents  []Seen // from the top
	Above    bool   // the topmost of them replies to something that the viewer does not see
	Replies  []Reply
	More     bool // replies were left out
	Versions []Version
}

// Reply is an archived reply, in the order of reading: each stands after what it replies to.
type Reply struct {
	Seen
	Depth int // 1 is a reply to the post itself
}

// Version is an older text of a post.
type Version struct {
	EditedAt, FetchedAt archive.Time
	JSON                []byte // as Seen.JSON, and whoever asked
}

const (
	maxParents = 40
	maxReplies = 100
	maxDepth   = 20
)

// Thread reads a post by its URI, or by an address that is known for it, with what is around it. It is nil where there is
// no such post, or none that the viewer may see.
func (s *Store) Thread(ctx context.Context, v Viewer, name string) (thread *Thread, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		thread, err = v.thread(ctx, t, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read a post: %w", err)
	}
	return thread, nil
}

func (v Viewer) thread(ctx context.Context, t tx, name string) (*Thread, error) {
	post, err := v.named(ctx, t, name)
	if err != nil || post == nil {
		return nil, err
	}
	around := post.URI
	if post.Reblog != "" {
		around = post.Reblog
	}
	all := []Seen{*post}
	parents, above, err := v.parents(ctx, t, around)
	if err != nil {
		return nil, err
	}
	replies, more, err := v.replies(ctx, t, around)
	if err != nil {
		return nil, err
	}
	all = append(all, parents...)
	for _, r := range replies {
		all = append(all, r.Seen)
	}
	if err := v.fill(ctx, t, all); err != nil {
		return nil, err
	}
	for i := range replies {
		replies[i].Seen = all[1+len(parents)+i]
	}
	var versions []Version
	if v.Leave == nil && (all[0].Reblog == "" || all[0].Boosted != nil) { // what an author took back does not leave
		versions, err = olderOf(ctx, t, around)
	}
	return &Thread{all[0], all[1 : 1+len(parents)], above, replies, more, versions}, err
}

// named finds a post by its URI or another name.
func (v Viewer) named(ctx context.Context, t tx, name string) (*Seen, error) {
	name = indexable(name)
	posts, err := v.byURI(ctx, t, []string{name})
	if err != nil || len(posts) > 0 {
		return firstOf(posts), err
	}
	others, err := collect(ctx, t, func(r rows) (uri string, err error) { return uri, r.Scan(&uri) },
		"SELECT post_uri FROM aliases WHERE name = $1", name)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	posts, err = v.byURI(ctx, t, others)
	return firstOf(posts), err
}

func firstOf(posts []Seen) *Seen {
	if len(posts) == 0 {
		return nil
	}
	return &posts[0]
}

// parents are the posts above one, from the top, as far as the viewer sees without a gap.
func (v Viewer) parents(ctx context.Context, t tx, uri string) (all []Seen, above bool, err error) {
	met := map[string]bool{uri: true}
	for range maxParents {
		refs, err := edges(ctx, t, "parent", []string{uri})
		if err != nil || len(refs) == 0 {
			return all, false, err
		}
		uri = refs[0].uri
		if uri == "" || met[uri] {
			return all, true, nil
		}
		met[uri] = true
		posts, err := v.byURI(ctx, t, []string{uri})
		if err != nil || len(posts) == 0 {
			return all, true, err
		}
		all = append(posts, all...)
	}
	return all, true, nil
}

// replies are the posts below one. They are read level by level and then put into the order of reading.
func (v Viewer) replies(ctx context.Context, t tx, uri string) (all []Reply, more bool, err error) {
	below, met, level, count := map[string][]Seen{}, map[string]bool{uri: true}, []string{uri}, 0
	for range maxDepth {
		if len(level) == 0 || count >= maxReplies {
			break
		}
		found, err := v.directReplies(ctx, t, level)
		if err != nil {
			return nil, false, err
		}
		level = nil
		for _, r := range found {
			if count < maxReplies && !met[r.URI] {
				met[r.URI] = true
				below[r.parent] = append(below[r.parent], r.Seen)
				level = append(level, r.URI)
				count++
			}
		}
	}
	return flatten(nil, below, uri, 1), len(level) > 0, nil
}

func flatten(all []Reply, below map[string][]Seen, uri string, depth int) []Reply {
	for _, s := range below[uri] {
		all = flatten(append(all, Reply{s, depth}), below, s.URI, depth+1)
	}
	return all
}

// answer is a reply and what it replies to.
type answer struct {
	Seen
	parent string
}

func (v Viewer) directReplies(ctx context.Context, t tx, uris []string) ([]answer, error) {
	parents := map[string]string{}
	refs, err := collect(ctx, t, func(r rows) (uri string, err error) {
		var parent string
		err = r.Scan(&uri, &parent)
		parents[uri] = parent
		return uri, err
	}, fmt.Sprintf(`SELECT r.post_uri, r.target_uri FROM refs r JOIN posts p ON p.post_uri = r.post_uri
WHERE r.chain = 'parent' AND r.target_uri IS NOT NULL AND r.target_uri %s AND p.reblog IS NULL AND %s
ORDER BY p.created_at, p.id LIMIT %d`, t.among(t.list(1, 1)), v.in(t, 2).sees("p"), maxReplies),
		append([]any{listOf(uris)}, v.args()...)...)
	if err != nil {
		return nil, err
	}
	posts, err := v.byURI(ctx, t, refs)
	var all []answer
	for _, p := range posts {
		all = append(all, answer{p, parents[p.URI]})
	}
	return all, err
}

// olderOf are the older versions of a post that the caller has seen, the newest first.
func olderOf(ctx context.Context, t tx, uri string) ([]Version, error) {
	return collect(ctx, t, func(r rows) (one Version, err error) {
		var json string
		err = r.Scan(scanTime{&one.EditedAt}, scanTime{&one.FetchedAt}, &json)
		one.JSON = []byte(json)
		return one, err
	}, `SELECT edited_at, fetched_at, json FROM revisions WHERE post_uri = $1
ORDER BY COALESCE(edited_at, fetched_at) DESC, fetched_at DESC, content_hash LIMIT 100`, uri)
}
