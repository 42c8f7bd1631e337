package store

import (
	"context"
	"slices"
	"strings"

	"lama/archive"
)

// meant is the post that a reference i names, NULL where it is not here.
const meant = `COALESCE((SELECT a.post_uri FROM aliases a WHERE a.name = i.target),
    (SELECT p.post_uri FROM posts p WHERE p.post_uri = i.target))`

var (
	putAliases = define("name post_uri", `
INSERT INTO aliases (name, post_uri) SELECT name, post_uri FROM incoming WHERE true
ON CONFLICT (name) DO NOTHING`)

	putReferences = define("post_uri chain target instance", `
INSERT INTO refs (post_uri, chain, target, instance, target_uri)
SELECT i.post_uri, i.chain, i.target, i.instance,
       `+meant+`
FROM incoming i WHERE true
ON CONFLICT (post_uri, chain, target) DO NOTHING`)
)

// relations are the rows of what arrived that lead from one post to another.
type relations struct {
	further [][]any         // names that posts have beside their own URIs
	named   [][]any         // all their names
	refs    [][]any         // what the posts refer to
	refers  map[string]bool // URIs of posts that refer to any
}

// relate makes them beside what the transaction does meanwhile.
func (c *commit) relate(context.Context) error {
	batches := c.batches
	made := make(chan relations, 1) // nobody may come for it
	c.relating = made
	go func() {
		var r relations
		r.further, r.named = namesIn(batches)
		r.refs, r.refers = refsIn(batches)
		made <- r
	}()
	return nil
}

// namesIn are the names of posts; a post's own URI is one as well, for those that link to it.
func namesIn(batches []archive.Batch) (further, all [][]any) {
	var own [][]any
	for _, b := range batches {
		for name, uri := range b.Aliases {
			further = append(further, naming(name, uri))
		}
		for _, p := range b.Posts {
			for _, name := range p.Names() {
				further = append(further, naming(name, p.URI))
			}
			own = append(own, naming(archive.URLName(p.URI), p.URI))
		}
	}
	further = distinct(further)
	return further, distinct(slices.Concat(further, own))
}

func naming(name archive.Name, uri string) []any {
	return []any{indexable(string(name)), indexable(uri)}
}

// distinct are rows in the order of their first column, and of several with the same the first.
func distinct(rows [][]any) [][]any {
	slices.SortStableFunc(rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return slices.CompactFunc(rows, func(a, b []any) bool { return a[0].(string) == b[0].(string) })
}

// refsIn are the references of posts. Each rendering adds its own: ids are an instance's own, and a parent that a server has
// forgotten stays known from before.
func refsIn(batches []archive.Batch) (all [][]any, refers map[string]bool) {
	refs, refers := map[[3]string][]any{}, map[string]bool{}
	for _, b := range batches {
		for _, p := range b.Posts {
			for _, r := range p.References {
				key := [3]string{indexable(p.URI), string(r.Chain), indexable(string(r.Target))}
				if key[0] != key[2] && len(r.Target) <= maxKey {
					refers[key[0]] = true
					refs[key] = []any{key[0], key[1], key[2], r.Target.Instance()}
				}
			}
		}
	}
	return sorted(refs), refers
}

// aliases stores every name of what arrived.
func (c *commit) aliases(ctx context.Context) error {
	c.relations = <-c.relating
	return c.tx.put(ctx, putAliases, c.further)
}

// resolve says which post each name means, to the references that were waiting for it.
func (c *commit) resolve(ctx context.Context) error {
	waiting := define("name", `UPDATE refs AS i SET target_uri = `+meant+`
WHERE target_uri IS NULL AND target `+c.tx.among("SELECT name FROM incoming")+` RETURNING post_uri`)
	return c.tx.putting(ctx, waiting, c.named, func(r rows) error {
		var uri string
		err := r.Scan(&uri)
		c.waited = append(c.waited, uri)
		return err
	})
}

// references stores what the posts refer to.
func (c *commit) references(ctx context.Context) error { return c.tx.put(ctx, putReferences, c.refs) }
