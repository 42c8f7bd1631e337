package stages

import (
	"slices"
	"strings"

	"lama/archive"
	"lama/markup"
	"lama/mastodon"
	"lama/permalink"
)

// references are the posts that a status replies to, links to or quotes.
func (v View) references(r *reading, links []markup.Link) []archive.Reference {
	var refs []archive.Reference
	add := func(c archive.Chain, target archive.Name) {
		if ref := (archive.Reference{Chain: c, Target: target}); target != "" && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	add(archive.ChainParent, v.name(r.InReplyToID, r.InReplyToURI))
	known := v.namesOf(r.Status)
	if r.Quote.Accepted() {
		quote := v.name(r.Quote.ID, r.Quote.URL)
		add(archive.ChainQuote, quote)
		known = append(known, quote, v.name("", r.Quote.URL))
		if r.quoted != nil {
			known = append(known, v.namesOf(r.quoted.Status)...)
		}
	}
	for _, l := range links {
		fallback := l.Kind == markup.Quote && r.Quote.Accepted()
		if name := v.linkName(r.Status, l.URL); (permalink.Looks(l.URL) || name.Instance() != "") && !fallback && !slices.Contains(known, name) {
			add(archive.ChainLink, name)
		}
	}
	return refs
}

// name calls a post by its id on the account's instance, or by its URL where that is all there is.
func (v View) name(id, url string) archive.Name {
	if id != "" {
		return archive.IDName(v.Account.Instance, id)
	}
	return archive.URLName(permalink.Canonical(url))
}

// linkName is what a link calls a post: an address of the account's own instance holds the id, and so may the link's
// card.
func (v View) linkName(s mastodon.Status, address string) archive.Name {
	id, local := permalink.LocalID(address, v.Account.Instance)
	if !local && s.Card.URL == address {
		id = s.Card.StatusID
	}
	return v.name(id, address)
}

// namesOf are all names that a link may have for a status.
func (v View) namesOf(s mastodon.Status) []archive.Name {
	return []archive.Name{v.name(s.ID, ""), v.name("", s.URI), v.name("", s.URL)}
}

// columns are links as the archive shows them.
func columns(links []markup.Link) []archive.Link {
	var all []archive.Link
	for _, l := range links {
		text := l.Text
		if text == l.URL {
			text = ""
		}
		all = append(all, archive.Link{URL: l.URL, Text: text, Mastodon: permalink.Looks(l.URL)})
	}
	return all
}

// names says whether a link stands for a mention or a hashtag. Mastodon tells by classes; Pleroma and Misskey
// leave them out, GNU Social puts the sigil before the link.
func names(s mastodon.Status, l markup.Link) bool {
	if l.Kind == markup.Mention || l.Kind == markup.Hashtag {
		return true
	}
	if l.Sigil == '#' && (strings.Contains(l.URL, "/tags/") || strings.Contains(l.URL, "/tag/")) {
		return true // the tag's name may differ: Mastodon takes its accents off
	}
	word := strings.TrimRight(strings.TrimLeft(l.Text, "@#"), ".,:;!?")
	user, _, _ := strings.Cut(word, "@")
	return slices.ContainsFunc(s.Mentions, func(m mastodon.Mention) bool {
		return l.URL == m.URL || l.Sigil == '@' && strings.EqualFold(user, m.Username)
	}) || slices.ContainsFunc(s.Tags, func(t mastodon.Tag) bool {
		return l.URL == t.URL || l.Sigil == '#' && strings.EqualFold(word, t.Name)
	})
}

// schemes are those of Mastodon's sanitizer (lib/sanitize_ext/sanitize_config.rb) and mail.
var schemes = []string{
	"http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini", "mailto",
}

// leads says whether an address leads anywhere outside its page, and runs nothing.
func leads(address string) bool {
	scheme, _, ok := strings.Cut(address, ":")
	return ok && slices.Contains(schemes, strings.ToLower(scheme))
}
