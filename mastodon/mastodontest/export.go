package mastodontest

import (
	"path"
	"strings"
	"time"
)

// Export is the account's export as Mastodon makes it (backup_service.rb), by the names of its files. What the account
// did with others' posts stands in it as addresses alone.
func (p *Person) Export() map[string][]byte {
	p.world.mu.RLock()
	defer p.world.mu.RUnlock()
	files := map[string][]byte{"avatar.png": []byte("\x89PNG\r\n\x1a\n" + p.user)}
	var outbox list
	for _, post := range p.posts {
		if post.deleted || post.boosted != nil && !p.sees(post.boosted) {
			continue
		}
		outbox = append(outbox, post.activity())
		for _, f := range post.now().files {
			if !f.Processing && post.boosted == nil {
				files[f.exported()] = f.data()
			}
		}
	}
	files["outbox.json"] = exported("outbox.json", outbox)
	files["likes.json"] = exported("likes.json", p.named(p.favourites))
	files["bookmarks.json"] = exported("bookmarks.json", p.named(p.bookmarks))
	files["actor.json"] = appendJSON(nil, object{
		{"@context", everyone.context}, {"id", p.uri}, {"type", "Person"}, {"followers", p.uri + "/followers"},
		{"preferredUsername", p.user}, {"name", p.user}, {"summary", ""}, {"url", p.url}, {"published", second(p.created)},
		{"icon", object{{"type", "Image"}, {"url", "avatar.png"}}}, {"outbox", "outbox.json"}, {"likes", "likes.json"},
	})
	return files
}

// everyone are the words of ActivityStreams.
var everyone = struct{ context, public string }{
	"https://www.w3.org/ns/activitystreams", "https://www.w3.org/ns/activitystreams#Public",
}

// exported is a collection as an export has it, with @context twice (mastodon#30587).
func exported(name string, items list) []byte {
	return appendJSON(nil, object{{"@context", everyone.context}, {"@context", list{everyone.context, object{}}},
		{"id", name}, {"type", "OrderedCollection"}, {"orderedItems", items}})
}

// named are the posts of a collection that are still there, by their addresses.
func (p *Person) named(rows []row) (all list) {
	for _, r := range rows {
		if p.sees(r.post) {
			all = append(all, r.post.uri)
		}
	}
	return all
}

// activity is what made a post, as its author's server tells others.
func (p *Post) activity() object {
	to, cc := p.addressing()
	kind, id, made := "Create", p.uri+"/activity", any(nil)
	if p.boosted != nil {
		kind, id, made = "Announce", p.uri, p.boosted.uri
		if p.boosted.author == p.author && p.visibility == "private" { // nobody else could ask for it
			made = p.boosted.note()
		}
	} else {
		made = p.note()
	}
	return object{{"id", id}, {"type", kind}, {"actor", p.author.uri}, {"published", second(p.created)}, {"to", to},
		{"cc", cc}, {"object", made}}
}

// addressing is to whom a post goes (activitypub/tag_manager.rb).
func (p *Post) addressing() (to, cc list) {
	followers := p.author.uri + "/followers"
	named := listOf(p.now().mentions, func(m *Person) any { return m.uri })
	switch p.visibility {
	case "public":
		return list{everyone.public}, append(list{followers}, named...)
	case "unlisted":
		return list{followers}, append(list{everyone.public}, named...)
	case "private":
		return list{followers}, named
	}
	return named, nil
}

// note is a post in ActivityPub (activitypub/note_serializer.rb).
func (p *Post) note() object {
	now := p.now()
	to, cc := p.addressing()
	kind, parent := "Note", any(nil)
	if now.draft.Poll != nil {
		kind = "Question"
	}
	own := view{p.author.home, p.author}
	if above := own.above(p); above != nil {
		parent = above.uri
	}
	o := object{
		{"id", p.uri}, {"type", kind}, {"summary", orNull(now.draft.Warning)}, {"inReplyTo", parent},
		{"published", second(p.created)}, {"url", p.url}, {"attributedTo", p.author.uri}, {"to", to}, {"cc", cc}, {"sensitive", now.draft.Warning != ""},
		{"content", now.html},
	}
	o.set(now.draft.Language != "", "contentMap", object{{now.draft.Language, now.html}})
	o.set(!p.edited().IsZero(), "updated", second(p.edited()))
	o = append(o, field{"attachment", listOf(now.files, (*attachment).document)}, field{"tag", p.named()})
	if quoted := now.draft.Quote; quoted != nil && !quoted.deleted && own.inst.software.Quotes == QuoteState {
		_, accepted := own.quoted(p)
		o = append(o, field{"quote", quoted.uri})
		o.set(accepted != nil, "quoteAuthorization", quoted.author.uri+"/quote_authorizations/1")
	}
	return append(o, p.question()...)
}

// question are the fields of a poll.
func (p *Post) question() (fields object) {
	poll := p.now().draft.Poll
	if poll == nil {
		return nil
	}
	votes := make([]int, len(poll.Options))
	for _, choices := range p.votes {
		for _, choice := range choices {
			votes[choice]++
		}
	}
	options := list{}
	for n, title := range poll.Options {
		counted := object{{"type", "Collection"}, {"totalItems", votes[n]}}
		options = append(options, object{{"type", "Note"}, {"name", title}, {"replies", counted}})
	}
	fields.set(!poll.Multiple, "oneOf", options)
	fields.set(poll.Multiple, "anyOf", options)
	fields.set(!poll.Ends.IsZero(), "endTime", second(poll.Ends))
	fields.set(p.ended, "closed", second(poll.Ends))
	fields.set(true, "votersCount", len(p.votes))
	return fields
}

// named are the accounts, hashtags and pictures that a post names.
func (p *Post) named() (tags list) {
	now, home := p.now(), p.author.home
	for _, m := range now.mentions {
		tags = append(tags, object{{"type", "Mention"}, {"href", m.uri}, {"name", "@" + m.acct(home)}})
	}
	for _, t := range now.tags {
		name := strings.ToLower(t)
		tags = append(tags, object{{"type", "Hashtag"}, {"href", home.BaseURL() + "/tags/" + name}, {"name", "#" + name}})
	}
	for _, e := range now.emojis {
		icon := object{{"type", "Image"}, {"url", home.BaseURL() + "/system/custom_emojis/" + e + ".png"}}
		tags = append(tags, object{{"type", "Emoji"}, {"name", ":" + e + ":"}, {"icon", icon}})
	}
	return tags
}

// exported is the name of a file in an export: what is below /system/.
func (f *attachment) exported() string {
	_, name, _ := strings.Cut(f.original(), "/system/")
	return path.Clean(name)
}

func (f *attachment) document() any {
	return object{{"type", "Document"}, {"mediaType", types[f.Format]}, {"url", f.exported()}, {"name", orNull(f.Alt)},
		{"width", 8}, {"height", 8}}
}

// second writes a time as ActivityPub does here; null for the zero time.
func second(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
