package site

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lama/archive"
)

// tell archives a thread, a quote, tags, people with difficult names, a drawing, and enough posts for several pages.
func (f *fixture) tell() {
	f.t.Helper()
	tagged := status("1", `a heron, <a href="https://far.example/tags/été" class="mention hashtag">#été</a>`,
		map[string]any{"tags": []any{map[string]any{"name": "été", "url": "https://far.example/tags/été"}}})
	tagged.Hashtags = []string{"été", "Con"}
	f.archived(tagged, on(status("2", "it answers", nil), archive.ChainParent, "1"), on(status("3", "it answers the answer", nil), archive.ChainParent, "2"),
		on(status("4", "it quotes", nil), archive.ChainQuote, "1"))
	odd := status("5", "someone odd", map[string]any{"account": map[string]any{"acct": "../a?b@c", "username": "a#b"}})
	odd.Author = "../a?b#c@far.example"
	f.archived(odd)
	f.pictured(status("6", "a picture", nil), "image/png", "not much of a picture")
	f.pictured(status("7", "a drawing", nil), "image/svg+xml", "<svg/>")
	for n := range 50 {
		f.archived(status(fmt.Sprint(100+n), fmt.Sprint("day ", n), map[string]any{"created_at": fmt.Sprintf("2025-%02d-01T00:00:00Z", 1+n%2)}))
	}
}

// addresses are those of a page's links, and of what it loads.
func addresses(page string) (links, loads []string) {
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		t := z.Token()
		for _, a := range t.Attr {
			switch {
			case a.Key == "src", a.Key == "href" && t.Data == "link":
				loads = append(loads, a.Val)
			case a.Key == "href", a.Key == "action", a.Key == "data-open":
				links = append(links, a.Val)
			}
		}
	}
	return links, loads
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.tell()
		files, tally := f.write(f.site(""))
		if tally.Posts != 57 || tally.Authors != 2 || tally.Tags != 2 || tally.Files != 2 || tally.Lost != 0 || len(f.lost) > 0 {
			t.Errorf("it has %+v, lost are %v", tally, f.lost)
		}
		if count, err := f.site("").Count(t.Context()); err != nil || count.Posts != tally.Posts || count.Files != tally.Files || count.Bytes != tally.Bytes {
			t.Errorf("what would leave is %+v (%v), what did %+v", count, err, tally)
		}
		reached := map[string]bool{}
		for name, content := range files {
			if path.Ext(name) != ".html" {
				continue
			}
			links, loads := addresses(content)
			for _, address := range append(links, loads...) {
				address, _, _ = strings.Cut(address, "#")
				address, _, _ = strings.Cut(address, "?")
				to := path.Join(path.Dir(name), address)
				_, there := files[to]
				switch {
				case address == "", strings.HasPrefix(address, "https://far.example/") && !slices.Contains(loads, address):
				case !there:
					t.Errorf("%s leads to %q, which is not there", name, address)
				}
				reached[to] = true
			}
		}
		for name := range files {
			if path.Ext(name) == ".html" && !reached[name] {
				t.Errorf("nothing leads to %s", name)
			}
		}
	})
}

// Addresses that were given to others go on being good ones.
func TestPagesStayWhereTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		postPage("https://far.example/users/zoe/statuses/1"): "post/04/04d0d2bcfd198edfc97f.html", authorPage("Zoe@Far.example", 1): "author/1f/zoe@far.example/1.html",
		tagPage("Garden", 2): "tag/23/garden/2.html", tagPage("été", 1): "tag/bd/t-~xuaqyzatfp/1.html", monthPage("timeline", "2026-11", 3): "timeline/2026/11/3.html",
	} {
		if name != want {
			t.Errorf("a page is at %s, and was at %s", name, want)
		}
	}
}

func TestASiteIsRenewed(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.tell()
		before, _ := f.write(f.site(""))
		f.archived(status("9", "another", map[string]any{"created_at": "2026-02-01T10:00:00Z"}))
		after, _ := f.write(f.site(""))
		for name, content := range before {
			if strings.HasPrefix(name, "post/") && after[name] != strings.ReplaceAll(content, "../../timeline/2026/01/1.html", "../../timeline/2026/02/1.html") {
				t.Errorf("%s has changed", name)
			}
		}
		if page := after[postPage("https://far.example/users/zoe/statuses/9")]; !strings.Contains(page, "another") {
			t.Error("what is new has no page")
		}
		narrower, _ := f.write(f.site("another"))
		if posts := slices.DeleteFunc(slices.Collect(maps.Keys(narrower)), func(name string) bool { return !strings.HasPrefix(name, "post/") }); len(posts) != 1 {
			t.Errorf("what no longer leaves is still there: %v", posts)
		}
	})
}

// What a query leaves out is nowhere: not around what it finds, nor in what that quotes.
func TestNothingElseIsAroundWhatIsSelected(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.tell()
		files, tally := f.write(f.site("answers OR quotes"))
		if tally.Posts != 3 {
			t.Errorf("it has %+v", tally)
		}
		for name, content := range files {
			if strings.Contains(content, "heron") && !strings.HasPrefix(name, "static/") && name != findPage {
				t.Errorf("%s has what was not selected", name)
			}
		}
		page := files[postPage("https://far.example/users/zoe/statuses/2")]
		for _, text := range []string{"It replies to a post that is not here.", "it answers the answer"} {
			if !strings.Contains(page, text) {
				t.Errorf("the page of the answer lacks %q:\n%s", text, page)
			}
		}
		if page := files[postPage("https://far.example/users/zoe/statuses/4")]; !strings.Contains(page, "It quotes a post that is not here.") {
			t.Errorf("the page of the quote does not say that its post is missing:\n%s", page)
		}
	})
}

func TestWhatIsTooMuchToSearchSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.tell()
		tally, err := f.site("").write(t.Context(), 56)
		files := f.files()
		page := files[findPage]
		switch {
		case err != nil || tally.Searched:
			t.Errorf("it can be searched: %+v, %v", tally, err)
		case !strings.Contains(page, "These 57 posts can&#39;t be searched here.") && !strings.Contains(page, "These 57 posts can't be searched here."),
			strings.Contains(page, "<form class"), strings.Contains(files[homePage], `role="search"`):
			t.Errorf("the page of the search is:\n%s", page)
		}
		for name := range files {
			if strings.HasPrefix(name, "search/") {
				t.Errorf("there is %s", name)
			}
		}
	})
}

// A file that the archive has lost is told, and no page shows it.
func TestALostFileIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.pictured(status("6", "a picture", nil), "image/png", "not much of a picture")
		clear(f.data)
		files, tally := f.write(f.site(""))
		page := files[postPage("https://far.example/users/zoe/statuses/6")]
		if tally.Lost != 1 || len(f.lost) != 1 || strings.Contains(page, "media/") || !strings.Contains(page, "a picture of 6") {
			t.Errorf("lost are %d, told %v; the page is\n%s", tally.Lost, f.lost, page)
		}
	})
}
