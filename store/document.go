package store

import (
	"slices"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/search"
)

// document is what a post is found by; ok is false for a boost that says nothing of its own.
func document(p *archive.Post) (d search.Document, ok bool) {
	return documentOf(p, excerptOf(gjson.ParseBytes(p.JSON)))
}

// documentOf is the document of a post of whose JSON this is the excerpt.
func documentOf(p *archive.Post, e excerpt) (d search.Document, ok bool) {
	if p.Reblog != "" && p.Content == "" && p.SpoilerText == "" && len(p.Media) == 0 && len(p.PollOptions) == 0 {
		return d, false
	}
	more := unstored(e)
	author := indexable(p.Author) // as it is stored: an index that is made anew must be the same
	d.Texts = []string{p.Content, p.SpoilerText, author, more.name, more.title}
	for _, m := range p.Media {
		if !slices.Contains(d.Texts, m.Alt) { // a file that a post has twice is stored once
			d.Texts = append(d.Texts, m.Alt)
		}
	}
	d.Texts = append(append(d.Texts, p.PollOptions...), p.Hashtags...)
	d.Texts = slices.DeleteFunc(d.Texts, func(s string) bool { return s == "" })
	d.Facts = facts(p, more)
	return d, true
}

// facts are what operators ask for.
func facts(p *archive.Post, more jsonOnly) []string {
	all := append(search.Handles("from", p.Author), search.Languages(p.Language)...)
	for _, m := range p.Mentions {
		all = append(all, search.Handles("to", m)...)
	}
	for _, t := range p.Hashtags {
		all = append(all, search.Fact("tag", t))
	}
	for _, f := range []struct {
		operator, value string
		holds           bool
	}{
		{"has", "image", slices.Contains(more.media, "image")},
		{"has", "video", slices.Contains(more.media, "video") || slices.Contains(more.media, "gifv")},
		{"has", "audio", slices.Contains(more.media, "audio")},
		{"has", "media", len(p.Media) > 0},
		{"has", "poll", len(p.PollOptions) > 0},
		{"has", "link", len(p.Links) > 0 || more.card},
		{"has", "cw", p.SpoilerText != ""},
		{"is", "reply", more.reply},
		{"is", "edited", !p.EditedAt.IsZero()},
		{"is", "sensitive", more.sensitive},
	} {
		if f.holds {
			all = append(all, search.Fact(f.operator, f.value))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// jsonOnly is what stands in a post's JSON alone, and in no column.
type jsonOnly struct {
	name      string   // that the author goes by
	title     string   // of the page that it links to
	card      bool     // it links to a page
	media     []string // their types
	reply     bool
	sensitive bool
}

func unstored(e excerpt) jsonOnly {
	more := jsonOnly{
		name: e.name.String(), title: e.card.Get("title").String(), card: e.card.Get("url").String() != "",
		reply: e.parent.String() != "" || e.akkoma.Get("in_reply_to_apid").String() != "", sensitive: e.sensitive.Bool(),
	}
	for _, m := range e.media.Array() {
		more.media = append(more.media, m.Get("type").String())
	}
	return more
}
