package web_test

import (
	"net/http"
	"strings"
	"testing"

	"lama/archive"
)

// custom is an emoji as a server lists it.
func custom(code string) map[string]any {
	return map[string]any{"shortcode": code, "url": "https://pic.example/" + code + ".gif",
		"static_url": "https://pic.example/" + code}
}

// portrayed is a post that shows pictures wherever it can.
func portrayed(id string) archive.Post {
	return status("zoe@far.example", id, "public", map[string]any{
		"spoiler_text": "mind the :blob:",
		"content":      `<p>a :blob: and a <a href="https://far.example/:blob:">:blob:</a>, no :gone:</p>`,
		"emojis":       []any{custom("blob"), custom("gone")},
		"account": map[string]any{"username": "zoe", "display_name": "Zoe :star:", "avatar": "https://pic.example/zoe.gif",
			"avatar_static": "https://pic.example/zoe", "emojis": []any{custom("star")}, "note": "I am a :star:"},
		"poll": map[string]any{"options": []any{map[string]any{"title": "a :blob:"}}},
		"card": map[string]any{"url": "https://pond.example/", "title": "The pond", "image": "https://pic.example/pond",
			"image_description": "A pond"},
	})
}

func TestPicturesAreShownWhereTheyStand(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.did(ana, archive.BaseFavourite, portrayed("10"))
		path := func(name string) string {
			return "/media/" + f.hang("https://pic.example/"+name, "image/png", name) + "?pass="
		}
		face, blob, star, pond := path("zoe"), path("blob"), path("star"), path("pond")
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", portrayed("10").URI)),
			`<span class="face`, `<img src="`+face, `<bdi class="name">Zoe <img class="emoji" src="`+star, `alt=":star:"`,
			"mind the <img", blob, "<p>a <img", blob, "and a <a", "<img", blob, "</a>, no :gone:", "<bdi>a <img", blob,
			`<img src="`+pond, `alt="A pond"`)
		shows(t, f.page("ana", http.StatusOK, "/author/zoe@far.example"), `<img src="`+face, "Zoe <img", star, "I am a <img", star)
	})
}

func TestWhatIsNotHereHasAStandIn(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.did(ana, archive.BaseFavourite, portrayed("10"))
	drawing := f.hang("https://pic.example/zoe", "image/svg+xml", "<svg/>")
	page := f.page("ana", http.StatusOK, at("/post", "uri", portrayed("10").URI))
	shows(t, page, `aria-hidden="true">Z</span>`, "Zoe :star:", "mind the :blob:", "a :blob: and")
	if strings.Contains(page, "<img src=\"/media/") {
		t.Errorf("a picture is shown that cannot be:\n%s", page)
	}
	r := f.ask("", "/media/"+drawing)
	if !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a drawing comes as %v", r.Header)
	}
}

// A text can name an emoji more often than a page can bear.
func TestATextShowsSoManyEmoji(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	p := status("zoe@far.example", "10", "public", map[string]any{"content": strings.Repeat(":blob:", 2000),
		"emojis": []any{custom("blob")}})
	f.did(ana, archive.BaseFavourite, p)
	f.hang("https://pic.example/blob", "image/png", "blob")
	page := f.page("ana", http.StatusOK, at("/post", "uri", p.URI))
	if n := strings.Count(page, `class="emoji"`); len(page) > 60_000 || n != 50 {
		t.Errorf("%d bytes show it %d times", len(page), n)
	}
}

func TestAnEmojiHasANameOfSoManyLetters(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	longest := strings.Repeat("ö", 100)
	p := status("zoe@far.example", "10", "public", map[string]any{"content": ":" + longest + ": :" + longest + "o:",
		"emojis": []any{custom(longest), custom(longest + "o")}})
	f.did(ana, archive.BaseFavourite, p)
	f.hang("https://pic.example/"+longest, "image/png", "a")
	f.hang("https://pic.example/"+longest+"o", "image/png", "b")
	page := f.page("ana", http.StatusOK, at("/post", "uri", p.URI))
	shows(t, page, `class="emoji"`, `alt=":`+longest+`:"`, ":"+longest+"o:")
	if n := strings.Count(page, `class="emoji"`); n != 1 {
		t.Errorf("%d emoji are shown", n)
	}
}

func TestPicturesInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	s := f.tell()
	b := f.open(t, "")
	shown := func(selector string) string { return `String(document.querySelector("` + selector + `").naturalWidth)` }
	b.visit(at("/post", "uri", s.answer.URI))
	b.is(shown(".post.focus .face img"), "720")
	b.is(shown(".post.focus .content img.emoji"), "96")
	b.is(`document.querySelector(".reply .face").textContent`, "W")
	b.visit(at("/post", "uri", s.card.URI))
	b.is(shown(".card img"), "720")
	b.stayed()
}
