package search

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// common are the characters that [foldCommon] takes; some of them might join the one before.
func common() (all, joining []rune) {
	for r := range rune(utf8.MaxRune) {
		folded, ok := foldCommon(string(r))
		if !ok || !utf8.ValidRune(r) {
			continue
		}
		all = append(all, r)
		if folded != "" && !norm.NFKC.PropertiesString(folded).BoundaryBefore() {
			joining = append(joining, r)
		}
	}
	return all, joining
}

func checkFold(t interface{ Errorf(string, ...any) }, s string) {
	if got, want := fold(s), foldAny(s); got != want {
		t.Errorf("%+q is folded to %+q, not %+q", s, got, want)
	}
}

func TestCommonCharactersAreOfTheirKind(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= utf8.MaxRune; r++ {
		if got, want := kindOf(r), kindOfAny(r); got != want {
			t.Errorf("%U is of kind %d, not %d", r, got, want)
		}
	}
}

func TestCommonCharactersAreFoldedAlikeInAnyCompany(t *testing.T) {
	all, joining := common()
	for _, r := range all {
		checkFold(t, string(r))
	}
	for _, r := range joining {
		for _, before := range all {
			if before < 0x3100 {
				checkFold(t, string([]rune{before, r}))
			}
		}
	}
	character := rapid.OneOf(rapid.Rune(), rapid.SampledFrom(all), rapid.Int32Range(utf8.RuneSelf, tabled))
	rapid.Check(t, func(t *rapid.T) {
		checkFold(t, string(rapid.SliceOfN(character, 0, 12).Draw(t, "word")))
	})
}
