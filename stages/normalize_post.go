package stages

import (
	"slices"
	"strconv"
	"strings"

	"lama/archive"
	"lama/markup"
	"lama/mastodon"
)

// post is a status as the archive has it.
func (v View) post(r *reading) archive.Post {
	var options []markup.Option
	if r.Quote.Accepted() {
		options = append(options, markup.WithoutQuote())
	}
	content := markup.Parse(r.Content, options...)
	links := slices.DeleteFunc(content.Links, func(l markup.Link) bool { return names(r.Status, l) || !leads(l.URL) })
	return archive.Post{
		URI:         r.URI,
		ID:          r.ID,
		Instance:    v.Account.Instance,
		URL:         r.URL,
		Author:      v.handle(r.Account),
		AuthorURL:   r.Account.URL,
		Visibility:  r.Visibility,
		Language:    r.Language,
		SpoilerText: r.SpoilerText,
		Content:     content.Text,
		Hashtags:    hashtags(r.Tags),
		Mentions:    v.mentions(r.Mentions),
		Links:       columns(links),
		PollOptions: r.Poll.Options,
		PollEnds:    archive.ParseTime(r.Poll.ExpiresAt),
		Media:       media(r.Media, content.Attachments),
		CreatedAt:   archive.ParseTime(r.CreatedAt),
		EditedAt:    archive.ParseTime(r.EditedAt),
		FetchedBy:   v.Account.Name(),
		Origin:      v.origin(r.Status),
		JSON:        r.json,
		References:  v.references(r, links),
	}
}

func hashtags(tags []mastodon.Tag) []string {
	var names []string
	for _, t := range tags {
		if t.Name != "" {
			names = append(names, t.Name)
		}
	}
	return names
}

func (v View) mentions(mentions []mastodon.Mention) []string {
	var handles []string
	for _, m := range mentions {
		if handle := v.handle(mastodon.Account(m)); handle != "" {
			handles = append(handles, handle)
		}
	}
	return handles
}

// media lists a post's files; those that GoToSocial did not download stand in the text, with the address of
// their originals.
func media(files []mastodon.MediaAttachment, inText []markup.Attachment) []archive.Attachment {
	var all []archive.Attachment
	for _, f := range files {
		a := archive.Attachment{Position: len(all), Type: f.Type, Alt: f.Description, URL: f.URL,
			RemoteURL: f.RemoteURL, ID: f.ID}
		if a.RemoteURL == a.URL {
			a.RemoteURL = ""
		}
		all = append(all, apart(a, all))
	}
	for _, f := range inText {
		if !slices.ContainsFunc(all, func(a archive.Attachment) bool { return a.RemoteURL == f.URL }) {
			all = append(all, archive.Attachment{Position: len(all), Type: "unknown", Alt: f.Alt, RemoteURL: f.URL})
		}
	}
	return all
}

// apart makes an attachment that has the address of another of its post one of its own: a fragment, which no
// request carries.
func apart(a archive.Attachment, others []archive.Attachment) archive.Attachment {
	same := func(b archive.Attachment) bool { return b.Source() == a.Source() }
	switch {
	case !slices.ContainsFunc(others, same):
	case a.RemoteURL != "":
		a.RemoteURL += "#" + strconv.Itoa(a.Position)
	case a.URL != "":
		a.URL += "#" + strconv.Itoa(a.Position)
	}
	return a
}

// wrapper is a boost as a post of its own, and whether it says anything that its target does not. Old Mastodon,
// Pleroma and Fedibird mirror the target in the wrapper; what is mirrored is left out, or it would be found,
// followed and downloaded twice.
func (v View) wrapper(r *reading, target archive.Post) (p archive.Post, own bool) {
	p = v.post(r)
	p.Reblog = target.URI
	if p.URI == target.URI { // Pleroma, Akkoma
		p.URI = boostURI(target.URI, p.Instance, p.ID)
	}
	// A mirrored quote may keep the fallback that the target's own text has lost.
	text := !mirrors(p.Content, target.Content) && !mirrors(markup.Text(r.Content, markup.WithoutQuote()), target.Content)
	if !text {
		p.Content, p.SpoilerText, p.Hashtags, p.Mentions, p.Links, p.References = "", "", nil, nil, nil, nil
	}
	p.Media = lacking(p.Media, target.Media)
	if slices.Equal(p.PollOptions, target.PollOptions) {
		p.PollOptions = nil
	}
	return p, text || len(p.Media) > 0 || len(p.PollOptions) > 0
}

// lacking are the files that are not among others.
func lacking(files, others []archive.Attachment) []archive.Attachment {
	var own []archive.Attachment
	for _, a := range files {
		if !slices.ContainsFunc(others, func(b archive.Attachment) bool { return a.Source() == b.Source() }) {
			own = append(own, a)
		}
	}
	return own
}

// boostURI names a boost that shares its target's URI.
func boostURI(target, instance, id string) string { return target + "#boost-" + instance + "/" + id }

// mirrors says whether a wrapper's text is nothing of its own: none, its target's, or Mastodon 2's "RT @user …".
func mirrors(text, target string) bool {
	return strings.HasPrefix(text, "RT @") || text == "" || slices.Equal(strings.Fields(text), strings.Fields(target))
}
