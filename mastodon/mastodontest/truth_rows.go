package mastodontest

import (
	"crypto/sha256"
	"encoding/hex"

	"lama/archive"
)

// truth turns what was found into rows.
func (t *teller) truth(household []*Person) Truth {
	truth := Truth{Posts: make(map[string]TruePost), Files: make(map[TrueFile]string)}
	viewers := make(map[*Post][]*Person)
	for _, r := range t.sorted() {
		viewers[r.post] = append(viewers[r.post], r.person)
		truth.Activities = append(truth.Activities, archive.Activity{
			Account: r.person.Handle(), PostURI: truthURI(r.post), Base: r.base, Chain: r.chain,
			Distance: t.found[r], ID: r.id(),
		})
	}
	for post, people := range viewers {
		row := truePost(post, people)
		truth.Posts[row.URI] = row
		if post.boosted == nil {
			files(truth.Files, post, people)
		}
	}
	for _, p := range household {
		truth.Lost = append(truth.Lost, t.lost(p)...)
	}
	return truth
}

// id is a base activity's id: the notification's, or the post's on the account's instance.
func (r reason) id() string {
	if r.chain != archive.ChainNone {
		return ""
	}
	if r.base == archive.BaseMention || r.base == archive.BasePoll {
		for _, n := range r.person.notifications {
			if n.post == r.post && n.kind == string(r.base) {
				return n.id
			}
		}
	}
	return r.person.home.statuses.ids[r.post]
}

// truePost is the row of a post. A boost says nothing by itself, even where its server mirrors its target.
func truePost(p *Post, viewers []*Person) TruePost {
	home := p.author.home
	row := TruePost{URI: truthURI(p), Author: p.author.Handle(), Visibility: p.visibility}
	if p.boosted != nil {
		row.Reblog, row.Wrapper = p.boosted.uri, archive.IDName(home.host, home.statuses.ids[p])
		row.Synthetic = home.software.pleroma()
		return row
	}
	row.Content = p.now().text
	for _, viewer := range viewers {
		if viewer.home.software.Edits {
			row.EditedAt = archive.At(p.edited())
		}
		if (view{inst: viewer.home, viewer: viewer}).told(p) != nil {
			row.Content = p.now().plain
		}
	}
	return row
}

// truthURI is a post's URI, or that which stands for a boost that has none of its own.
func truthURI(p *Post) string {
	if home := p.author.home; p.boosted != nil && home.software.pleroma() {
		return string(archive.IDName(home.host, home.statuses.ids[p]))
	}
	return p.uri
}

// files adds the files of a post: each is there if anybody who archived the post is shown an address that has it.
func files(all map[TrueFile]string, p *Post, viewers []*Person) {
	for _, f := range p.now().files {
		key := TrueFile{p.uri, f.position}
		all[key] = ""
		for _, viewer := range viewers {
			if f.reached(viewer.home) {
				sum := sha256.Sum256(f.data())
				all[key] = hex.EncodeToString(sum[:])
				break
			}
		}
	}
}

// reached says whether one of the addresses that an instance shows for a file has it.
func (f *attachment) reached(i *Instance) bool {
	copied := f.post.author.home != i && !i.software.NoCache && !f.missing(i)
	proxied := f.Copy == CopyProxied && i.software.mastodon() // which is no more than the original
	return !f.OriginalGone || copied && !proxied
}

// lost are the notifications whose posts are gone.
func (t *teller) lost(p *Person) []archive.Lost {
	var all []archive.Lost
	for _, n := range p.notifications {
		base := archive.Base(n.kind)
		if n.lost && t.kept(base) && (base == archive.BaseMention || base == archive.BasePoll) {
			all = append(all, archive.Lost{
				Account: p.Handle(), ID: n.id, Base: base, Author: n.from.Handle(), CreatedAt: archive.At(n.at),
			})
		}
	}
	return all
}
