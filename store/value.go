package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"lama/archive"
)

// optional is text whose empty value is NULL.
type optional string

// clean makes text fit for both databases: Postgres refuses NUL and invalid UTF-8. Nearly all text is, and ToValidUTF8 is slow
// to find nothing.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// maxKey bounds, in bytes, what stands in an index: Postgres refuses entries over 2,704.
const maxKey = 1000

// indexable is text that stands in an index. What is longer, which no honest server sends, keeps its beginning and a
// digest of the whole.
func indexable(s string) string {
	if s = clean(s); len(s) <= maxKey {
		return s
	}
	cut := maxKey - 40
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "~" + digest(s)
}

// list is a JSON array for [tx.list].
func list(rows [][]any) string {
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err) // only strings and numbers are ever listed
	}
	if rows == nil {
		return "[]"
	}
	return string(b)
}

// listOf is a JSON array of one-column rows.
func listOf[T ~string](values []T) string {
	rows := make([][]any, len(values))
	for i, v := range values {
		rows[i] = []any{v}
	}
	return list(rows)
}

// column values that a JSON column shows; an empty one is NULL.
func jsonColumn[T any](values []T) optional {
	if len(values) == 0 {
		return ""
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // only our own plain types are ever marshalled
	}
	text, _ := storable(b) // Postgres can't look into JSON with a NUL
	return optional(text)
}

// scanTime reads a time from either database.
type scanTime struct{ to *archive.Time }

func (s scanTime) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*s.to = archive.Time{}
	case time.Time:
		*s.to = archive.At(src)
	case string:
		*s.to = archive.ParseTime(src)
	default:
		return fmt.Errorf("read a time from %T", src)
	}
	return nil
}

// scanText reads text that may be NULL.
type scanText struct{ to *string }

func (s scanText) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*s.to = ""
	case string:
		*s.to = src
	case []byte:
		*s.to = string(src)
	default:
		return fmt.Errorf("read text from %T", src)
	}
	return nil
}

// joinNames lists the columns of [define]'s first argument with a separator.
func joinNames(columns, separator string) string {
	fields := strings.Fields(columns)
	for i, f := range fields {
		fields[i], _, _ = strings.Cut(f, ":")
	}
	return strings.Join(fields, separator)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// storable is JSON that both databases take and can look into: without NUL, invalid UTF-8 and lone surrogates,
// which Postgres refuses. Where that differs from what came, the bytes as they came stand beside it.
func storable(raw []byte) (text string, verbatim any) {
	received := unsafe.String(unsafe.SliceData(raw), len(raw)) // #nosec G103 -- nobody changes what has come: package mastodon
	text = clean(received)
	if mayEscape(text) {
		text = replaceEscapes(text)
	}
	if text != received {
		return text, raw
	}
	return text, nil
}

// mayEscape says whether there may be something for [replaceEscapes], which looks at each escape, and a post has hundreds: of
// the quotes in its HTML.
func mayEscape(json string) bool {
	return strings.Contains(json, `\u0000`) || strings.Contains(json, `\ud`) || strings.Contains(json, `\uD`)
}

// escape is a backslash and what it escapes; a surrogate pair is taken whole.
var escape = regexp.MustCompile(`\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)`)

func replaceEscapes(json string) string {
	return escape.ReplaceAllStringFunc(json, func(e string) string {
		lone := len(e) == 6 && (e[2] == 'd' || e[2] == 'D') && strings.ContainsRune("89abcdefABCDEF", rune(e[3]))
		if e == `\u0000` || lone {
			return `\ufffd`
		}
		return e
	})
}
