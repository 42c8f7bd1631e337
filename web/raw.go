package web

import (
	"encoding/json"
	"net/http"

	"lama/store"
)

// raw is a post as its server sent it: all of it for who asked for it, and for others what everybody is told.
func (r *Reader) raw(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	posts, err := r.Store.Posts(q.Context(), v, []string{q.URL.Query().Get("uri")})
	if err != nil {
		return err
	}
	if len(posts) == 0 {
		return absence
	}
	text := posts[0].JSON
	if !posts[0].Own {
		if text, err = impersonal(text); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text)
	return nil
}

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

func impersonal(text []byte) ([]byte, error) {
	var status any
	if err := json.Unmarshal(text, &status); err != nil {
		return nil, err
	}
	return json.Marshal(publicPart(status))
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
