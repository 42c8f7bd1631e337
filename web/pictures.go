package web

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"lama/store"
)

// gallery are the pictures of a post that the archive has and that a browser can show, their paths by their addresses.
type gallery map[string]string

func (v Views) gallery(s store.Seen) gallery {
	g := gallery{}
	for address, p := range s.Pictures {
		if slices.Contains(inline, p.Type) && strings.HasPrefix(p.Type, "image/") {
			g[address] = v.PicturePath(p)
		}
	}
	return g
}

// first is the path of the first of these addresses that is there.
func (g gallery) first(addresses ...gjson.Result) string {
	for _, a := range addresses {
		if path := g[a.String()]; path != "" {
			return path
		}
	}
	return ""
}

// emoji are custom emoji that can be shown, their paths by what stands between colons in a text.
type emoji map[string]string

// shortcode is what an emoji may be called: nothing that means something in HTML, of at most so many characters. A regular
// expression that counted them would hold these classes as often, and take 6 ms of the start of every command.
var shortcode = regexp.MustCompile(`^[\p{L}\p{N}_@.+-]+$`)

const longestShortcode = 100

// emoji are those of some lists of an entity.
func (g gallery) emoji(lists ...gjson.Result) emoji {
	e := emoji{}
	for _, list := range lists {
		for _, one := range list.Array() {
			path := g.first(one.Get("static_url"), one.Get("url"))
			if code := one.Get("shortcode").String(); path != "" && nameable(code) {
				e[code] = path
			}
		}
	}
	return e
}

func nameable(code string) bool {
	return utf8.RuneCountInString(code) <= longestShortcode && shortcode.MatchString(code)
}

// mostEmoji bounds how many emoji of one text are shown, since each is far longer than its shortcode. The others stay those.
const mostEmoji = 50

// in is HTML's text with its emoji.
func (e emoji) in(text string) string {
	var b strings.Builder
	for n := 0; n < mostEmoji && len(e) > 0; {
		before, rest, opened := strings.Cut(text, ":")
		code, after, closed := strings.Cut(rest, ":")
		if !opened || !closed {
			break
		}
		b.WriteString(before)
		if path := e[code]; path != "" {
			fmt.Fprintf(&b, `<img class="emoji" src="%s" alt=":%s:" title=":%[2]s:" loading="lazy">`, html.EscapeString(path), code)
			n, text = n+1, after
			continue
		}
		b.WriteString(":")
		text = rest
	}
	b.WriteString(text)
	return b.String()
}

// label is plain text as HTML, with its emoji.
func (e emoji) label(text string) template.HTML {
	return template.HTML(e.in(html.EscapeString(text))) // #nosec G203 -- it is escaped
}
