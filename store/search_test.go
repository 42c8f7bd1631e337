package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/search"
	"lama/store"
)

// find lists the URIs of what a search finds, page by page.
func (f *fixture) find(v store.Viewer, text string, order store.Order) (uris []string) {
	f.t.Helper()
	q, err := search.Parse(text)
	if err != nil {
		f.t.Fatal(err)
	}
	for p := (store.Page{Limit: 2, Order: order}); ; {
		hits, err := f.Search(f.t.Context(), v, q, p)
		if err != nil {
			f.t.Fatalf("%s: %v", text, err)
		}
		for _, h := range hits.Posts {
			uris = append(uris, h.URI)
		}
		if p.After = hits.Next; hits.Next == 0 {
			return uris
		}
	}
}

// dated is a post with a text, posted on a day of January 2026.
func dated(uri string, day int, content string) archive.Post {
	p := named(uri, "public")
	p.CreatedAt, p.Content = archive.ParseTime(fmt.Sprintf("2026-01-%02dT10:00:00Z", day)), content
	return p
}

// shelf commits posts that each have something of their own.
func (f *fixture) shelf() {
	plain := dated("plain", 1, "Tea in the garden")
	media := dated("media", 2, "Look")
	media.Media = []archive.Attachment{{Type: "image", Alt: "A café in Köln", URL: "https://home.example/1.png"}}
	media.JSON = []byte(`{"media_attachments":[{"type":"image"}],"sensitive":true}`)
	poll := dated("poll", 3, "What now?")
	poll.PollOptions, poll.SpoilerText = []string{"green tea", "coffee"}, "drinks"
	card := dated("card", 4, "日本語のテスト")
	card.Links, card.Language = []archive.Link{{URL: "https://far.example/x"}}, "ja-JP"
	card.JSON = []byte(`{"card":{"title":"Growing tomatoes","url":"https://far.example/x"},"account":{"display_name":"Zoë Q"}}`)
	reply := dated("reply", 5, "the green garden, tea tea")
	reply.Mentions, reply.Hashtags, reply.EditedAt = []string{"ana@home.example"}, []string{"Café"}, reply.CreatedAt
	reply.Author, reply.JSON = "ana@home.example", []byte(`{"in_reply_to_id":"7"}`)
	f.commit(did(ana, archive.BasePost, reply), did(ana, archive.BaseFavourite, plain, media), did(bob, archive.BaseBookmark, poll, plain),
		boosted(bob, boost("a boost", "public", card), card))
}

func TestSearch(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.shelf()
		f.LookAt(2)
		for query, want := range map[string]string{
			"":                               "reply card poll media plain",
			"tea":                            "reply poll plain",
			"TEA garden":                     "reply plain",
			`"green tea"`:                    "poll",
			"tea -green":                     "plain",
			"-tea":                           "card media",
			"-tea -look":                     "card",
			"coffee OR look":                 "poll media",
			"look OR -tea":                   "card media",
			"gard*":                          "reply plain",
			`"the gar*"`:                     "plain",
			"cafe koln":                      "media",
			"日本":                             "card",
			"本語の":                            "card",
			"日語":                             "",
			"テ*":                             "card",
			"drinks":                         "poll",
			"tomatoes":                       "card",
			"zoe q":                          "card",
			"q tomatoes":                     "card",
			`"q growing"`:                    "",
			"from:ana":                       "reply",
			"from:@zoe@far.example tea":      "poll plain",
			"to:ana@home.example":            "reply",
			"tag:cafe":                       "reply",
			"language:ja":                    "card",
			"has:image":                      "media",
			"has:media -has:video":           "media",
			"has:poll OR has:link":           "card poll",
			"has:cw":                         "poll",
			"is:reply":                       "reply",
			"is:edited":                      "reply",
			"is:sensitive":                   "media",
			"is:deleted":                     "",
			"-is:deleted tea":                "reply poll plain",
			"in:posts":                       "reply",
			"in:boosts":                      "card",
			"in:boosts -tea":                 "card",
			"in:boosts -日本":                  "",
			"in:posts after:2026-01-05":      "",
			"in:favourites":                  "media plain",
			"in:favourites in:bookmarks":     "plain",
			"in:favourites,bookmarks by:bob": "poll plain",
			"by:bob@home.example tea":        "poll plain",
			"-by:bob":                        "reply media",
			"-in:favourites tea":             "reply poll",
			"before:2026-01-03":              "media plain",
			"after:2026-01-03":               "reply card",
			"during:2026-01-03":              "poll",
			"during:2026-01 tea before:2027": "reply poll plain",
			"nothing has this":               "",
			"has:image tea":                  "",
			"from:ana in:posts garden":       "reply",
			strings.Repeat("tea ", 50):       "reply poll plain",
		} {
			if got := strings.Join(f.find(store.Household(), query, store.ByDate), " "); got != want {
				t.Errorf("%s: found %q, want %q", query, got, want)
			}
		}
	})
}

