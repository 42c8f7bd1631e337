package web

import (
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	tokens "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// policy is what of a post's HTML a page shows: the elements that Mastodon's own sanitizer leaves, and addresses that lead
// to another host. There is no style, no script, no image, nothing that makes a request, and no link into the reader.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "span", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i", "em", "ul", "ol",
		"li", "ruby", "rt", "rp", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "xmpp", "gemini", "gopher", "magnet")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(invisible|ellipsis|quote-inline)$`)).OnElements("span", "p")
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z-]{2,20}$`)).OnElements("p", "span")
	return p
}

// sanitised is a post's HTML as a page may hold it. Links that the archive can follow itself lead there: local names the
// addresses, as a browser would follow them. What has no element at all is plain text whose line breaks count.
func sanitised(source string, local map[string]string, e emoji) template.HTML {
	if !strings.Contains(source, "<") {
		source = strings.ReplaceAll(source, "\n", "<br>")
	}
	clean := policy.Sanitize(source)
	if len(local) == 0 && len(e) == 0 {
		return template.HTML(clean) // #nosec G203 -- it is sanitised
	}
	return template.HTML(relinked(clean, local, e)) // #nosec G203 -- it is sanitised, the links are escaped
}

// relinked exchanges the addresses of links, and shortcodes for emoji. Its input is what the policy left, so that it need not doubt it.
func relinked(clean string, local map[string]string, e emoji) string {
	var b strings.Builder
	for z := tokens.NewTokenizer(strings.NewReader(clean)); ; {
		kind := z.Next()
		if kind == tokens.ErrorToken {
			return b.String()
		}
		raw := string(z.Raw())
		switch kind {
		case tokens.TextToken:
			raw = e.in(raw)
		case tokens.StartTagToken:
			if t := z.Token(); t.DataAtom == atom.A && local[href(t)] != "" {
				raw = `<a href="` + html.EscapeString(local[href(t)]) + `">`
			}
		}
		b.WriteString(raw)
	}
}

func href(t tokens.Token) string {
	for _, a := range t.Attr {
		if a.Key == "href" {
			return a.Val
		}
	}
	return ""
}
