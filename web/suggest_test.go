package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"lama/archive"
)

// suggested are the suggestions for what a person has written.
func (f *fixture) suggested(person, text string) (all []string) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.page(person, http.StatusOK, at("/suggest", "q", text))), &all); err != nil {
		f.t.Fatal(err)
	}
	return all
}

// reading archives posts by which the two persons can be told apart.
func (f *fixture) reading() {
	f.t.Helper()
	anas := status("yan@far.example", "12", "public", nil)
	anas.Hashtags, anas.Language = []string{"heron"}, "nl"
	bobs := status("bob@home.example", "30", "public", nil)
	bobs.Hashtags, bobs.Language = []string{"Hedgehog"}, "de"
	f.did(ana, archive.BaseBookmark, anas)
	f.did(bob, archive.BasePost, bobs)
}

func TestSuggestionsAreOfWhatIsSeen(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.reading()
		for text, want := range map[string]map[string][]string{
			"from:":     {"ana": {"from:bob@home.example", "from:yan@far.example"}, "bob": {"from:bob@home.example"}},
			"x tag:#he": {"ana": {"x tag:hedgehog", "x tag:heron"}, "bob": {"x tag:hedgehog"}},
			"language:": {"ana": {"language:de", "language:nl"}, "bob": {"language:de"}},
			"by:":       {"ana": {"by:ana@home.example", "by:bob@home.example"}, "bob": {"by:bob@home.example"}},
			"in:b":      {"ana": {"in:boosts", "in:bookmarks"}, "bob": {"in:boosts", "in:bookmarks"}},
		} {
			for person, want := range want {
				if got := f.suggested(person, text); !slices.Equal(got, want) {
					t.Errorf("%q for %s: %q, want %q", text, person, got, want)
				}
			}
		}
	})
}

// Suggestions are cheap: they may be of a moment ago, and are of now as soon as a page has counted.
func TestSuggestionsFollowThePages(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.suggested("bob", "from:")
	f.reading()
	if got := f.suggested("bob", "from:"); len(got) != 0 {
		t.Errorf("it was counted for a suggestion: %q", got)
	}
	f.page("bob", http.StatusOK, "/")
	if got := f.suggested("bob", "from:"); len(got) != 1 {
		t.Errorf("after a page: %q", got)
	}
}

func TestSuggestionsInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.reading()
	b := f.open(t, "ana")
	b.visit("/")
	b.do(chromedp.SendKeys(chromedp.CSS("#q"), "from:y"))
	b.is(`[...document.querySelectorAll("#suggestions option")].map((o) => o.value).join()`, "from:yan@far.example")
	b.is(`document.activeElement.list.id`, "suggestions")
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.visit(at("/search", "q", "tag:h"))
	b.do(chromedp.Click(chromedp.CSS(`.hints a[href*="heron"]`)), chromedp.WaitVisible(chromedp.CSS(`article`)))
	b.stayed()
}