func TestSearchByRelevance(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.shelf()
		got := f.find(store.Household(), "tea OR garden", store.ByRelevance)
		if want := "reply plain poll"; strings.Join(got, " ") != want {
			t.Errorf("found %q, want %q", got, want)
		}
	})
}

// A page costs what it shows: hits come in their order, and the posts are looked up one by one.
func TestSearchSortsNoPosts(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		var plans []string
		for _, text := range []string{"tea -coffee in:favourites by:ana after:2020 -is:deleted", "in:polls -tea"} {
			q, err := search.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			some, err := f.Plans(t.Context(), store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true}, q)
			if err != nil {
				t.Fatal(err)
			}
			plans = append(plans, some...)
		}
		for _, plan := range plans {
			top, _, _ := strings.Cut(plan, "Nested Loop")
			sorted := strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") && !strings.Contains(plan, "SCAN found") // that are few
			if strings.Contains(plan, "(account=?)") || sorted || strings.Contains(top, "Sort") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("it sorts posts, or reads them all, or all that an account did:\n%s", plan)
			}
		}
	})
}

// What somebody may not see is not found, whatever finds it, nor is what another did with what both see.
func TestSearchFindsWhatTheViewerSees(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.household()
		anas := store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true}
		for query, want := range map[string][]string{
			"":                 {"ana's", "both's", "boosted", "public", "reply", "unlisted"},
			"post":             {"ana's", "both's", "boosted", "public", "reply", "unlisted"},
			"by:bob":           {"boosted", "public", "reply", "unlisted"},
			"in:mentions":      nil,
			"-in:mentions":     {"ana's", "both's", "boosted", "public", "reply", "unlisted"},
			"in:favourites":    {"both's"},
			"direct OR secret": nil,
		} {
			for _, order := range []store.Order{store.ByDate, store.ByRelevance} {
				got := f.find(anas, query, order)
				slices.Sort(got)
				equal(t, got, slices.Clone(want))
			}
		}
	})
}

// What a server sent to another tells of that one: whether it favourited the post, for example.
func TestAHitHoldsNoOthersBytes(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.household()
		for _, order := range []store.Order{store.ByDate, store.ByRelevance} {
			hits, err := f.Search(t.Context(), store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true},
				search.Query{}, store.Page{Limit: 100, Order: order})
			if err != nil || len(hits.Posts) != 6 {
				t.Fatalf("%d hits (%v)", len(hits.Posts), err)
			}
			for _, h := range hits.Posts {
				own := h.URI == "ana's" || h.URI == "both's"
				if (h.JSON != nil) != own || (h.FetchedBy == ana.Name()) != own || h.FetchedBy == bob.Name() {
					t.Errorf("%s, which %q asked for: %s", h.URI, h.FetchedBy, h.JSON)
				}
			}
		}
	})
}

