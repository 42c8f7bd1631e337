package store

import (
	"slices"

	"github.com/tidwall/gjson"
)

// excerpt is what is read of a post's JSON beside what stands in columns.
type excerpt struct {
	card, emojis, poll, media, parent, akkoma, sensitive gjson.Result
	name, authorEmojis, avatarStatic, avatar             gjson.Result
}

// excerptOf reads it in one pass, since that goes through all of the text.
func excerptOf(json gjson.Result) excerpt {
	var post [8]gjson.Result
	pick(json, post[:], "account", "card", "emojis", "poll", "media_attachments", "in_reply_to_id", "akkoma", "sensitive")
	var author [4]gjson.Result
	pick(post[0], author[:], "display_name", "emojis", "avatar_static", "avatar")
	return excerpt{card: post[1], emojis: post[2], poll: post[3], media: post[4], parent: post[5], akkoma: post[6],
		sensitive: post[7], name: author[0], authorEmojis: author[1], avatarStatic: author[2], avatar: author[3]}
}

// pick reads members of an object, into found, in one pass; of several of a name it is the first.
func pick(object gjson.Result, found []gjson.Result, names ...string) {
	left := len(names)
	object.ForEach(func(name, value gjson.Result) bool {
		if i := slices.Index(names, name.Str); i >= 0 && !found[i].Exists() {
			found[i], left = value, left-1
		}
		return left > 0
	})
}
