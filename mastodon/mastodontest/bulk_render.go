package mastodontest

import "strings"

// compile makes a template of every look.
func (b *Bulk) compile() map[bulkLook]template {
	all := map[bulkLook]template{}
	for kind := range bulkKinds {
		for text := range bulkTexts {
			for bits := range 8 {
				look := bulkLook{kind, text, bits&1 > 0, bits&2 > 0, bits&4 > 0}
				var value any = b.status(look)
				if look.notification {
					value = object{{"id", "{row}"}, {"type", "mention"}, {"created_at", "{at}"},
						{"group_key", "ungrouped-{row}"}, {"account", b.author(look)}, {"status", value}}
				}
				all[look] = newTemplate(value)
			}
		}
	}
	return all
}

// The strangers, who wrote what is nobody's own, and whom some texts name.
const (
	strangerHost = "far{stranger}.example"
	strangerName = "neighbour{stranger}"
)

// status is a post as Mastodon 4.5 shows it to whose collection it is in.
func (b *Bulk) status(look bulkLook) object {
	base, user := b.writer(look)
	text := bulkTexts[look.text]
	var parent, answered any
	if look.reply {
		parent, answered = "{parent}", "{user_id}"
	}
	o := object{
		{"id", "{id}"}, {"created_at", "{at}"}, {"in_reply_to_id", parent}, {"in_reply_to_account_id", answered},
		{"sensitive", false}, {"spoiler_text", ""}, {"visibility", "public"}, {"language", "en"},
		{"uri", base + "/users/" + user + "/statuses/{id}"}, {"url", base + "/@" + user + "/{id}"},
		{"replies_count", 2}, {"reblogs_count", 5}, {"favourites_count", 17}, {"quotes_count", 0}, {"edited_at", nil},
		{"favourited", look.kind == bulkFavourite}, {"reblogged", false}, {"muted", false},
		{"bookmarked", look.kind == bulkBookmark},
	}
	o.set(look.kind == bulkStatus, "pinned", false)
	o = append(o, field{"filtered", list{}}, field{"content", b.html(text)}, field{"reblog", nil})
	o.set(look.kind == bulkStatus, "application", object{{"name", "Web"}, {"website", nil}})
	return append(o,
		field{"account", b.author(look)}, field{"media_attachments", b.images(look)}, field{"mentions", b.mentions(look)},
		field{"tags", b.tags(text)}, field{"emojis", list{}}, field{"quote", nil}, field{"card", nil}, field{"poll", nil},
		field{"quote_approval", object{{"automatic", list{"public"}}, {"manual", list{}}, {"current_user", "automatic"}}})
}

// mentions are the stranger whom the text names, and whose mention it is.
func (b *Bulk) mentions(look bulkLook) list {
	mentions := list{}
	if look.kind == bulkMention {
		mentions = append(mentions, object{{"id", "{user_id}"}, {"username", "{user}"},
			{"url", b.base() + "/@{user}"}, {"acct", "{user}"}})
	}
	if strings.Contains(bulkTexts[look.text], bulkMentioned) {
		mentions = append(mentions, object{{"id", "2{stranger}"}, {"username", strangerName},
			{"url", "https://" + strangerHost + "/@" + strangerName}, {"acct", strangerName + "@" + strangerHost}})
	}
	return mentions
}

func (b *Bulk) images(look bulkLook) list {
	if !look.image {
		return list{}
	}
	address := b.base() + "/system/media_attachments/{id}"
	return list{object{
		{"id", "{id}"}, {"type", "image"}, {"url", address}, {"preview_url", address}, {"remote_url", nil},
		{"preview_remote_url", nil}, {"text_url", nil}, {"meta", object{{"original", object{
			{"width", 16}, {"height", 16}, {"size", "16x16"}, {"aspect", 1}}}}},
		{"description", "heron number {number}"}, {"blurhash", "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH"},
	}}
}

// writer is who wrote a post: whose collection it is in, or a stranger.
func (b *Bulk) writer(look bulkLook) (base, user string) {
	if look.kind == bulkStatus {
		return b.base(), "{user}"
	}
	return "https://" + strangerHost, strangerName
}

// author is the account of who wrote a post.
func (b *Bulk) author(look bulkLook) object {
	base, user := b.writer(look)
	id, acct := "{user_id}", user
	if look.kind != bulkStatus {
		id, acct = "2{stranger}", user+"@"+strangerHost
	}
	files := b.base() + "/system/accounts/avatars/109/302/436/861/482/307/original/0a1b2c3d4e5f6a7b.png"
	o := object{
		{"id", id}, {"username", user}, {"acct", acct}, {"display_name", "Zoë from the north 🌊"},
		{"locked", false}, {"bot", false}, {"discoverable", true}, {"indexable", true}, {"group", false},
		{"created_at", "2016-04-01T00:00:00.000Z"},
		{"note", "<p>I write about ponds, herons and the people who look at them. Ça va&nbsp;? 今日は。 Often wrong, " +
			"seldom in doubt, always on a train.</p><p>Posts vanish when I feel like it; what I favourite is a bookmark.</p>"},
		{"url", base + "/@" + user}, {"uri", base + "/users/" + user},
		{"avatar", files}, {"avatar_static", files}, {"avatar_description", ""},
		{"header", files}, {"header_static", files}, {"header_description", ""},
		{"followers_count", 412}, {"following_count", 380}, {"statuses_count", 20417}, {"last_status_at", "2025-11-02"},
		{"hide_collections", false}, {"noindex", false}, {"emojis", list{}},
	}
	o.set(look.kind == bulkStatus, "roles", list{})
	return append(o, field{"fields", list{
		object{{"name", "pronouns"}, {"value", "they/them"}, {"verified_at", nil}},
		object{{"name", "likes"}, {"value", "ponds, trains, rain on a roof, letters on paper"}, {"verified_at", nil}},
		object{{"name", "web"}, {"value", `<a href="` + base + `/about" rel="me"><span>about</span></a>`},
			{"verified_at", "2023-02-11T09:30:00.000+00:00"}},
	}})
}
