package markup

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Kind is what a link is there for, as far as the HTML tells. Pleroma, Misskey and GNU Social leave the classes
// of mentions and hashtags out: compare such links with the post's mentions and tags.
type Kind int

// The kinds of link.
const (
	Plain   Kind = iota
	Mention      // of an account
	Hashtag
	Quote // the fallback of a quoted post, for servers that know no quotes
)

// Link is an <a> with an address.
type Link struct {
	URL     string // as written, entities decoded
	Text    string
	Classes []string
	Kind    Kind
	Sigil   byte // '@' or '#' where the text begins with it or it stands right before the link, else 0
}

// maxLinks bounds what a hostile post can make of a few bytes each; the rest are text only.
const maxLinks = 1000

// tag is the part of a start tag that matters here.
type tag struct {
	name    string
	href    string
	alt     string
	rel     []string
	classes []string
}

func (t tag) has(class string) bool { return slices.Contains(t.classes, class) }

// kind says what a link with these classes is. Mastodon's hashtags have the class "mention" too.
func (t tag) kind() Kind {
	switch {
	case t.has("hashtag") || slices.Contains(t.rel, "tag"):
		return Hashtag
	case t.has("mention"):
		return Mention
	}
	return Plain
}

func readTag(z *html.Tokenizer) tag {
	name, more := z.TagName()
	t := tag{name: string(name)}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href":
			t.href = strings.TrimSpace(string(value))
		case "alt":
			t.alt = string(value)
		case "rel":
			t.rel = strings.Fields(string(value))
		case "class":
			t.classes = strings.Fields(string(value))
		}
	}
	return t
}
