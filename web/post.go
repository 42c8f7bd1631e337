package web

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/markup"
	"lama/store"
)

// Post is a post as the pages show it: everything in it is text that templates escape, or HTML that was sanitised.
type Post struct {
	URI, Path, Raw string
	Original       string // the post at its server; empty where it has no address
	Author         Person
	BoostedBy      *Person // who boosted it, where it came by that
	BoostPath      string
	BoostedAt      archive.Time
	At             archive.Time
	Edited         archive.Time
	Visibility     string
	Language       string
	Warning        template.HTML
	Sensitive      bool // its media are covered
	Content        template.HTML
	Poll           *Poll
	Card           *Card
	Media          []Medium
	Quote          *Post
	QuoteAway      bool // it quotes something that is not here for this viewer
	Replies        int64
	Boosts         int64
	Favourites     int64
	Gone           string // what became of it on its server
	IsReply        bool
	Why            []string
	Focus          bool    // the page is about it
	Found          []found // what a search has found in it beside Content
	Cut            bool    // Content is its beginning only
	Unmarked       bool    // it is shown as a quote: small, and without a head of its own
}

// Views make what pages show out of what the archive has.
type Views struct{ Addresses }

// Post makes a post.
func (v Views) Post(s store.Seen) *Post {
	if s.Boosted != nil {
		p := v.Post(*s.Boosted)
		by := v.person(gjson.GetBytes(s.JSON, "account"), s.Author, v.gallery(s))
		p.BoostedBy, p.BoostPath, p.BoostedAt, p.Why = &by, v.PostPath(s.URI), s.CreatedAt, why(doings(s))
		return p
	}
	o, g := gjson.ParseBytes(s.JSON), v.gallery(s)
	e := g.emoji(o.Get("emojis"), o.Get("poll.emojis"))
	p := &Post{
		URI: s.URI, Path: v.PostPath(s.URI), Raw: v.RawPath(s.URI), Original: outward(s.URL), Author: v.person(o.Get("account"), s.Author, g),
		At: s.CreatedAt, Edited: s.EditedAt, Visibility: s.Visibility, Language: language(o), Gone: gone(s), Why: why(doings(s)),
		Warning: e.label(visible(o.Get("spoiler_text").String())), Sensitive: o.Get("sensitive").Bool(),
		Content: sanitised(content(o, s.Quoted != nil), v.links(o, s), e), Poll: poll(o.Get("poll"), s.Own, e), Card: card(o.Get("card"), g),
		Media: v.media(o, s), Replies: o.Get("replies_count").Int(), Boosts: o.Get("reblogs_count").Int(),
		Favourites: o.Get("favourites_count").Int(), QuoteAway: s.QuoteAway,
		IsReply: o.Get("in_reply_to_id").String() != "" || o.Get("akkoma.in_reply_to_apid").String() != "",
	}
	if s.Quoted != nil {
		p.Quote = v.Post(*s.Quoted)
		p.Quote.Unmarked, p.Quote.Quote, p.Quote.Why = true, nil, nil
	}
	return p
}

// Posts makes the posts of a list, in their order: of a long one the beginning.
func (v Views) Posts(posts []store.Seen) []*Post {
	all := make([]*Post, len(posts))
	for i, s := range posts {
		all[i] = shortened(v.Post(s))
	}
	return all
}

// inlineQuote is the line that stands for a quote where a server, Mastodon or Pleroma, knows none.
var inlineQuote = regexp.MustCompile(`(?s)<(p|span) class="quote-inline">.*?</a></(p|span)>`)

// content is the text of a status, without the line that stands for a quote where that is shown.
func content(o gjson.Result, quoted bool) string {
	html := o.Get("content").String()
	if quoted {
		html = inlineQuote.ReplaceAllString(html, "")
	}
	return html
}

func language(o gjson.Result) string {
	l := o.Get("language").String()
	if len(l) > 20 || strings.ContainsFunc(l, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-'
	}) {
		return ""
	}
	return l
}

// links are the addresses in a post that the archive follows itself: people, tags and archived posts.
func (v Views) links(o gjson.Result, s store.Seen) map[string]string {
	to := map[string]string{}
	for _, m := range o.Get("mentions").Array() {
		handle := m.Get("acct").String()
		if !strings.Contains(handle, "@") {
			handle += "@" + s.Instance
		}
		to[m.Get("url").String()] = v.AuthorPath(handle)
	}
	for _, t := range o.Get("tags").Array() {
		to[t.Get("url").String()] = v.TagPath(t.Get("name").String())
	}
	for _, l := range markup.Links(o.Get("content").String()) {
		if l.Kind == markup.Hashtag {
			to[l.URL] = v.TagPath(strings.TrimLeft(l.Text, "#"))
		}
	}
	for target, uri := range s.Links {
		to[target] = v.PostPath(uri)
	}
	delete(to, "")
	return to
}

// gone says what became of a post on its server.
func gone(s store.Seen) string {
	switch {
	case !s.DeletedAt.IsZero():
		return "deleted by its author, noticed on " + s.DeletedAt.Format("2 January 2006")
	case !s.MissingSince.IsZero():
		return "no longer on its server, noticed on " + s.MissingSince.Format("2 January 2006")
	}
	return ""
}

// words say in a person's words what an activity is.
var words = map[archive.Base]string{
	archive.BasePost: "posted", archive.BaseReblog: "boosted", archive.BaseFavourite: "favourited",
	archive.BaseBookmark: "bookmarked", archive.BaseMention: "mentioned", archive.BasePoll: "voted",
}

// doings are a post's activities as people would tell them: who made a boost has not posted it, but boosted.
func doings(s store.Seen) []store.Reason {
	if s.Boosted == nil {
		return s.Activities
	}
	all := slices.Clone(s.Activities)
	for i := range all {
		if all[i].Base == archive.BasePost {
			all[i].Base = archive.BaseReblog
		}
	}
	return all
}

// why says for each activity who brought the post here and how.
func why(activities []store.Reason) []string {
	var all []string
	for _, a := range activities {
		if a.Chain == archive.ChainNone {
			all = append(all, words[a.Base]+" · "+a.Account)
		}
	}
	return all
}

// audience says for whom a post is.
func audience(visibility string) string {
	switch visibility {
	case "private":
		return "followers only"
	case "direct":
		return "mentioned people only"
	}
	return visibility
}
