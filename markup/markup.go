// Package markup reads a post's HTML as the servers of the fediverse write it: its text as a person would read
// it, and its links. It sees hostile input: one pass of a tokenizer, no tree, no recursion, linear time.
package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// Content is what a post's HTML says.
type Content struct {
	Text        string
	Links       []Link       // in order, mentions and hashtags included
	Attachments []Attachment // what GoToSocial did not download and lists in the text instead
}

// Attachment is a media file that stands in the text.
type Attachment struct {
	URL string // on the author's server
	Alt string
}

// Option changes how HTML is read.
type Option func(*reader)

// WithoutQuote leaves the fallback of a quote out of the text ("RE: https://…", for servers that know no
// quotes). Its link is still among the links.
func WithoutQuote() Option { return func(r *reader) { r.dropQuote = true } }

// Text is the text of a post's HTML. A blank line parts paragraphs, <br> and list items begin lines, entities
// are decoded; the parts of a shortened link that browsers hide are there, the ellipsis is not. What servers
// add themselves (notes of GoToSocial, reference links of Fedibird) is left out. HTML without any tag is taken
// as plain text whose line breaks count.
func Text(source string, options ...Option) string { return Parse(source, options...).Text }

// Links are the links of a post's HTML in order, mentions and hashtags included.
func Links(source string) []Link { return Parse(source).Links }

// Parse reads a post's HTML in one pass; [Text] says how.
func Parse(source string, options ...Option) Content {
	r := reader{prose: prose{verbatim: !hasTag(source)}}
	for _, o := range options {
		o(&r)
	}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return r.finish()
		case html.TextToken:
			r.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(readTag(z))
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(string(name))
		}
	}
}

// hasTag says whether a tokenizer would find anything but text in source.
func hasTag(source string) bool {
	for {
		i := strings.IndexByte(source, '<')
		if i < 0 || i+1 == len(source) {
			return false
		}
		source = source[i+1:]
		if c := source[0] | 0x20; 'a' <= c && c <= 'z' || strings.IndexByte("/!?", source[0]) >= 0 {
			return true
		}
	}
}
