package logs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rs/zerolog"
)

// clean is a line of JSON as it may be shown: on one line, free of invisible characters and of secrets.
func (o *output) clean(p []byte) []byte {
	p = Escape(p)
	if o.hidden == nil {
		return p
	}
	return []byte(o.hidden.Replace(string(p)))
}

// Escape writes what can't be seen, like U+202E or the control characters of a terminal, as JSON's \u escapes:
// no reader of JSON sees a difference. Line breaks and other control bytes that JSON allows between values at
// most, which come only with a server's raw JSON, become spaces: a line stays one line.
func Escape(p []byte) []byte {
	line, end := bytes.CutSuffix(p, []byte{'\n'})
	if utf8.Valid(line) && !bytes.ContainsFunc(line, invisible) {
		return p
	}
	out := make([]byte, 0, len(p)+64)
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		switch {
		case !invisible(r):
			out = utf8.AppendRune(out, r)
		case r < ' ':
			out = append(out, ' ')
		default:
			out = appendEscaped(out, r)
		}
		line = line[size:]
	}
	if end {
		out = append(out, '\n')
	}
	return out
}

func invisible(r rune) bool { return !unicode.IsPrint(r) }

func appendEscaped(out []byte, r rune) []byte {
	for _, u := range utf16.AppendRune(nil, r) {
		const hex = "0123456789abcdef"
		out = append(out, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
	}
	return out
}

// visible is a text with what can't be seen written as an escape.
func visible(s string) string {
	if !strings.ContainsFunc(s, invisible) {
		return s
	}
	var out []byte
	for _, r := range s {
		if invisible(r) {
			out = appendEscaped(out, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// visibleAll is a decoded value with all its texts visible.
func visibleAll(v any) any {
	switch v := v.(type) {
	case string:
		return visible(v)
	case []any:
		for i := range v {
			v[i] = visibleAll(v[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, value := range v {
			clean[visible(key)] = visibleAll(value)
		}
		return clean
	}
	return v
}

// prepare makes an event visible. A field that is a text stays: zerolog quotes it, which does the same.
func prepare(event map[string]any) error {
	for key, value := range maps.Clone(event) {
		_, text := value.(string)
		if !text || key == zerolog.MessageFieldName {
			value = visibleAll(value)
		}
		delete(event, key)
		event[visible(key)] = value
	}
	return nil
}

// readable turns a line of JSON into one for a person. A line that is not JSON stays as it is.
func readable(plain bool) func([]byte) []byte {
	return func(line []byte) []byte {
		var b bytes.Buffer
		w := zerolog.ConsoleWriter{Out: &b, NoColor: plain, TimeFormat: "15:04:05", FormatPrepare: prepare}
		if _, err := w.Write(line); err != nil {
			return line
		}
		return b.Bytes()
	}
}

// hide adds a secret to those that are never written.
func (o *output) hide(secret string) {
	if len(secret) < 4 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.secrets = append(o.secrets, spellings(secret)...)
	// The longest first: of two that begin alike, a replacer takes the one named first.
	slices.SortFunc(o.secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	o.secrets = slices.Compact(o.secrets)
	var pairs []string
	for _, s := range o.secrets {
		pairs = append(pairs, s, "[hidden]")
	}
	o.hidden = strings.NewReplacer(pairs...)
}

// spellings are the ways in which a text may stand within a line of JSON.
func spellings(s string) []string {
	var spelt []string
	for _, text := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
		for _, html := range []bool{false, true} {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(html)
			_ = e.Encode(text) // a string can't fail
			quoted := strings.TrimSuffix(b.String(), "\n")
			spelt = append(spelt, string(Escape([]byte(quoted[1:len(quoted)-1]))))
		}
	}
	return spelt
}
