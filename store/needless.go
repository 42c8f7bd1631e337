package store

import (
	"slices"

	"lama/archive"
)

// reached notes what need not be asked for any more, since it came another way: by any of its names, for the accounts that
// the spread has led there just now. An account that wants a post is led to it as soon as it is here and may be shown.
//
// Of two addresses of one post only the first leads an account there. So what the other one means, when a search has
// found that out for somebody, is found for all.
func (c *commit) reached(all []found) {
	led := map[string][]string{} // accounts, by the posts' URIs
	for _, f := range all {
		if f.base != "" {
			led[f.subject] = append(led[f.subject], f.account)
		}
	}
	for _, row := range c.named {
		for _, account := range led[row[1].(string)] {
			c.needless = append(c.needless, archive.Want{Account: account, Name: archive.Name(row[0].(string))})
		}
	}
	for _, b := range c.batches {
		for name, uri := range b.Aliases {
			if i := slices.IndexFunc(b.Posts, func(p archive.Post) bool { return p.URI == uri }); i >= 0 && b.Posts[i].Public() {
				for _, a := range c.rules.Accounts {
					c.needless = append(c.needless, archive.Want{Account: a.Name(), Name: name})
				}
			}
		}
	}
}
