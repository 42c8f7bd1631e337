package export

import (
	"strings"

	"github.com/tidwall/gjson"
)

// text is a string that any database stores, or empty where the value is none.
func text(v gjson.Result) string {
	if v.Type != gjson.String {
		return ""
	}
	return strings.ReplaceAll(strings.ToValidUTF8(v.Str, "\uFFFD"), "\x00", "\uFFFD")
}

// identity is what names a thing, which may stand in its place.
func identity(v gjson.Result) string {
	if v.IsObject() {
		return text(v.Get("id"))
	}
	return text(v)
}

func identities(v gjson.Result) []string {
	var ids []string
	for _, one := range v.Array() {
		if id := identity(one); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// times is how often an object has a member.
func times(v gjson.Result, member string) (n int) {
	v.ForEach(func(key, _ gjson.Result) bool {
		if key.Str == member {
			n++
		}
		return true
	})
	return n
}

// is says whether a thing is of a type; it may have several.
func is(v gjson.Result, kind string) bool {
	for _, t := range v.Get("type").Array() {
		if t.Str == kind {
			return true
		}
	}
	return false
}

// address is where a thing can be looked at: its url, of which there may be several, in objects or as they are.
func address(v gjson.Result) string {
	for _, one := range v.Get("url").Array() {
		if one.IsObject() {
			one = one.Get("href")
		}
		if a := text(one); a != "" {
			return a
		}
	}
	return ""
}

// or is a value, or null where it is empty.
func or(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
