package mastodontest

import (
	"slices"
	"strings"

	"lama/archive"
)

// status is a post as the API shows it.
func (v view) status(p *Post) object {
	return v.render(p, func(q *Post) any { return v.status1(q) })
}

// status1 is a quoted post: on Mastodon what that quotes is only named by its id.
func (v view) status1(p *Post) object {
	return v.render(p, func(q *Post) any {
		if v.inst.software.Quotes == QuoteState {
			return orNull(v.inst.statuses.ids[q])
		}
		return nil
	})
}

// render writes a status; inner writes the post that it quotes.
func (v view) render(p *Post, inner func(*Post) any) object {
	now := p.now()
	if p.boosted != nil {
		now = v.wrapped(p)
	}
	modern := v.inst.software.API >= 7
	o := append(v.facts(p, now), v.own(p)...)
	o = append(o, field{"content", v.content(p, now)}, field{"reblog", v.reblog(p)})
	o.set(p.author == v.viewer, "application", object{{"name", "Web"}, {"website", nil}})
	o = append(o,
		field{"account", v.account(p.author)}, field{"media_attachments", v.attachments(now)},
		field{"mentions", listOf(now.mentions, v.mention)}, field{"tags", listOf(now.tags, v.tag)},
		field{"emojis", v.emojis(now.emojis)})
	o = append(o, v.quote(p, inner)...)
	o = append(o, field{"card", v.card(p, now)}, field{"poll", v.poll(p)})
	o.set(modern, "quote_approval", object{
		{"automatic", list{"public"}}, {"manual", list{}}, {"current_user", "automatic"}})
	return o
}

// facts are the fields with which a status begins.
func (v view) facts(p *Post, now version) object {
	uri, url := v.addresses(p)
	o := object{
		{"id", v.inst.statuses.ids[p]},
		{"created_at", when(p.created)},
		{"in_reply_to_id", v.parent(p)},
		{"in_reply_to_account_id", v.answers(p)},
		{"sensitive", now.draft.Warning != ""},
		{"spoiler_text", now.draft.Warning},
		{"visibility", p.visibility},
		{"language", orNull(now.draft.Language)},
		{"uri", uri},
		{"url", url},
		{"replies_count", len(p.target().replies)},
		{"reblogs_count", len(p.target().boosts)},
		{"favourites_count", len(p.target().favourites)},
	}
	o.set(v.inst.software.API >= 7, "quotes_count", len(p.quoters))
	o.set(v.inst.software.Edits, "edited_at", when(p.edited()))
	return o
}

func (v view) tag(name string) any {
	name = strings.ToLower(name)
	return object{{"name", name}, {"url", v.inst.BaseURL() + "/tags/" + name}}
}

// own are the fields about what the viewer did with a post.
func (v view) own(p *Post) object {
	if v.viewer == nil {
		return nil
	}
	t := p.target()
	o := object{
		{"favourited", t.favourites[v.viewer]},
		{"reblogged", slices.ContainsFunc(t.boosts, func(b *Post) bool { return b.author == v.viewer && !b.deleted })},
		{"muted", false},
		{"bookmarked", t.bookmarks[v.viewer] && !v.inst.software.misskey()}, // it has no such thing
	}
	o.set(p.author == v.viewer && p.boosted == nil && archive.Public(p.visibility), "pinned", false)
	o.set(v.inst.software.V2, "filtered", list{})
	return o
}

// answers is the account that p replies to; it stays when the parent is gone.
func (v view) answers(p *Post) any {
	if p.parent == nil {
		return nil
	}
	return v.inst.accounts.ids[p.parent.author]
}

// addresses are the uri and url of a post; Pleroma gives a boost those of its target.
func (v view) addresses(p *Post) (uri, url string) {
	if p.boosted != nil && v.inst.software.pleroma() {
		p = p.boosted
	}
	return p.uri, p.url
}

// wrapped is what the wrapper of a boost says by itself.
func (v view) wrapped(p *Post) version {
	target := p.boosted.now()
	switch v.inst.software.Boosts {
	case BoostCopy:
		return target
	case BoostShare:
		return version{at: p.created, files: target.files}
	case BoostRetweet:
		text := "RT @" + p.boosted.author.acct(v.inst) + " "
		return version{at: p.created, body: body{html: text + target.html}}
	}
	return version{at: p.created}
}

func (v view) reblog(p *Post) any {
	if p.boosted == nil {
		return nil
	}
	return v.status(p.boosted)
}

func (v view) mention(p *Person) any {
	return object{{"id", v.inst.accounts.ids[p]}, {"username", p.user}, {"url", p.url}, {"acct", p.acct(v.inst)}}
}

// notification is a notification as the API shows it.
func (v view) notification(n *notification) object {
	o := object{{"id", n.id}, {"type", n.kind}, {"created_at", when(n.at)}}
	o.set(v.inst.software.API > 0, "group_key", "ungrouped-"+n.id)
	o = append(o, field{"account", v.account(n.from)})
	switch {
	case n.lost:
		o = append(o, field{"status", nil})
	case n.post != nil:
		o = append(o, field{"status", v.status(n.post)})
	}
	return o
}
