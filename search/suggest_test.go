package search_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/search"
)

func TestSuggest(t *testing.T) {
	values := map[string][]string{
		"from": {"zoe@far.example", "Zed@far.example", "ana@home.example"}, "tag": {"heron", "日本語", "two words"},
		"by": {"ana@home.example", "bob@home.example"}, "language": {"de", "en"},
	}
	for text, want := range map[string][]string{
		"":                      nil,
		"gard":                  nil,
		"fr":                    {"from:"},
		"garden b":              {"garden before:", "garden by:"},
		"garden -H":             {"garden -has:"},
		"from:z":                {"from:zoe@far.example", "from:Zed@far.example"},
		"FROM:@ZO":              {"FROM:zoe@far.example"},
		"from:ana@home.example": nil,
		`"a phrase"from:an`:     {`"a phrase"from:ana@home.example`},
		`"from:z`:               nil,
		"x OR tag:#h":           {"x OR tag:heron"},
		"tag:日":                 {"tag:日本語"},
		"tag:two":               nil,
		"is:":                   {"is:reply", "is:edited", "is:deleted", "is:sensitive"},
		"in:posts,b":            {"in:posts,boosts", "in:posts,bookmarks"},
		"by:ana@home.example,":  {"by:ana@home.example,ana@home.example", "by:ana@home.example,bob@home.example"},
		"tea　language:":         {"tea　language:de", "tea　language:en"},
		"before:2":              nil,
		"http://":               nil,
	} {
		got := search.Suggest(text, func(operator string) []string { return values[operator] })
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%q (-want +got): %s", text, d)
		}
	}
}
