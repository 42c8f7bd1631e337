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

// Around is a post and what a page shows around it.
type Around struct {
	Post        *Post
	Parents     []*Post
	Above       bool // the topmost of them replies to something that is not here
	MoreAbove   bool // there are more of them, for which there is no room
	Replies     []Reply
	MoreReplies bool // some were left out
	Reasons     []string
	Fetched     archive.Time
	FetchedBy   string
	Imported    string // from what, for people; empty where a server sent it
	Versions    []Edition
	Files       []Medium
}

// Reply is an archived reply and how far it is set in.
type Reply struct {
	Post  *Post
	Depth int
}

// maxIndent is the depth from which replies are set in no further.
const maxIndent = 5

// Edition is how one version of a post differs from the one before it.
type Edition struct {
	At      archive.Time
	Changes []Change
}

// Around makes it of a thread.
func (v Views) Around(t store.Thread) Around {
	p := v.Post(t.Post)
	p.Focus = true
	a := Around{Post: p, Parents: v.Posts(t.Parents), Above: t.Above, MoreReplies: t.More, Reasons: reasons(doings(t.Post)),
		Fetched: t.Post.FetchedAt, FetchedBy: t.Post.FetchedBy, Imported: imports[t.Post.Imported],
		Files: p.Media, Versions: versions(subject(t.Post), t.Versions)}
	left := fullPage
	left.fitting([]*Post{p}, "post")
	slices.Reverse(a.Parents) // the nearest come first where there is no room for all
	n := left.fitting(a.Parents, "post")
	a.MoreAbove, a.Parents = n < len(a.Parents), a.Parents[:n]
	slices.Reverse(a.Parents)
	for _, below := range t.Replies {
		one := shortened(v.Post(below.Seen))
		if left.fitting([]*Post{one}, "post"); left < 0 {
			a.MoreReplies = true
			break
		}
		a.Replies = append(a.Replies, Reply{one, min(below.Depth, maxIndent)})
	}
	return a
}

func (r *Reader) post(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	t, err := r.Store.Thread(q.Context(), v, q.URL.Query().Get("uri"))
	if err != nil {
		return err
	}
	if t == nil {
		return absence
	}
	body := r.views.Around(*t)
	return r.show(w, q, v, "post", Page{Title: body.Post.Author.Name, Body: body})
}

// imports are what a post may have been imported from, for people.
var imports = map[string]string{archive.FromLAMA: "an archive of LAMA 1.x", archive.FromExport: "an export of its server's",
	archive.FromMastodonArchive: "a file of mastodon-archive"}

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
func versions(now store.Seen, older []store.Version) []Edition {
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
	var changed []Edition
	for i, v := range all {
		before := ""
		if i+1 < len(all) {
			before = all[i+1].text
		}
		changed = append(changed, Edition{v.at, differences(before, v.text)})
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
