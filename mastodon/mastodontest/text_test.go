package mastodontest

import (
	"slices"
	"testing"
)

func TestTextBecomesHTML(t *testing.T) {
	w := New()
	mastodon, pleroma := w.Instance("m.example", Mastodon45), w.Instance("p.example", Pleroma)
	sharkey := w.Instance("s.example", Sharkey)
	bo := mastodon.Person("bo")
	quoted := bo.Say(start, "quoted")
	long := "https://www.example.org/a/very/long/address?x=1&y=2"
	for _, test := range []struct {
		name  string
		home  *Instance
		draft Draft
		html  string
		text  string
	}{
		{"nothing", mastodon, Draft{}, "", ""},
		{"paragraphs", mastodon, Draft{Text: "a\nb\n\nc"}, "<p>a<br>b</p><p>c</p>", "a\nb\n\nc"},
		{"on Pleroma", pleroma, Draft{Text: "a\n\nb"}, "a<br><br>b", "a\n\nb"},
		{"on Sharkey", sharkey, Draft{Text: "a\nb"}, "<p><span>a<br>b</span></p>", "a\nb"},
		{"what HTML would read", mastodon, Draft{Text: `5 < 6 & "7"`}, "<p>5 &lt; 6 &amp; &#34;7&#34;</p>", `5 < 6 & "7"`},
		{"a mention shows no host", mastodon, Draft{Text: "hi @bo@m.example!"},
			`<p>hi <span class="h-card" translate="no"><a href="https://m.example/@bo" class="u-url mention">` +
				`@<span>bo</span></a></span>!</p>`,
			"hi @bo!"},
		{"nobody is mentioned", mastodon, Draft{Text: "@eve@m.example"}, "<p>@eve@m.example</p>", "@eve@m.example"},
		{"a hashtag", mastodon, Draft{Text: "#Cats, #"},
			`<p><a href="https://m.example/tags/cats" class="mention hashtag" rel="tag">#<span>Cats</span></a>, #</p>`,
			"#Cats, #"},
		{"a link hides its ends", mastodon, Draft{Text: "see " + long + "."},
			`<p>see <a href="https://www.example.org/a/very/long/address?x=1&amp;y=2" target="_blank" ` +
				`rel="nofollow noopener noreferrer" translate="no">` +
				`<span class="invisible">https://</span><span class="ellipsis">www.example.org/a/very/long/ad</span>` +
				`<span class="invisible">dress?x=1&amp;y=2</span></a>.</p>`, "see " + long + "."},
		{"HTML as it stands", mastodon, Draft{HTML: "<em>x</em>", Text: "x"}, "<em>x</em>", "x"},
		{"a quote, for those who know none", mastodon, Draft{Text: "yes", Quote: quoted},
			`<p class="quote-inline">RE: ` + anchor(quoted.url, mastodon) + `</p><p>yes</p>`, "RE: " + quoted.url + "\n\nyes"},
		{"a quote on Pleroma", pleroma, Draft{Text: "yes", Quote: quoted},
			`yes<span class="quote-inline"><br><br>RE: ` + anchor(quoted.url, pleroma) + "</span>", "yes\n\nRE: " + quoted.url},
	} {
		b := w.write(test.draft, test.home)
		if b.html != test.html || b.text != test.text {
			t.Errorf("%s:\ngot  %s\n     %q\nwant %s\n     %q", test.name, b.html, b.text, test.html, test.text)
		}
	}
}

func TestTextNamesThings(t *testing.T) {
	w := New()
	bo := w.Instance("m.example", Mastodon45).Person("bo")
	quoted := bo.Say(start, "quoted")
	text := "@bo@m.example @bo@m.example #a #b https://x.example/1 :cat: it is 10:30:15"
	b := w.write(Draft{Text: text, Quote: quoted}, bo.home)
	if !slices.Equal(b.mentions, []*Person{bo}) || !slices.Equal(b.tags, []string{"a", "b"}) ||
		!slices.Equal(b.links, []string{"https://x.example/1"}) || !slices.Equal(b.emojis, []string{"cat"}) {
		t.Errorf("the text names %+v", b)
	}
	if b.plain == b.text || b.plain == "" {
		t.Errorf("without the quote's fallback the text is %q", b.plain)
	}
}
