package store

import (
	"maps"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// askedFor are the pictures of a post, each asked for by its path.
func askedFor(json string) map[string]string {
	all := map[string]string{}
	add := func(kind string, of gjson.Result, names ...string) {
		for _, name := range names {
			if address := of.Get(name).String(); fetchable(address) {
				all[address] = kind
				return
			}
		}
	}
	o := gjson.Parse(json)
	add(card, o, "card.image")
	for _, where := range []string{"emojis", "account.emojis", "poll.emojis"} {
		for _, e := range o.Get(where).Array() {
			add(emoji, e, "static_url", "url")
		}
	}
	add(avatar, o, "account.avatar_static", "account.avatar")
	return all
}

// member draws a member of an object, written in any of these ways, or none.
func member(t *rapid.T, name string, values ...string) string {
	if value := rapid.SampledFrom(append(values, "")).Draw(t, name); value != "" {
		return `"` + name + `":` + value
	}
	return `"x` + name + `":"{"`
}

func objectOf(t *rapid.T, members ...string) string {
	return "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), " , ") + "}"
}

func TestPicturesAreFoundInOnePass(t *testing.T) {
	addresses := []string{`"https://a.example/1"`, `"https:\/\/a.example/\u0032"`, `"http://a.example/3"`, `"/4"`, `""`, "null", "5", "[]", "{}"}
	rapid.Check(t, func(t *rapid.T) {
		one := objectOf(t, member(t, "static_url", addresses...), member(t, "url", addresses...))
		two := objectOf(t, member(t, "url", addresses...), member(t, "shortcode", `"x"`))
		emojis := []string{"[]", "null", "7", one, "[" + one + "]", "[" + two + ",null,\"x\"," + one + "]"}
		odd := []string{"null", `"{"`, "[]", "[" + one + "]", "true"}
		account := objectOf(t, member(t, "avatar", addresses...), member(t, "emojis", emojis...), member(t, "avatar_static", addresses...))
		post := objectOf(t,
			member(t, "card", append(odd, objectOf(t, member(t, "image", addresses...)))...),
			member(t, "poll", append(odd, objectOf(t, member(t, "emojis", emojis...)))...),
			member(t, "emojis", emojis...), member(t, "account", append(odd, account)...), member(t, "id", `"1"`))
		if got, want := picturesOf(excerptOf(gjson.Parse(post))), askedFor(post); !maps.Equal(got, want) {
			t.Fatalf("%s shows %v, not %v", post, got, want)
		}
	})
}

func TestOfSeveralMembersOfANameTheFirstIsShown(t *testing.T) {
	const post = `{"card":{"image":"https://a.example/1"},"card":{"image":"https://a.example/2"}}`
	if got := picturesOf(excerptOf(gjson.Parse(post))); !maps.Equal(got, askedFor(post)) || got["https://a.example/1"] != card {
		t.Errorf("got %v", got)
	}
}
