package export

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/store"
)

// The parts of ActivityPub that Mastodon's exports are made of.
type (
	activityPub struct {
		Context   string   `json:"@context"`
		ID        string   `json:"id"`
		Type      string   `json:"type"`
		Actor     string   `json:"actor"`
		Published string   `json:"published,omitempty"`
		To        []string `json:"to"`
		Cc        []string `json:"cc"`
		Object    any      `json:"object"`
	}
	note struct {
		ID           string            `json:"id"`
		Type         string            `json:"type"`
		Summary      *string           `json:"summary"`
		InReplyTo    *string           `json:"inReplyTo"`
		Published    string            `json:"published,omitempty"`
		Updated      string            `json:"updated,omitempty"`
		URL          string            `json:"url"`
		AttributedTo string            `json:"attributedTo"`
		To           []string          `json:"to"`
		Cc           []string          `json:"cc"`
		Sensitive    bool              `json:"sensitive"`
		Content      string            `json:"content"`
		ContentMap   map[string]string `json:"contentMap,omitempty"`
		QuoteURI     string            `json:"quoteUri,omitempty"`
		Attachment   []document        `json:"attachment"`
		Tag          []tag             `json:"tag"`
		OneOf        []choice          `json:"oneOf,omitempty"`
		AnyOf        []choice          `json:"anyOf,omitempty"`
		EndTime      string            `json:"endTime,omitempty"`
		Closed       string            `json:"closed,omitempty"`
		VotersCount  *int64            `json:"votersCount,omitempty"`
		Replies      *total            `json:"replies,omitempty"`
		Likes        *total            `json:"likes,omitempty"`
		Shares       *total            `json:"shares,omitempty"`
	}
	document struct {
		Type      string `json:"type"`
		MediaType string `json:"mediaType,omitempty"`
		URL       string `json:"url"`
		Name      string `json:"name"`
		Blurhash  string `json:"blurhash,omitempty"`
		Width     int64  `json:"width,omitempty"`
		Height    int64  `json:"height,omitempty"`
	}
	tag struct {
		Type string `json:"type"`
		Href string `json:"href,omitempty"`
		Name string `json:"name"`
		Icon *image `json:"icon,omitempty"`
	}
	image struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	}
	choice struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Replies total  `json:"replies"`
	}
	total struct {
		Type       string `json:"type"`
		TotalItems int64  `json:"totalItems"`
	}
)

const (
	vocabulary = "https://www.w3.org/ns/activitystreams"
	everybody  = vocabulary + "#Public"
)

// create is the activity by which an account posted.
func create(p Post, files []string) activityPub {
	s := gjson.ParseBytes(p.JSON)
	actor := actorID(s.Get("account"), p.URI)
	n := note{ID: p.URI, Type: "Note", Summary: text(p.SpoilerText), InReplyTo: text(p.Seen.Parent), Published: stamp(p.CreatedAt),
		Updated: stamp(p.EditedAt), URL: cmp.Or(p.URL, p.URI), AttributedTo: actor, Sensitive: s.Get("sensitive").Bool(),
		Content: s.Get("content").String(), Attachment: documents(p.Seen.Files, files, s), Tag: tags(s),
		Replies: count(s.Get("replies_count")), Likes: count(s.Get("favourites_count")), Shares: count(s.Get("reblogs_count"))}
	n.To, n.Cc = audience(p.Visibility, actor, mentioned(s))
	if p.Language != "" {
		n.ContentMap = map[string]string{p.Language: n.Content}
	}
	if q := p.Seen.Quoted; q != nil {
		n.QuoteURI = q.URI
	}
	ask(&n, s.Get("poll"))
	return activityPub{vocabulary, strings.TrimSuffix(p.URI, "/") + "/activity", "Create", actor, n.Published, n.To, n.Cc, n}
}

