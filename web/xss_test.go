package web_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lama/archive"
)

// payloads are ways in which a text becomes a program: OWASP's, those that got past sanitizers, and Mastodon's own tests.
var payloads = []string{
	`<script>pwned()</script>`, `<img src=x onerror=pwned()>`, `<svg/onload=pwned()>`, `<svg><script>pwned()</script></svg>`,
	`<a href="javascript:pwned()">x</a>`, `<a href="JaVaScRiPt:pwned()">x</a>`, "<a href=\"java\tscript:pwned()\">x</a>",
	`<a href="&#106;avascript:pwned()">x</a>`, `<a href=" javascript:pwned()">x</a>`, `<a href="data:text/html,<script>pwned()</script>">x</a>`,
	`<a href="vbscript:pwned()">x</a>`, `<a href="//evil.example">x</a>`, `<a href="/signout">x</a>`, `<iframe src="javascript:pwned()"></iframe>`,
	`<iframe srcdoc="<script>pwned()</script>"></iframe>`, `<object data="javascript:pwned()"></object>`, `<embed src="javascript:pwned()">`,
	`<form action="javascript:pwned()"><button>x</button></form>`, `<button formaction="javascript:pwned()">x</button>`,
	`<input autofocus onfocus=pwned()>`, `<details open ontoggle=pwned()>x</details>`, `<body onload=pwned()>`, `<base href="https://evil.example/">`,
	`<meta http-equiv="refresh" content="0;url=javascript:pwned()">`, `<link rel=stylesheet href="https://evil.example/x.css">`,
	`<style>@import "https://evil.example/x.css"</style>`, `<p style="background:url(https://evil.example)">x</p>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwned()&gt;">`,
	`<noscript><p title="</noscript><img src=x onerror=pwned()>">`, `<svg><a xlink:href="javascript:pwned()"><text>x</text></a></svg>`,
	`<!--><img src=x onerror=pwned()>-->`, `"><img src=x onerror=pwned()>`, `'><script>pwned()</script>`, `</title><script>pwned()</script>`,
	`</textarea><script>pwned()</script>`, `<video><source onerror=pwned()></video>`, `<marquee onstart=pwned()>x</marquee>`,
	`<p class="post" data-open="javascript:pwned()">x</p>`, `{{.}}<script>pwned()</script>`, "<scr\x00ipt>pwned()</scr\x00ipt>", `<p id="content">x</p>`,
}

// dangerous is an element or an attribute that only the reader's own markup may have, or an address that runs something.
func dangerous(t html.Token) string {
	if t.Type != html.StartTagToken && t.Type != html.SelfClosingTagToken {
		return ""
	}
	switch t.Data {
	case "iframe", "object", "embed", "base", "meta", "link", "style", "svg", "math", "script", "body", "marquee", "noscript":
		return t.Data
	}
	for _, a := range t.Attr {
		value := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
		address := a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction" || a.Key == "data-open"
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" ||
			address && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:") ||
				strings.Contains(value, "//evil.example")) {
			return a.Key + "=" + a.Val
		}
	}
	return ""
}

// hostile is a post that has a payload wherever a server can put text.
func hostile(id, payload string) archive.Post {
	card := "javascript:pwned()"
	if len(payload)%2 == 0 { // one that is shown
		card = "https://far.example/" + payload
	}
	p := status("zoe@far.example", id, "public", map[string]any{
		"content":      "<p>before</p>" + payload + `<p>after</p><a href="https://far.example/` + payload + `">link</a><a href="` + payload + `">link</a>`,
		"spoiler_text": payload, "language": payload, "url": "javascript:pwned()",
		"emojis": []any{map[string]any{"shortcode": payload, "url": "https://pic.example/x"}},
		"account": map[string]any{"display_name": payload + ":" + payload + ":", "username": payload, "avatar": payload,
			"emojis": []any{map[string]any{"shortcode": payload, "url": "https://pic.example/x"}}, "note": payload, "url": "javascript:pwned()",
			"fields": []any{map[string]any{"name": payload, "value": payload}}},
		"poll": map[string]any{"options": []any{map[string]any{"title": payload}}},
		"tags": []any{map[string]any{"name": payload, "url": payload}},
		"card": map[string]any{"url": card, "title": payload, "description": payload, "provider_name": payload, "image": "https://pic.example/x",
			"image_description": payload},
	})
	p.Hashtags = []string{payload}
	return picture(p, "image", payload)
}

func TestNoPayloadBecomesMarkup(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	for _, payload := range payloads {
		p := hostile("10", payload)
		f.did(ana, archive.BaseFavourite, p)
		f.hang("https://pic.example/x", "image/png", "x")
		for _, path := range []string{at("/post", "uri", p.URI), "/author/zoe@far.example", "/tags", "/statistics", at("/search", "q", payload)} {
			f.plain(path, f.page("ana", http.StatusOK, path))
		}
	}
}

// plain checks that what a page shows has no markup that could run anything.
func (f *fixture) plain(path, page string) {
	f.t.Helper()
	_, content, _ := strings.Cut(page, "<main")
	content, _, _ = strings.Cut(content, "</main>")
	for z := html.NewTokenizer(strings.NewReader("<main" + content)); z.Next() != html.ErrorToken; {
		if what := dangerous(z.Token()); what != "" && !(what == "svg" && path == "/statistics") {
			f.t.Errorf("%s becomes part of %s", what, path)
		}
	}
}
