package markup_test

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/markup"
)

const shortened = `<a href="https://example.org/a/long/path" rel="nofollow">` +
	`<span class="invisible">https://</span>` +
	`<span class="ellipsis">example.org/a/lo</span><span class="invisible">ng/path</span></a>`

const placeholder = `<p>Look:</p><div class="gts-system-message gts-placeholder-attachments"><hr><p>` +
	`<i lang="en">ℹ️ Note from ` +
	`gts.example: 2 attachments in this status were not downloaded.</i></p><ul>` +
	`<li><a href="https://far.example/1.svg">1.svg</a> ` +
	`[A sloth]</li><li><a href="https://far.example/2.mp3">2.mp3</a></li></ul></div>`

const quoting = `<p class="quote-inline">RE: <a href="https://far.example/@ann/1">https://far.example/@ann/1</a></p>` +
	`<p>Well said.</p>`

func TestText(t *testing.T) {
	for _, tc := range []struct{ name, html, want string }{
		{"nothing", "", ""},
		{"paragraphs", "<p>one</p><p>two</p>\n<p>three</p>", "one\n\ntwo\n\nthree"},
		{"every way to write a break", "a<br>b<br/>c<br />d</br>e", "a\nb\nc\nd\ne"},
		{"two breaks part paragraphs", "<p><span>a<br><br>b</span></p>", "a\n\nb"},
		{"more breaks do no more", "a<br><br><br><p></p><br>b", "a\n\nb"},
		{"no outer paragraph", `<span><a href="x" data-user="1">@<span>ann</span></a></span> hello`, "@ann hello"},
		{"plain text keeps its lines", "one\n  two &amp; three\n\nI <3 it", "one\n  two & three\n\nI <3 it"},
		{"white space is one space", "<p>a \n\t b</p>", "a b"},
		{"a no-break space stays", "<p>a&nbsp;b</p>", "a\u00a0b"},
		{"inline elements part no words", "<b>f</b>ed<em>i</em>", "fedi"},
		{"entities", "<p>&lt;b&gt; &amp;amp; &#128512; &hearts;</p>", "<b> &amp; 😀 ♥"},
		{"invisible parts stay, no ellipsis", "<p>" + shortened + "</p>", "https://example.org/a/long/path"},
		{"list", "<p>Do:</p><ol><li><p>this</p></li><li>that<ul><li>and so</li></ul></li></ol><p>Bye</p>",
			"Do:\n\nthis\nthat\nand so\n\nBye"},
		{"a list without an end", "<ul><li>a<li>b", "a\nb"},
		{"quoted text", "<p>He:</p><blockquote><p>one</p><p>two</p></blockquote>so", "He:\n\none\n\ntwo\n\nso"},
		{"code keeps its lines", "<p>see</p><pre><code>if x {\n  y\n}</code></pre><p>a\nb</p>",
			"see\n\nif x {\n  y\n}\n\na b"},
		{"emoji as images", `<p>so <img src="x" alt=":heart:"> nice</p>`, "so :heart: nice"},
		{"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"scripts and styles", "a<script>alert('<p>')</script>b<style>p{}</style><!-- no -->c", "abc"},
		{"GoToSocial's note", placeholder, "Look:"},
		{"GoToSocial's other note",
			`<p>Hi</p><div class="gts-system-message gts-pending-reply"><hr><p>pending</p></div>`, "Hi"},
		{"Fedibird's reference link", `<p>test<span class="reference-link-inline"> <a href="x">[参照]</a></span></p>`,
			"test"},
		{"the fallback of a quote", quoting, "RE: https://far.example/@ann/1\n\nWell said."},
		{"a note without an end hides nothing", `a<div class="gts-system-message">b<p>c`, "a\n\nb\n\nc"},
		{"elements in elements of that name", `a<span class="reference-link-inline">b<span>c</span>d</span>e`, "ae"},
		{"what stood before a note stands after it", `a <span class="reference-link-inline">b</span>c`, "a c"},
		{"a broken tag", "a <b", "a"},
		{"ends without starts", "</p></ul></pre></a></div>a", "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, markup.Text(tc.html)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextWithoutQuote(t *testing.T) {
	for _, tc := range []struct{ name, html, want string }{
		{"Mastodon", quoting, "Well said."},
		{"bridge", `<p>Well<span class="quote-inline"><br><br>RE: <a href="x">x</a></span></p>`, "Well"},
		{"Fedibird", `<p>Well<span class="quote-inline"><br/>QT: <a href="x">x</a></span> said</p>`, "Well said"},
		{"only the fallback", `<p class="quote-inline">RE: <a href="x">x</a></p>`, ""},
		{"no fallback", "<p>RE: yes</p>", "RE: yes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, markup.Text(tc.html, markup.WithoutQuote())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	for _, tc := range []struct {
		name, html string
		want       []markup.Link
	}{
		{"shortened", shortened, []markup.Link{{URL: "https://example.org/a/long/path",
			Text: "https://example.org/a/long/path"}}},
		{"mention",
			`<span class="h-card"><a href="https://a.example/@ann" class="u-url mention">@<span>ann</span></a></span>`,
			[]markup.Link{{URL: "https://a.example/@ann", Text: "@ann", Classes: []string{"u-url", "mention"},
				Kind: markup.Mention, Sigil: '@'}}},
		{"hashtag", `<a href="/tags/go" class="mention hashtag" rel="tag">#<span>go</span></a>`,
			[]markup.Link{{URL: "/tags/go", Text: "#go", Classes: []string{"mention", "hashtag"}, Kind: markup.Hashtag,
				Sigil: '#'}}},
		{"hashtag by rel only", `<a href="/tags/go" rel="nofollow tag">#go</a>`,
			[]markup.Link{{URL: "/tags/go", Text: "#go", Kind: markup.Hashtag, Sigil: '#'}}},
		{"the sigil outside", `@<a href="/user/1">ann</a> #<span class="tag"><a href="/tag/go">Go</a></span>`,
			[]markup.Link{{URL: "/user/1", Text: "ann", Sigil: '@'}, {URL: "/tag/go", Text: "Go", Sigil: '#'}}},
		{"a space between", `me @ <a href="/home">home</a>`, []markup.Link{{URL: "/home", Text: "home"}}},
		{"address with entities", `<a href=" https://a.example/?a=1&amp;b=2 ">x</a>`,
			[]markup.Link{{URL: "https://a.example/?a=1&b=2", Text: "x"}}},
		{"no address", `<a>x</a><a href="">y</a><a name="z">z</a>`, nil},
		{"links can't nest", `<a href="1">one<a href="2">two</a>`,
			[]markup.Link{{URL: "1", Text: "one"}, {URL: "2", Text: "two"}}},
		{"no end", `<a href="1">one`, []markup.Link{{URL: "1", Text: "one"}}},
		{"around an image", `<a href="1"><img alt="a cat"></a>`, []markup.Link{{URL: "1", Text: "a cat"}}},
		{"the fallback of a quote", quoting,
			[]markup.Link{{URL: "https://far.example/@ann/1", Text: "https://far.example/@ann/1", Kind: markup.Quote}}},
		{"a server's own", `<a href="1">x</a>` + placeholder, []markup.Link{{URL: "1", Text: "x"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, markup.Links(tc.html)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAttachmentsInTheText(t *testing.T) {
	want := []markup.Attachment{{URL: "https://far.example/1.svg", Alt: "A sloth"}, {URL: "https://far.example/2.mp3"}}
	if diff := cmp.Diff(want, markup.Parse(placeholder).Attachments); diff != "" {
		t.Error(diff)
	}
}

func TestAQuotesLinkStaysWithoutItsText(t *testing.T) {
	links := markup.Parse(quoting, markup.WithoutQuote()).Links
	if len(links) != 1 || links[0].Kind != markup.Quote || links[0].Text == "" {
		t.Errorf("got %+v, want the fallback's link with its text", links)
	}
}

func TestManyLinksAreBounded(t *testing.T) {
	got := markup.Parse(strings.Repeat(`<a href=x>y</a> `, 5000))
	if n := len(got.Links); n != 1000 {
		t.Errorf("got %d links, want 1000", n)
	}
	if n := strings.Count(got.Text, "y"); n != 5000 {
		t.Errorf("got the text of %d links, want all 5000", n)
	}
}

// What a person typed comes back from what a server makes of it.
func TestTypedTextSurvives(t *testing.T) {
	word := rapid.StringMatching(`[a-zA-Z<>&"'@#é日😀.:/-]{1,12}`)
	line := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 1, 5).Draw(t, "words"), " ")
	})
	paragraph := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(line, 1, 4).Draw(t, "lines"), "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		paragraphs := rapid.SliceOfN(paragraph, 1, 4).Draw(t, "paragraphs")
		var source strings.Builder
		for _, p := range paragraphs {
			source.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br />") + "</p>")
		}
		if diff := cmp.Diff(strings.Join(paragraphs, "\n\n"), markup.Text(source.String())); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{quoting, placeholder, shortened, "<pre>\n\n\nx",
		"<a href=x><span class=quote-inline></a></span>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, c := range []markup.Content{markup.Parse(source), markup.Parse(source, markup.WithoutQuote())} {
			if c.Text != strings.TrimSpace(c.Text) {
				t.Errorf("text %q has white space around it", c.Text)
			}
			if utf8.ValidString(source) && !utf8.ValidString(c.Text) {
				t.Errorf("text %q is no UTF-8", c.Text)
			}
			if len(c.Text) > 3*len(source) {
				t.Errorf("%d bytes of text from %d", len(c.Text), len(source))
			}
			for _, l := range c.Links {
				if l.URL == "" {
					t.Errorf("link %+v leads nowhere", l)
				}
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat("<p>Some words of a person, and then "+shortened+"</p>", 8)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Parse(source)
	}
}
