package store

import (
	"context"

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

// aliases stores every name of what arrived; a post's own URI is one as well, for those that link to it.
func (c *commit) aliases(ctx context.Context) error {
	aliases, named := map[[2]string][]any{}, map[[2]string][]any{}
	add := func(rows map[[2]string][]any, name archive.Name, uri string) {
		key := indexable(string(name))
		if _, twice := rows[[2]string{key}]; !twice {
			rows[[2]string{key}] = []any{key, indexable(uri)}
		}
	}
	for _, b := range c.batches {
		for name, uri := range b.Aliases {
			add(aliases, name, uri)
		}
		for _, p := range b.Posts {
			for _, name := range p.Names() {
				add(aliases, name, p.URI)
			}
			add(named, archive.URLName(p.URI), p.URI)
		}
	}
	for key, row := range aliases {
		named[key] = row
	}
	c.named = sorted(named)
	return c.tx.put(ctx, putAliases, sorted(aliases))
}

// resolve says which post each name means, to the references that were waiting for it.
func (c *commit) resolve(ctx context.Context) error {
	return c.tx.put(ctx, define("name post_uri", `UPDATE refs AS i SET target_uri = `+meant+`
WHERE target_uri IS NULL AND target `+c.tx.among("SELECT name FROM incoming")), c.named)
}

// references stores what the posts refer to. Each rendering adds its own: ids are an instance's own, and a
// parent that a server has forgotten stays known from before.
func (c *commit) references(ctx context.Context) error {
	refs := map[[4]string][]any{}
	c.refers = map[string]bool{}
	for _, b := range c.batches {
		for _, p := range b.Posts {
			for _, r := range p.References {
				key := [4]string{indexable(p.URI), string(r.Chain), indexable(string(r.Target))}
				if key[0] != key[2] && len(r.Target) <= maxKey {
					c.refers[key[0]] = true
					refs[key] = []any{key[0], key[1], key[2], r.Target.Instance()}
				}
			}
		}
	}
	return c.tx.put(ctx, putReferences, sorted(refs))
}
