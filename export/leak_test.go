package export_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lama/archive"
	"lama/export"
	"lama/search"
	"lama/store"
)

// outlet writes what a selection lets out, and gives all that it is, names and contents, as one text.
type outlet struct {
	write func(*fixture, context.Context, export.Selection) (string, error)
	bases []archive.Base // what an account did with the posts that are in it; nil: anything
	shows bool           // it has the authors' avatars
}

var outlets = map[string]outlet{
	"selection": {write: everything},
	"jsonl":     {write: exported("jsonl", "x")},
	"csv":       {write: exported("csv", "x")},
	"markdown":  {write: exported("markdown", "x")},
	"mastodon":  {write: exported("mastodon", "x"), bases: ownExport},
	"zip":       {write: exported("mastodon", "x.zip"), bases: ownExport},
	"tar.gz":    {write: exported("mastodon", "x.tar.gz"), bases: ownExport},
}

// ownExport is of one account, and has what it did itself.
var ownExport = []archive.Base{archive.BasePost, archive.BaseFavourite, archive.BaseBookmark}

// everything is what any format might write.
func everything(_ *fixture, ctx context.Context, s export.Selection) (string, error) {
	var b strings.Builder
	for p, err := range s.Posts(ctx) {
		if err != nil {
			return "", err
		}
		spell(&b, p.Hit, &p.Seen, p.Deeds)
	}
	return b.String(), nil
}

func spell(b *strings.Builder, hit store.Hit, seen *store.Seen, deeds []store.Deed) {
	text, err := json.Marshal(hit)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(b, "%s\n%+v\n", text, deeds)
	for ; seen != nil; seen = seen.Boosted {
		fmt.Fprintf(b, "%+v\n%s\n", *seen, seen.JSON)
		if seen.Quoted != nil {
			fmt.Fprintf(b, "%+v\n%s\n", *seen.Quoted, seen.Quoted.JSON)
		}
	}
}

// Whatever a household is, nothing of a post that may not leave is in any export, nor anything that speaks of who asked;
// and what may leave does.
func TestNothingNarrowerLeaves(t *testing.T) {
	fixtures := map[string]*fixture{}
	for name, url := range databases {
		fixtures[name] = newFixture(t, url(t))
	}
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		world := drawWorld(t, run)
		fromTheEnd := rapid.Bool().Draw(t, "from the end")
		query, err := search.Parse("during:" + day(run))
		if err != nil {
			t.Fatal(err)
		}
		outlet := rapid.SampledFrom(slices.Sorted(maps.Keys(outlets))).Draw(t, "outlet")
		s, o := drawSelection(t), outlets[outlet]
		if s.Query = query; o.bases != nil && s.Accounts == nil {
			s.Accounts = []string{ana.Name()}
		}
		for name, f := range fixtures {
			f.archived(world, fromTheEnd)
			s.Store = f.store
			text, err := o.write(f, f.t.Context(), s)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, outlet, err)
			}
			check(t, name+", "+outlet, world, s, o, text)
		}
	})
}

func drawSelection(t *rapid.T) export.Selection {
	visibilities := [][]string{{"public"}, {"public", "unlisted"}, {"private"}, export.Visibilities}
	return export.Selection{
		Visibilities: rapid.SampledFrom(visibilities).Draw(t, "visibilities"),
		Accounts:     rapid.SampledFrom([][]string{nil, {ana.Name()}, {bob.Name()}}).Draw(t, "accounts"),
		Doings:       rapid.Bool().Draw(t, "doings"),
	}
}

func check(t *rapid.T, where string, world []*piece, s export.Selection, o outlet, text string) {
	reached, files := reached(world, s.Accounts), map[string]bool{}
	for _, p := range world {
		may, there := reached[p] && p.leaves(s.Visibilities), strings.Contains(text, p.canary)
		files[p.content] = files[p.content] || may
		switch {
		case strings.Contains(text, p.asker):
			t.Errorf("%s: it tells of who asked for %s:\n%s", where, p.canary, around(text, p.asker))
		case there && !may:
			t.Errorf("%s: %s, a %s %q post, has left:\n%s", where, p.canary, p.post.Visibility, p.hangs, around(text, p.canary))
		case may && !there && p.by(s.Accounts, o.bases):
			t.Errorf("%s: %s, a %s %q post, has not left", where, p.canary, p.post.Visibility, p.hangs)
		case may && o.shows && p.hangs != "boost" && p.by(s.Accounts, o.bases) &&
			!strings.Contains(text, pictureOf(p.canary+"-avatar")):
			t.Errorf("%s: the avatar of %s has not left", where, p.canary)
		}
	}
	for content, may := range files {
		if content != "" && !may && strings.Contains(text, content) {
			t.Errorf("%s: %s has left", where, content)
		}
	}
}

// around is the part of a text in which something stands.
func around(text, what string) string {
	i := strings.Index(text, what)
	return text[max(0, i-300):min(len(text), i+300)]
}

// Without Doings an export tells of accounts what everybody could see: that they posted, and that they boosted in public.
func TestOnlyWhatEverybodyCouldSeeIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		own, loved, kept := status("ana@home.example", "1", "public", nil), status("zoe@far.example", "2", "public", nil),
			status("zoe@far.example", "3", "public", nil)
		quiet, boosted := status("ana@home.example", "4", "private", nil), status("zoe@far.example", "5", "public", nil)
		loud := status("ana@home.example", "6", "public", nil)
		quiet.Reblog, quiet.Content, loud.Reblog, loud.Content = kept.URI, "", boosted.URI, ""
		f.commit(did(ana, "post", own, quiet, loud), did(ana, "favourite", loved), did(ana, "bookmark", boosted), did(ana, "reblog", kept, boosted))
		for doings, want := range map[bool][]string{
			false: {"post 1", "post 6", "reblog 5"},
			true:  {"bookmark 5", "favourite 2", "post 1", "post 6", "reblog 3", "reblog 5"},
		} {
			var got []string
			for p, err := range (export.Selection{Store: f.store, Visibilities: []string{"public"}, Doings: doings}).Posts(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range p.Deeds {
					got = append(got, d.Type()+" "+p.PostID)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("doings %t: told are %q, want %q", doings, got, want)
			}
		}
	})
}
