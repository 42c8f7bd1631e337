package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lama/archive"
	"lama/export"
	"lama/search"
	"lama/site"
)

// site makes a site of all that is public or unlisted, and opens its first page.
func (f *fixture) site(t *testing.T, query string) *browser {
	t.Helper()
	to := filepath.Join(t.TempDir(), "site")
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	_, err = site.Site{Selection: export.Selection{Store: f.store, Query: q, Visibilities: []string{"public", "unlisted"}},
		Data: f.data, To: to, Progress: func(site.Progress) {}, Lost: func(err error) { t.Error(err) }}.Write(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := f.launch(t, "file://"+to)
	b.visit("/index.html")
	return b
}

// follow clicks on a link by what it says.
func (b *browser) follow(text string) {
	b.t.Helper()
	b.goes(chromedp.Click(chromedp.Search(fmt.Sprintf(`//a[normalize-space()=%q]`, text))))
}

// find opens a search.
func (b *browser) find(query string) {
	b.t.Helper()
	b.visit("/search.html?" + url.Values{"q": {query}}.Encode())
}

const foundTexts = `[...document.querySelectorAll("#found > .post")].map((p) => p.querySelector(".content").textContent.replace(/\s+/g, " ").trim()).join("|")`

func TestSearchOfASiteInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.tell()
	b := f.site(t, "")
	for query, want := range map[string]string{
		"HÉRON annoyed":                    "Is anybody else’s heron this annoyed today?",
		`"garden ornament" OR geese`:       "Geese should not be allowed to hold office.|That is a garden ornament.",
		"has:media pond":                   "The pond this week.",
		"tag:#Heron":                       "Mine has not moved since Tuesday. #heron",
		"from:wim@far.example":             "That is a garden ornament.",
		"from:bob after:2026-11-22":        "History was made at 6:58.",
		"sund* OR low":                     "The pond this week.",
		"during:2026-11-23 fish is:edited": "The ornament has flown away. It took the fish with it.",
	} {
		b.find(query)
		b.is(foundTexts, want)
	}
	b.find("ornament -garden -fish")
	b.is(`document.querySelector("#note").textContent`, "No post matches.")
	b.visit("/index.html")
	b.do(chromedp.SetValue(chromedp.CSS("#q"), "annoyed"), chromedp.Submit(chromedp.CSS("#q")))
	b.is(`document.querySelector("#found mark")?.textContent ?? ""`, "annoyed")
	b.find("day pond")
	b.is(`String(document.querySelectorAll("#found .post").length)`, "20")
	b.is(`document.querySelector("#note").textContent`, "60 posts match, the newest first.")
	b.do(chromedp.Click(chromedp.CSS("#older")))
	b.is(`String(document.querySelectorAll("#found .post").length)`, "40")
	b.find("in:bookmarks")
	b.is(`document.querySelector("#mistake").textContent`, "in: is for the archive itself: lama search and lama serve know it")
	b.stayed()
}

// What is written into the box of a site is cut as package search cuts what posts have.
func TestABrowserCutsTextsAsTheArchiveDoes(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	b := f.site(t, "")
	b.visit("/search.html")
	for _, text := range []string{
		"Green TEA, crème brûlée & naïve Ærøskøbing", "日本語のテスト、カタカナー ｶﾞｷﾞ", "한국어 검색과 words", "ภาษาไทยไม่มีวรรค", "don't e-mail: a_b ½ ﬁne ²",
		"ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ", "İstanbul ISPARTA ßtraße", "🦙 llama👩\u200d🚀s 🏳\ufe0f\u200d🌈 2nd", "Zalgo̷̢̧ t̸e̴x̵t", "اَلعربية עברית हिन्दी", "日a本 a日本b", "étude Å Å",
		strings.Repeat("x", 200) + " " + strings.Repeat("é", 100), "soft\u00adhyphen zero\u200bwidth", "①②③ Ⅷ ㎏ １２３ ａｂｃ", "မြန\u103aမာ ລາວ ខ\u17d2មែរ ㄅㄆㄇ", "",
	} {
		want := []string{}
		for _, term := range (search.Document{Texts: []string{text}}).Terms()[1:] {
			if term != search.Filler {
				want = append(want, term)
			}
		}
		b.is(`JSON.stringify(finder.analyse(`+string(encoded(t, text))+`)) === JSON.stringify(`+string(encoded(t, want))+`) ? "same" : JSON.stringify(finder.analyse(`+string(encoded(t, text))+`))`, "same")
	}
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

func TestASiteInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.tell()
	b := f.site(t, "")
	b.follow("Timeline")
	b.is(`document.querySelector("h1")?.textContent ?? ""`, "Timeline")
	b.goes(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent(kb.Enter))
	b.is(`document.querySelector(".focus .content").textContent`, "The ornament has flown away. It took the fish with it.")
	b.follow("Media")
	b.do(chromedp.Click(chromedp.CSS("a[data-lightbox]")))
	b.is(`document.querySelector("#lightbox[open] figcaption").textContent`, "The pond under a low sun")
	b.is(`String(document.querySelector("#lightbox img").naturalWidth)`, "720")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.follow("Tags")
	b.follow("#heron 1")
	b.is(`document.querySelector("h1").textContent`, "#heron")
	b.goes(chromedp.Click(chromedp.CSS(".post .when")))
	b.is(`[...document.querySelectorAll(".thread .post > header .handle")].map((h) => h.textContent).join(" ")`,
		"@Zoe@far.example @ana@home.example @Wim@far.example")
	b.goes(chromedp.Click(chromedp.CSS(".thread .person")))
	b.is(`document.querySelector(".profile h1 bdi").textContent`, "Zoe")
	for scheme, want := range map[string]string{"light": "rgb(244, 243, 248)", "dark": "rgb(20, 19, 26)"} {
		b.scheme(scheme)
		b.is(`getComputedStyle(document.body).backgroundColor`, want)
	}
	b.stayed()
}

func TestASiteWithoutJavaScriptInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.tell()
	b := f.site(t, "")
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.follow("Timeline")
	b.goes(chromedp.Click(chromedp.Search(`//article[contains(., "garden ornament")]//a[@class="when"]`)))
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	shows(t, text, "Is anybody else’s heron this annoyed today?", "Mine has not moved", "That is a garden ornament.")
	b.follow("Timeline")
	b.follow("Older")
	b.do(chromedp.WaitVisible(chromedp.Search(`//a[@aria-current="true" and normalize-space()="2025"]`)))
	b.follow("Search")
	b.do(chromedp.WaitVisible(chromedp.CSS("noscript .alarm")))
	b.stayed()
}

// What strangers wrote runs nothing where there is no server to say what may run.
func TestNoPayloadRunsInASite(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	for i, payload := range payloads {
		f.did(ana, archive.BaseFavourite, hostile(fmt.Sprint(10+i), payload))
	}
	b := f.site(t, "")
	b.suspect("/index.html")
	root := strings.TrimPrefix(b.address, "file://")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".html" {
			b.harmless(strings.TrimPrefix(path, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.find("post")
	for n := 20; n < len(payloads); n += 20 {
		b.is(`String(document.querySelectorAll("#found > .post").length)`, fmt.Sprint(n))
		b.do(chromedp.Click(chromedp.CSS("#older")))
	}
	b.is(`String(document.querySelectorAll("#found > .post").length)`, fmt.Sprint(len(payloads)))
	for _, heard := range b.hears() {
		t.Error(heard)
	}
	b.stayed()
}
