package mastodon

import (
	"encoding/json"
	"net/url"
	"strings"
)

// links reads the next and prev addresses of Link headers (RFC 8288; what servers write of it).
func links(headers []string) (next, prev string) {
	for _, header := range headers {
		for header != "" {
			var target, parameters string
			target, parameters, header = cutLink(header)
			for rel := range strings.FieldsSeq(relation(parameters)) {
				switch {
				case strings.EqualFold(rel, "next") && next == "":
					next = target
				case strings.EqualFold(rel, "prev") && prev == "":
					prev = target
				}
			}
		}
	}
	return next, prev
}

// cutLink takes the first link off a header: <target>; parameters, rest. A comma may stand in a target.
func cutLink(header string) (target, parameters, rest string) {
	_, header, _ = strings.Cut(header, "<")
	target, header, _ = strings.Cut(header, ">")
	parameters, rest = cutUnquoted(header, ',')
	return target, parameters, rest
}

// cutUnquoted cuts at the first separator that does not stand in quotes.
func cutUnquoted(s string, separator rune) (before, after string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// relation is the value of the parameter rel.
func relation(parameters string) string {
	for parameters != "" {
		var p string
		p, parameters = cutUnquoted(parameters, ';')
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// cursors are the parameters of a link that say where a page begins, the usual ones first.
var cursors = []string{"max_id", "min_id", "since_id", "cursor"}

// mended are the links of a page, each by the way that it leads: older versions of Pixelfed call next what leads up, and
// prev what leads down (pixelfed#3354). A prev that leads to the page itself, asked, leads nowhere (takahe#361).
func mended(next, prev, asked string) (down, up string) {
	_, n := Cursor(next)
	at, p := Cursor(prev)
	same, _ := Cursor(asked)
	if n == "min_id" || n == "since_id" || next == "" && p == "max_id" && at != same {
		return prev, next
	}
	return next, prev
}

// byLikes are the links of a page of favourites with the ends that its items name. Pixelfed sends the newest one's like_id
// with next, and the oldest one's with prev (ApiV1Controller.php:1305-1309): so each page would begin one item further
// down than the one before.
func byLikes(next, prev string, items []json.RawMessage) (down, up string) {
	newest, oldest := "", ""
	for _, item := range items {
		o, _ := decodeObject(item)
		like := o.text("like_id")
		if !made(like, isDigit) {
			return next, prev
		}
		if order, _ := Compare(like, newest); newest == "" || order > 0 {
			newest = like
		}
		if order, _ := Compare(like, oldest); oldest == "" || order < 0 {
			oldest = like
		}
	}
	return withCursor(next, "max_id", oldest), withCursor(prev, "min_id", newest)
}

// withCursor is a link with another value of its cursor, where it has that cursor.
func withCursor(link, name, value string) string {
	u, err := url.Parse(link)
	if _, has := Cursor(link); err != nil || has != name || value == "" {
		return link
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// Cursor is the cursor in a link, and its parameter's name; both empty where there is none. It belongs to the
// endpoint that gave the link, and is an item's id only by chance.
func Cursor(link string) (value, parameter string) {
	u, err := url.Parse(link)
	if err != nil {
		return "", ""
	}
	query := u.Query()
	for _, name := range cursors {
		if v := query.Get(name); v != "" {
			return v, name
		}
	}
	return "", ""
}

// Compare orders two cursors of one collection, older first. Numbers are compared as such, other ids (ULID,
// flake, aid) only where they have the same length; what else there is (encoded URLs, opaque tokens) can't be
// compared.
func Compare(a, b string) (order int, ok bool) {
	digitsA, digitsB := made(a, isDigit), made(b, isDigit)
	switch {
	case digitsA && digitsB:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if len(a) != len(b) {
			return len(a) - len(b), true
		}
	case len(a) != len(b), !made(a, isAlphanumeric), !made(b, isAlphanumeric):
		return 0, false
	}
	return strings.Compare(a, b), true
}

// made says whether s is not empty and all of it is of a class.
func made(s string, class func(byte) bool) bool {
	for i := range len(s) {
		if !class(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlphanumeric(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
