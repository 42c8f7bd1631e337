package mastodontest

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// body is what a post's text says: as HTML, as the text to be read out of that, and whom and what it names.
type body struct {
	html     string
	text     string
	plain    string // the text without the fallback of a quote
	mentions []*Person
	tags     []string
	links    []string // all of them but the fallback of a quote
	emojis   []string
}

var emojiPattern = regexp.MustCompile(`:[a-z][a-z_]*:`)

// write turns a draft into the content that its author's server sends out.
func (w *World) write(draft Draft, home *Instance) body {
	b := body{html: draft.HTML, text: draft.Text, mentions: draft.Mentions, tags: draft.Tags, links: draft.Links}
	if draft.HTML == "" {
		b.html, b.text = "", ""
		b.paragraphs(w, draft.Text, home)
	}
	for _, emoji := range emojiPattern.FindAllString(draft.Text+" "+draft.Warning, -1) {
		if name := strings.Trim(emoji, ":"); !slices.Contains(b.emojis, name) {
			b.emojis = append(b.emojis, name)
		}
	}
	b.plain = b.text
	if draft.Quote != nil {
		b.quote(draft.Quote.target().url, home)
	}
	return b
}

// paragraphs reads a draft's text. Mastodon makes paragraphs, other software breaks.
func (b *body) paragraphs(w *World, text string, home *Instance) {
	if text == "" {
		return
	}
	var markup, plain []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		var m, t []string
		for line := range strings.SplitSeq(paragraph, "\n") {
			lineHTML, lineText := b.line(w, line, home)
			m, t = append(m, lineHTML), append(t, lineText)
		}
		markup, plain = append(markup, strings.Join(m, "<br>")), append(plain, strings.Join(t, "\n"))
	}
	b.text = strings.Join(plain, "\n\n")
	switch home.software.IDs {
	case Flake:
		b.html = strings.Join(markup, "<br><br>")
	case AIDX:
		b.html = "<p><span>" + strings.Join(markup, "<br><br>") + "</span></p>"
	default:
		b.html = "<p>" + strings.Join(markup, "</p><p>") + "</p>"
	}
}

func (b *body) line(w *World, line string, home *Instance) (markup, plain string) {
	var m, t []string
	for word := range strings.SplitSeq(line, " ") {
		token := strings.TrimRight(word, ".,;:!?)")
		tail := word[len(token):]
		if tail != "" && tail[0] == ':' && strings.HasPrefix(token, ":") { // an emoji's closing colon
			token, tail = word, ""
		}
		wordHTML, wordText := b.token(w, token, home)
		m, t = append(m, wordHTML+html.EscapeString(tail)), append(t, wordText+tail)
	}
	return strings.Join(m, " "), strings.Join(t, " ")
}

// token is one word without the punctuation behind it.
func (b *body) token(w *World, token string, home *Instance) (markup, plain string) {
	switch {
	case strings.HasPrefix(token, "https://") || strings.HasPrefix(token, "http://"):
		b.links = append(b.links, token)
		return anchor(token, home), token
	case strings.HasPrefix(token, "#") && len(token) > 1:
		name := token[1:]
		b.tags = append(b.tags, name)
		return fmt.Sprintf(`<a href="%s/tags/%s" class="mention hashtag" rel="tag">#<span>%s</span></a>`,
			home.BaseURL(), strings.ToLower(name), html.EscapeString(name)), token
	case strings.HasPrefix(token, "@"):
		if person := w.person(token[1:]); person != nil {
			if !slices.Contains(b.mentions, person) {
				b.mentions = append(b.mentions, person)
			}
			return fmt.Sprintf(`<span class="h-card" translate="no"><a href="%s" class="u-url mention">`+
				`@<span>%s</span></a></span>`, person.url, person.user), "@" + person.user
		}
	}
	return html.EscapeString(token), token
}

// anchor is a link as an instance writes it: Mastodon hides the scheme and what is long.
func anchor(url string, home *Instance) string {
	switch home.software.IDs {
	case Flake:
		return fmt.Sprintf(`<a href="%s" rel="ugc">%[1]s</a>`, html.EscapeString(url))
	case AIDX:
		return fmt.Sprintf(`<a href="%s">%[1]s</a>`, html.EscapeString(url))
	}
	scheme, rest, _ := strings.Cut(url, "://")
	shown, hidden, class := rest, "", ""
	if len(rest) > 30 {
		shown, hidden, class = rest[:30], rest[30:], "ellipsis"
	}
	return fmt.Sprintf(`<a href="%s" target="_blank" rel="nofollow noopener noreferrer" translate="no">`+
		`<span class="invisible">%s://</span><span class="%s">%s</span><span class="invisible">%s</span></a>`,
		html.EscapeString(url), scheme, class, html.EscapeString(shown), html.EscapeString(hidden))
}

// quote adds what shows a quote to those whose software knows none: Mastodon before the text, others behind it.
func (b *body) quote(url string, home *Instance) {
	fallback := "RE: " + url
	switch {
	case b.text == "":
		b.text = fallback
	case home.software.IDs == Snowflake:
		b.text = fallback + "\n\n" + b.text
	default:
		b.text += "\n\n" + fallback
	}
	if home.software.IDs == Snowflake {
		b.html = `<p class="quote-inline">RE: ` + anchor(url, home) + "</p>" + b.html
		return
	}
	b.html += `<span class="quote-inline"><br><br>RE: ` + anchor(url, home) + "</span>"
}
