package export

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTextMeansItself(t *testing.T) {
	for text, want := range map[string]string{
		"Tea & cake":                          `Tea \& cake`,
		"one\ntwo\n\nthree":                   "one\\\ntwo\n\nthree",
		"# no heading\n- no list\n1. no list": "\\# no heading\\\n\\- no list\\\n1\\. no list",
		"    no code":                         "no code",
		"<script>alert(1)</script>":           `\<script\>alert(1)\</script\>`,
		"![x](https://evil.example/x.png)":    `!\[x\](https://evil.example/x.png)`,
		"see https://a.example/x_y(z)?b=1.":   `see <https://a.example/x_y(z)?b=1>.`,
		"https://a.example/<img":              `<https://a.example/>\<img`,
		"`code` *bold* _it_ ~~no~~ a|b":       "\\`code\\` \\*bold\\* \\_it\\_ \\~\\~no\\~\\~ a\\|b",
		"{{< shortcode >}}":                   `\{\{\< shortcode \>\}\}`,
		"back\\slash\u202eturned\x1b[1m":      `back\\slashturned\[1m`,
		"---":                                 `\---`,
	} {
		if got := escape(text); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", text, got, want)
		}
	}
	if got := address("a [link]\n", "javascript:alert(1)"); got != `a \[link\]` {
		t.Errorf("an address that is none: %s", got)
	}
	if got := address("a [link]", "https://a.example/x)y"); got != `[a \[link\]](<https://a.example/x)y>)` {
		t.Errorf("an address: %s", got)
	}
}

// inert is what has no meaning any more, and addresses between angles.
var inert = regexp.MustCompile(`\\[[:punct:]]|<https?://[^\s<>\\]+>`)

// Whatever a stranger writes, no character that makes tags, links, pictures or code stays without an escape.
func TestNothingOfATextIsMarkup(t *testing.T) {
	part := rapid.SampledFrom([]string{"<", ">", "[", "]", "(", ")", "!", "`", "*", "_", "\\", "&", "#", " ", "\n",
		"http://", "https://a.b/", "x", ":", "\u202e"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
		rest := inert.ReplaceAllString(escape(text), "x")
		rest = strings.ReplaceAll(rest, "\\\n", "\n") // a line's end
		if i := strings.IndexAny(rest, "<>[]`*_\\&"); i >= 0 {
			t.Errorf("%q became %q", text, escape(text))
		}
		for line := range strings.Lines(rest) {
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, " ") {
				t.Errorf("%q begins a line of %q", line, escape(text))
			}
		}
	})
}
