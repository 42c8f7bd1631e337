package mastodon

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// A member is kept in short, and is all that gjson makes of it.
func TestAMemberIsWhatWasWritten(t *testing.T) {
	value := rapid.SampledFrom([]string{`""`, `"tea"`, `"\u003cp\u003e \"x\" \ud83d\ude00"`, `"7"`, `7`, `-0.50`, `12345678901234567890`,
		`1e3`, `true`, `false`, `null`, `{}`, `[]`, `{ "x" : [ 1 ] }`, `[ "a", 2, null, {"b":"\n"} ]`})
	rapid.Check(t, func(t *rapid.T) {
		written := value.Draw(t, "value")
		o, err := decodeObject(fmt.Appendf(nil, ` { "other":1, "m" : %s , "last":"x" } `, written))
		if err != nil {
			t.Fatal(err)
		}
		got, want := o.get("m"), gjson.Parse(written)
		if got.Type != want.Type || got.Str != want.Str || got.Num != want.Num || got.Exists() != want.Exists() ||
			got.Type != gjson.String && got.Raw != want.Raw || got.String() != want.String() {
			t.Fatalf("%s is read as %+v, not %+v", written, got, want)
		}
		if a, b := fmt.Sprint(got.Array()), fmt.Sprint(want.Array()); a != b {
			t.Fatalf("the items of %s are read as %s, not %s", written, a, b)
		}
		if o.get("none").Exists() {
			t.Fatal("there is what was not written")
		}
	})
}

// The objects of a list share the room in which they are read, and nothing else.
func TestObjectsOfAListAreReadApart(t *testing.T) {
	field := rapid.SampledFrom([]string{`"id":"1"`, `"acct":"ann"`, `"url":7`, `"username":null`, `"id":"2"`, `"uri":"\u003c"`, `"x":{}`})
	item := rapid.Custom(func(t *rapid.T) string {
		return "{" + strings.Join(rapid.SliceOfN(field, 0, 12).Draw(t, "fields"), ",") + "}"
	})
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.OneOf(item, rapid.SampledFrom([]string{"null", "7", "[{}]"})), 0, 6).Draw(t, "items")
		var want []Account
		for _, i := range items {
			if o, err := decodeObject([]byte(i)); err == nil {
				want = append(want, readAccount(o))
			}
		}
		o, err := decodeObject([]byte(`{"all":[` + strings.Join(items, ",") + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := list(o, "all", readAccount); !slices.Equal(got, want) {
			t.Fatalf("%s are read as %v, not %v", items, got, want)
		}
	})
}

func TestTextIsWellFormed(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "é", "日本", "\x00", "\xff", "\xe6\x97", "\xed\xa0\x80", "\uFFFD"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, "parts"), "")
		want := strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		if got := wellFormed(s); got != want {
			t.Fatalf("%q became %q, not %q", s, got, want)
		}
	})
}
