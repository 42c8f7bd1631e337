package markup

import (
	"bytes"
	"strings"
)

// reader turns tokens into content.
type reader struct {
	prose
	links     []Link
	files     []Attachment
	dropQuote bool
	open      *opened // the link that is being read
	aside     *aside  // the part that is being read and that is not the author's text
	lists     int     // depth of lists
	pre       int     // depth of <pre>
	hidden    bool    // in a script or the like
}

// opened is a link whose end was not seen yet.
type opened struct {
	Link
	start int // of its text
}

// aside is a part of a post that the server wrote. Only its end tag makes it one: where that never comes,
// the text stays.
type aside struct {
	class string
	name  string // of the element
	depth int    // of elements of that name
	prose prose  // as it was before
	links int    // how many there were before
}

// asides are the classes of such parts.
var asides = []string{"gts-placeholder-attachments", "gts-system-message", "reference-link-inline", "quote-inline"}

// breaks are the line breaks around an element; in lists there is never more than one.
var breaks = map[string]int{
	"p": 2, "div": 2, "blockquote": 2, "pre": 2, "hr": 2, "table": 2, "ul": 2, "ol": 2, "dl": 2, "figure": 2,
	"h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "section": 2, "article": 2, "details": 2, "center": 2,
	"li": 1, "dt": 1, "dd": 1, "tr": 1, "figcaption": 1, "summary": 1,
}

func (r *reader) text(b []byte) {
	if !r.hidden {
		r.write(b)
	}
}

func (r *reader) start(t tag) {
	r.begin(t)
	r.pause(t.name)
	switch t.name {
	case "td", "th":
		r.space = true
	case "ul", "ol":
		r.lists++
	case "pre":
		r.pre++
		r.verbatim = true
	case "script", "style", "iframe", "noembed", "noframes", "noscript":
		r.hidden = true
	case "img":
		r.text([]byte(t.alt)) // custom emoji come as images (Friendica)
	case "a":
		r.closeLink()
		r.openLink(t)
	}
}

func (r *reader) end(name string) {
	switch name {
	case "ul", "ol":
		r.lists = max(r.lists-1, 0)
	case "pre":
		r.pre = max(r.pre-1, 0)
		r.verbatim = r.pre > 0
	case "script", "style", "iframe", "noembed", "noframes", "noscript":
		r.hidden = false
	case "a":
		r.closeLink()
	}
	r.finishAside(name)
	r.pause(name)
}

// pause is the break that an element's start and its end make; </br> is a <br> to browsers too.
func (r *reader) pause(name string) {
	if name == "br" {
		r.newline()
	}
	n := breaks[name]
	if r.lists > 0 {
		n = min(n, 1)
	}
	r.breakTo(n)
}

func (r *reader) openLink(t tag) {
	if t.href == "" || len(r.links) == maxLinks {
		return
	}
	r.open = &opened{start: len(r.buf), Link: Link{URL: t.href, Classes: t.classes, Kind: t.kind()}}
	if c := r.last(); c == '@' || c == '#' {
		r.open.Sigil = c
	}
}

func (r *reader) closeLink() {
	if r.open == nil {
		return
	}
	l := r.open.Link
	l.Text = strings.TrimSpace(string(r.buf[r.open.start:]))
	if l.Sigil == 0 && (strings.HasPrefix(l.Text, "@") || strings.HasPrefix(l.Text, "#")) {
		l.Sigil = l.Text[0]
	}
	r.links, r.open = append(r.links, l), nil
}

// begin notes where an aside starts.
func (r *reader) begin(t tag) {
	if r.aside != nil {
		if r.aside.name == t.name {
			r.aside.depth++
		}
		return
	}
	for _, class := range asides {
		if t.has(class) {
			r.aside = &aside{class: class, name: t.name, depth: 1, prose: r.prose, links: len(r.links)}
			return
		}
	}
}

// finishAside takes an aside out again once its end is seen.
func (r *reader) finishAside(name string) {
	a := r.aside
	if a == nil || a.name != name {
		return
	}
	if a.depth--; a.depth > 0 {
		return
	}
	r.closeLink()
	r.aside = nil
	if a.class == "quote-inline" {
		for i := a.links; i < len(r.links); i++ {
			r.links[i].Kind = Quote
		}
		if !r.dropQuote {
			return
		}
	} else {
		if a.class == "gts-placeholder-attachments" {
			r.files = append(r.files, attachments(r.links[a.links:], r.buf[len(a.prose.buf):])...)
		}
		r.links = r.links[:a.links]
	}
	r.buf, r.gap, r.space = r.buf[:len(a.prose.buf)], a.prose.gap, a.prose.space
}

// attachments reads GoToSocial's list of what it did not download, each line "name [description]"
// (typeutils/util.go, placeholderAttachments).
func attachments(links []Link, list []byte) []Attachment {
	var files []Attachment
	for _, l := range links {
		_, rest, _ := bytes.Cut(list, []byte(l.Text))
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		alt := strings.TrimSpace(string(line))
		files = append(files, Attachment{URL: l.URL, Alt: strings.TrimSuffix(strings.TrimPrefix(alt, "["), "]")})
		list = after
	}
	return files
}

func (r *reader) finish() Content {
	r.closeLink()
	return Content{Text: strings.TrimSpace(string(r.buf)), Links: r.links, Attachments: r.files}
}