// announce is the activity by which an account boosted. Its URI is that of the boost.
func announce(p Post) activityPub {
	actor := actorID(gjson.GetBytes(p.JSON, "account"), p.URI)
	var author []string
	if b := p.Seen.Boosted; b != nil {
		author = []string{actorID(gjson.GetBytes(b.JSON, "account"), b.URI)}
	}
	to, cc := audience(p.Visibility, actor, author)
	return activityPub{vocabulary, p.URI, "Announce", actor, stamp(p.CreatedAt), to, cc, p.Reblog}
}

// text is null where there is none.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// audience is to whom a post of a visibility is sent.
func audience(visibility, actor string, named []string) (to, cc []string) {
	followers := actor + "/followers"
	named = append([]string{}, named...)
	switch visibility {
	case "public":
		return []string{everybody}, append([]string{followers}, named...)
	case "unlisted":
		return []string{followers}, append([]string{everybody}, named...)
	case "private":
		return []string{followers}, named
	}
	return named, []string{}
}

// actorID is an account's id in ActivityPub. Servers tell it since Mastodon 4.3; before, it is what the URIs of its posts
// begin with, or its address.
func actorID(account gjson.Result, post string) string {
	before, _, found := strings.Cut(post, "/statuses/")
	if !found {
		before = ""
	}
	return cmp.Or(account.Get("uri").String(), before, account.Get("url").String())
}

func mentioned(s gjson.Result) (all []string) {
	for _, m := range s.Get("mentions").Array() {
		all = append(all, m.Get("url").String())
	}
	return all
}

func tags(s gjson.Result) []tag {
	all := []tag{}
	for _, m := range s.Get("mentions").Array() {
		all = append(all, tag{Type: "Mention", Href: m.Get("url").String(), Name: "@" + m.Get("acct").String()})
	}
	for _, t := range s.Get("tags").Array() {
		all = append(all, tag{Type: "Hashtag", Href: t.Get("url").String(), Name: "#" + t.Get("name").String()})
	}
	for _, e := range s.Get("emojis").Array() {
		name := ":" + e.Get("shortcode").String() + ":"
		all = append(all, tag{Type: "Emoji", Name: name, Icon: &image{"Image", e.Get("url").String()}})
	}
	return all
}

// documents are the files of a post: in the export, or where they were.
func documents(files []store.SeenFile, paths []string, s gjson.Result) []document {
	all := []document{}
	for i, f := range files {
		said := entity(s, f, i)
		d := document{Type: "Document", MediaType: f.Type, Name: f.Alt, Blurhash: said.Get("blurhash").String(),
			Width: said.Get("meta.original.width").Int(), Height: said.Get("meta.original.height").Int()}
		if i < len(paths) {
			d.URL = paths[i]
		}
		d.URL = cmp.Or(d.URL, said.Get("remote_url").String(), said.Get("url").String())
		all = append(all, d)
	}
	return all
}

// entity is what a status says of its file at a position. The archive may know that by the id which another server has
// for it.
func entity(s gjson.Result, f store.SeenFile, position int) (found gjson.Result) {
	all := s.Get("media_attachments").Array()
	for i, one := range all {
		if one.Get("id").String() == f.MediaID {
			return one
		}
		if i == position {
			found = one
		}
	}
	return found
}

// ask makes a note a question where it has a poll.
func ask(n *note, poll gjson.Result) {
	if len(poll.Get("options").Array()) == 0 {
		return
	}
	var choices []choice
	for _, o := range poll.Get("options").Array() {
		choices = append(choices, choice{"Note", o.Get("title").String(), total{"Collection", o.Get("votes_count").Int()}})
	}
	if n.Type, n.OneOf = "Question", choices; poll.Get("multiple").Bool() {
		n.OneOf, n.AnyOf = nil, choices
	}
	n.EndTime = stamp(archive.ParseTime(poll.Get("expires_at").String()))
	if poll.Get("expired").Bool() {
		n.Closed = n.EndTime
	}
	if voters := count(poll.Get("voters_count")); voters != nil {
		n.VotersCount = &voters.TotalItems
	}
}

// count is how many a server counted; nil where it does not say.
func count(n gjson.Result) *total {
	if n.Type != gjson.Number {
		return nil
	}
	return &total{"Collection", n.Int()}
}
