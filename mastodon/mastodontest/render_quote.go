package mastodontest

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
)

// quote are the fields about the post that p quotes, and what else a kind of server adds.
func (v view) quote(p *Post, inner func(*Post) any) object {
	state, quoted := v.quoted(p)
	var id, embedded any
	if quoted != nil {
		id, embedded = v.inst.statuses.ids[quoted], inner(quoted)
	}
	switch v.inst.software.Quotes {
	case QuoteState:
		return object{{"quote", stateful(state, embedded)}}
	case QuotePlain:
		ghostParent, ghost := v.ghosts(p)
		if ghost != nil {
			id = ghostID
		}
		o := object{{"quote_id", id}, {"quote", embedded}}
		o.set(v.inst.software.pleroma(), "pleroma", v.pleroma(p, nil))
		o.set(v.inst.software.Ghosts, "akkoma", object{
			{"source", nil}, {"in_reply_to_apid", name(ghostParent)}, {"quote_apid", name(ghost)}})
		return o
	case QuotePleroma:
		return object{{"pleroma", v.pleroma(p, object{
			{"quote", embedded}, {"quote_id", id}, {"quote_url", name(quoted)}, {"quote_visible", quoted != nil}})}}
	}
	return nil
}

// name is a post's URI, or null.
func name(p *Post) any {
	if p == nil {
		return nil
	}
	return p.uri
}

// stateful is Mastodon's quote: a quoted post of the second level comes as its id alone.
func stateful(state string, embedded any) any {
	switch id := embedded.(type) {
	case nil:
		if state == "" {
			return nil
		}
	case string:
		return object{{"state", state}, {"quoted_status_id", id}}
	}
	return object{{"state", state}, {"quoted_status", embedded}}
}

// pleroma are the fields that Pleroma and its kin add to a status.
func (v view) pleroma(p *Post, about object) object {
	now := p.target().now()
	o := object{
		{"local", p.author.home == v.inst},
		{"content", object{{"text/plain", now.text}}},
		{"spoiler_text", object{{"text/plain", now.draft.Warning}}},
		{"emoji_reactions", list{}},
		{"parent_visible", p.parent != nil && v.shows(p.parent)},
		{"thread_muted", false},
		{"expires_at", nil},
	}
	return append(o, about...)
}

// content is a version's HTML. GoToSocial adds a note where it did not download an attachment.
func (v view) content(p *Post, now version) string {
	missing := slices.DeleteFunc(slices.Clone(now.files), func(f *attachment) bool { return !v.undownloaded(f) })
	if !v.inst.software.goToSocial() || len(missing) == 0 {
		return now.html
	}
	were, link := "attachments in this status were", "links"
	if len(missing) == 1 {
		were, link = "attachment in this status was", "link"
	}
	var note strings.Builder
	fmt.Fprintf(&note, `%s<div class="gts-system-message gts-placeholder-attachments"><hr><p><i lang="en">`+
		`ℹ️ Note from %s: %d %s not downloaded. Treat the following external %s with care:</i></p><ul>`,
		now.html, v.inst.host, len(missing), were, link)
	for _, f := range missing {
		url := f.original()
		fmt.Fprintf(&note, `<li><a href="%s" rel="nofollow noreferrer noopener" target="_blank">%s</a> [%s]</li>`,
			url, url[strings.LastIndex(url, "/")+1:], html.EscapeString(f.Alt))
	}
	return note.String() + "</ul></div>"
}

// card is the preview of the first link that leads to the web and not to a post.
func (v view) card(p *Post, now version) any {
	if p.boosted != nil || now.draft.Quote != nil || v.inst.software.misskey() {
		return nil
	}
	for _, link := range now.links {
		if p.world.find(link) != nil {
			continue
		}
		host, _, _ := strings.Cut(strings.SplitN(link, "://", 2)[1], "/")
		return object{
			{"url", link}, {"title", "A page of " + host}, {"description", ""}, {"language", "en"}, {"type", "link"},
			{"author_name", ""}, {"author_url", ""}, {"provider_name", host}, {"provider_url", ""}, {"html", ""},
			{"width", 0}, {"height", 0}, {"image", v.cardImage(link)}, {"image_description", ""}, {"embed_url", ""},
			{"blurhash", nil}, {"published_at", nil}, {"authors", list{}},
		}
	}
	return nil
}

// poll is the poll of a post.
func (v view) poll(p *Post) any {
	poll := p.now().draft.Poll
	if poll == nil {
		return nil
	}
	votes, total := make([]int, len(poll.Options)), 0
	for _, choices := range p.votes {
		for _, choice := range choices {
			votes[choice]++
			total++
		}
	}
	options := make(list, len(votes))
	for i, title := range poll.Options {
		options[i] = object{{"title", title}, {"votes_count", votes[i]}}
	}
	o := object{
		{"id", v.pollID(p)}, {"expires_at", when(poll.Ends)}, {"expired", p.ended},
		{"multiple", poll.Multiple}, {"votes_count", total}, {"voters_count", len(p.votes)},
	}
	if v.viewer != nil {
		mine, voted := p.votes[v.viewer]
		own := listOf(mine, func(choice int) any { return choice })
		o = append(o, field{"voted", voted || p.author == v.viewer}, field{"own_votes", own})
	}
	return append(o, field{"options", options}, field{"emojis", list{}})
}

// pollID is the id of a post's poll: a plain sequence on Mastodon.
func (v view) pollID(p *Post) string {
	if v.inst.software.IDs == Snowflake {
		return strconv.FormatUint(p.seq, 10)
	}
	return v.inst.statuses.ids[p]
}

// asker is the post whose poll has an id; nil for none.
func (v view) asker(id string) *Post {
	p := v.inst.statuses.things[id]
	if v.inst.software.IDs == Snowflake {
		p = nil
		if seq, err := strconv.Atoi(id); err == nil && seq > 0 && seq <= len(v.inst.world.posts) {
			p = v.inst.world.posts[seq-1]
		}
	}
	if p == nil || p.now().draft.Poll == nil {
		return nil
	}
	return p
}