// An edit is found by what it says now, at the time that it says, and what nothing explains is not found.
func TestTheIndexIsInStepWithThePosts(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BasePost, dated("a", 2, "before"), dated("b", 3, "before")))
		edited := dated("a", 5, "afterwards")
		edited.EditedAt, edited.JSON = archive.ParseTime("2026-01-06T00:00:00Z"), []byte(`{"edited":true}`)
		f.commit(did(ana, archive.BasePost, edited), shown(ana, dated("unexplained", 4, "before afterwards")))
		for query, want := range map[string][]string{"before": {"b"}, "afterwards": {"a"}, "": {"a", "b"}} {
			if d := cmp.Diff(want, f.find(store.Household(), query, store.ByDate)); d != "" {
				t.Errorf("%q: %s", query, d)
			}
		}
		equal(t, f.column("SELECT CAST(count(*) AS text) FROM terms"), []string{"2"})
	})
}

// An archive from before there was an index is indexed at the next start, also where that was cut off.
func TestAnOlderArchiveIsIndexed(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.shelf()
		before := f.find(store.Household(), "tea OR tomatoes OR cafe OR has:image", store.ByDate)
		for _, sql := range []string{"DELETE FROM terms WHERE rowid IN (SELECT rowid FROM terms)", "DELETE FROM states WHERE name = 'indexed'"} {
			if err := f.Change(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.find(store.Household(), "", store.ByDate); got != nil {
			t.Fatalf("the index was not emptied: %q", got)
		}
		f.begin(rules())
		f.begin(rules())
		if d := cmp.Diff(before, f.find(store.Household(), "tea OR tomatoes OR cafe OR has:image", store.ByDate)); d != "" {
			t.Error(d)
		}
	})
}

// Both databases find what the search means, and in the same order, whatever the texts are.
func TestBothDatabasesFindTheSame(t *testing.T) {
	words := []string{"tea", "Té", "té's", "日", "本", "語", "한", "ที่", "x", "gar", "garden", "½", "a_b", "İ", "'", `\`, ":*", "\x00", "ﬁ"}
	word := rapid.SampledFrom(words)
	fixtures := map[string]*fixture{}
	texts := map[string][]string{} // terms by URI
	for name, url := range databases {
		fixtures[name] = open(t, url(t))
		fixtures[name].LookAt(3)
	}
	rapid.Check(t, func(t *rapid.T) {
		content := strings.Join(rapid.SliceOfN(word, 1, 8).Draw(t, "text"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		uri := fmt.Sprint("post ", len(texts))
		for _, f := range fixtures {
			f.commit(did(ana, archive.BasePost, dated(uri, 1+len(texts)%3, content)))
		}
		texts[uri] = search.Document{Texts: []string{content, "zoe@far.example"}}.Terms()
		q, err := search.Parse(drawQuery(t, word))
		if err != nil {
			t.Skip(err)
		}
		var want []string
		for uri, terms := range texts {
			if q.Find.Matches(terms) {
				want = append(want, uri)
			}
		}
		slices.Sort(want)
		for _, order := range []store.Order{store.ByDate, store.ByRelevance} {
			compareFound(t, fixtures, q, order, want)
		}
	})
}

func drawQuery(t *rapid.T, word *rapid.Generator[string]) string {
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		part := strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "words"), rapid.SampledFrom([]string{"", " "}).Draw(t, "gap"))
		shape := rapid.SampledFrom([]string{"%s ", `"%s" `, `-"%s" `, "%s* ", `tea OR "%s" `, `-x OR "%s" `}).Draw(t, "shape")
		fmt.Fprintf(&b, shape, part)
	}
	return b.String()
}

func compareFound(t *rapid.T, fixtures map[string]*fixture, q search.Query, order store.Order, want []string) {
	orders := map[string][]string{}
	for name, f := range fixtures {
		hits, err := f.Search(f.t.Context(), store.Household(), q, store.Page{Limit: 1000, Order: order})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, h := range hits.Posts {
			orders[name] = append(orders[name], h.URI)
		}
		got := slices.Sorted(slices.Values(orders[name]))
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s, -meant +found: %s", name, d)
		}
	}
	for name := range orders {
		if d := cmp.Diff(orders["postgres"], orders[name]); d != "" {
			t.Fatalf("-postgres +%s: %s", name, d)
		}
	}
}
