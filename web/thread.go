package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/markup"
	"lama/store"
)

// reply is an archived reply and how far it is set in.
type reply struct {
	Post  *Post
	Depth int
}

// maxIndent is the depth from which replies are set in no further.
const maxIndent = 5

// version is how one version of a post differs from the one before it.
type version struct {
	At      archive.Time
	Changes []Change
}

func (r *Reader) post(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	t, err := r.Store.Thread(q.Context(), v, q.URL.Query().Get("uri"))
	if err != nil {
		return err
	}
	if t == nil {
		return absence
	}
	p := view(t.Post)
	p.Focus = true
	body := struct {
		Post        *Post
		Parents     []*Post
		Above       bool
		MoreAbove   bool
		Replies     []reply
		MoreReplies bool
		Reasons     []string
		Fetched     archive.Time
		FetchedBy   string
		Versions    []version
		Files       []Medium
	}{Post: p, Parents: views(t.Parents), Above: t.Above, MoreReplies: t.More, Reasons: reasons(t.Post.Activities),
		Fetched: t.Post.FetchedAt, FetchedBy: t.Post.FetchedBy, Files: p.Media, Versions: versions(subject(t.Post), t.Versions)}
	left := fullPage
	left.fitting([]*Post{p}, "post")
	slices.Reverse(body.Parents) // the nearest come first where there is no room for all
	n := left.fitting(body.Parents, "post")
	body.MoreAbove, body.Parents = n < len(body.Parents), body.Parents[:n]
	slices.Reverse(body.Parents)
	for _, below := range t.Replies {
		one := shortened(view(below.Seen))
		if left.fitting([]*Post{one}, "post"); left < 0 {
			body.MoreReplies = true
			break
		}
		body.Replies = append(body.Replies, reply{one, min(below.Depth, maxIndent)})
	}
	return r.show(w, q, v, "post", Page{Title: p.Author.Name, Body: body})
}

// subject is the post itself, or what it boosts.
func subject(s store.Seen) store.Seen {
	if s.Boosted != nil {
		return *s.Boosted
	}
	return s
}

// reasons say why a post is here and since when: what an account did, or from which of its doings one came to it.
func reasons(activities []store.Reason) []string {
	var all []string
	for _, a := range activities {
		text := a.Account + " " + words[a.Base]
		switch a.Chain {
		case archive.ChainNone:
			text += " it"
		case archive.ChainParent:
			text += " a reply below it"
		case archive.ChainLink:
			text += " a post that links to it"
		case archive.ChainQuote:
			text += " a post that quotes it"
		}
		switch a.Base {
		case archive.BaseMention:
			text = a.Account + " is mentioned in " + text[len(a.Account)+len(" mentioned "):]
		case archive.BasePoll:
			text = a.Account + " voted in or made the poll of " + text[len(a.Account)+len(" voted "):]
		}
		if text += ", archived " + local(a.ArchivedAt, "2 January 2006, 15:04"); !a.RemovedAt.IsZero() {
			text += "; taken back, noticed on " + local(a.RemovedAt, "2 January 2006")
		}
		all = append(all, text)
	}
	return all
}

// versions are the versions of a post, the newest first, each with what it changed of the one before.
func versions(now store.Seen, older []store.Version) []version {
	if len(older) == 0 {
		return nil
	}
	type text struct {
		at   archive.Time
		text string
	}
	all := []text{{firstKnown(now.EditedAt, now.FetchedAt), plain(gjson.ParseBytes(now.JSON))}}
	for _, v := range older {
		all = append(all, text{firstKnown(v.EditedAt, now.CreatedAt, v.FetchedAt), plain(gjson.ParseBytes(v.JSON))})
	}
	var changed []version
	for i, v := range all {
		before := ""
		if i+1 < len(all) {
			before = all[i+1].text
		}
		changed = append(changed, version{v.at, differences(before, v.text)})
	}
	changed[len(changed)-1].Changes = []Change{{Text: all[len(all)-1].text}}
	return slices.Clip(changed)
}

func firstKnown(times ...archive.Time) archive.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return archive.Time{}
}

// plain is all that can be edited of a post's words.
func plain(o gjson.Result) string {
	text := markup.Text(o.Get("content").String())
	if w := o.Get("spoiler_text").String(); w != "" {
		text = "[" + w + "]\n\n" + text
	}
	for _, option := range o.Get("poll.options").Array() {
		text += "\n○ " + option.Get("title").String()
	}
	for _, m := range o.Get("media_attachments").Array() {
		text += "\n▣ " + cmp.Or(m.Get("description").String(), m.Get("type").String())
	}
	return visibleText(text)
}
