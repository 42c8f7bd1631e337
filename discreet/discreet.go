// Package discreet takes out of a status what its server told to the one who asked for it.
package discreet

import (
	"bytes"
	"encoding/json"
)

// told are the fields of a status, and of what is in it, that a server tells everybody alike. All others are left out:
// those that speak of who asked (favourited, bookmarked, own_votes, filtered …), those that nobody knows yet, and posts
// within the post, which have visibilities of their own.
var told = map[string]bool{}

func init() {
	for _, name := range []string{
		"id", "uri", "url", "created_at", "edited_at", "in_reply_to_id", "in_reply_to_account_id", "sensitive", "spoiler_text",
		"visibility", "language", "content", "content_type", "replies_count", "reblogs_count", "favourites_count", "quotes_count",
		"account", "media_attachments", "mentions", "tags", "emojis", "card", "poll",
		"username", "acct", "display_name", "locked", "bot", "discoverable", "indexable", "group", "note", "avatar",
		"avatar_static", "header", "header_static", "followers_count", "following_count", "statuses_count", "last_status_at",
		"fields", "name", "value", "verified_at", "noindex",
		"type", "preview_url", "remote_url", "preview_remote_url", "text_url", "meta", "original", "small", "focus", "width",
		"height", "size", "aspect", "frame_rate", "duration", "bitrate", "x", "y", "description", "blurhash", "shortcode",
		"static_url", "visible_in_picker", "title", "author_name", "author_url", "provider_name", "provider_url", "image",
		"image_description", "published_at", "expires_at", "expired", "multiple", "votes_count", "voters_count", "options",
	} {
		told[name] = true
	}
}

// Status is a status as everybody might have been told it. It is nil where the text is no JSON.
func Status(text []byte) []byte { return encode(publicPart(decode(text))) }

// Alone is a status as Status has it, without saying what it replies to.
func Alone(text []byte) []byte {
	status := publicPart(decode(text))
	if fields, ok := status.(map[string]any); ok {
		delete(fields, "in_reply_to_id")
		delete(fields, "in_reply_to_account_id")
	}
	return encode(status)
}

// decode reads JSON; numbers stay as they were written: an id may be a large one.
func decode(text []byte) (value any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil
	}
	return value
}

func encode(value any) []byte {
	if value == nil {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // it was read from JSON
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func publicPart(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, inside := range value {
			if told[name] {
				value[name] = publicPart(inside)
			} else {
				delete(value, name)
			}
		}
	case []any:
		for i, inside := range value {
			value[i] = publicPart(inside)
		}
	}
	return value
}
