package store

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mixed is text of what is plain and of what databases refuse.
var mixed = rapid.Custom(func(t *rapid.T) string {
	part := rapid.SampledFrom([]string{"a", "tea ", "é", "日本", "😀", "\x00", "\xff", "\xe6\x97", "\xed\xa0\x80", "\uFFFD", `"`, `\`, `\\`,
		`\n`, `\u0000`, `\\u0000`, `\u0041`, `\uD83D\uDE00`, `\ud83d\ude00`, `\ud800`, `\uDFFF`, `\uDbff\u0041`, `\uD7ff`, `\u00`})
	return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
})

func TestTextIsCleanedAlikeByTheQuickWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := mixed.Draw(t, "text")
		want := strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		if got := clean(s); got != want {
			t.Fatalf("%q is cleaned to %q, not %q", s, got, want)
		}
		got, verbatim := storable([]byte(s))
		if want = replaceEscapes(want); got != want || (verbatim != nil) != (want != s) {
			t.Fatalf("%q is stored as %q, not %q, with %q", s, got, want, verbatim)
		}
	})
}

func TestADigestIsOfItsPartsAndWhereTheyEnd(t *testing.T) {
	// As earlier versions of LAMA made them: archives hold them.
	for want, parts := range map[string][]string{
		"6e340b9cffb37a989ca544e6bb780a2c": {""},
		"19f771807b89993375658779b112fa0a": {"tea", "", "日本"},
	} {
		if got := digest(parts...); got != want {
			t.Errorf("%q has the digest %s", parts, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if s := rapid.String().Draw(t, "text"); digest([]byte(s)) != digest(s) {
			t.Fatalf("%q has two digests", s)
		}
	})
}
