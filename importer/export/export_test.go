package export_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/importer/export"
)

var sampleTold = []string{
	"outbox.json, item 1: post https://home.example/users/ana/statuses/11 + id:109365046915801487 \x89PNG a heron",
	"outbox.json, item 2: reblog id:home.example/12 https://far.example/users/bo/statuses/7",
	"likes.json, item 1: favourite https://far.example/users/bo/statuses/8 https://far.example/users/bo/statuses/8",
	"bookmarks.json, item 1: bookmark id:home.example/9 https://home.example/users/cy/statuses/9",
}

// What an export holds does not depend on how it was packed, and when, and by whom again.
func TestEveryVintageHoldsTheSame(t *testing.T) {
	vintages := map[string]func() files{
		"of today": sample,
		"packed again": func() files {
			f := sample().below("archive-2022")
			f["__MACOSX/archive-2022/._outbox.json"], f["archive-2022/._actor.json"] = "\x00\x05", "\x00\x05"
			return f
		},
		"media in the instance's folder": func() files { return sample().renamed(picture, "homeexample/"+picture) },
		"media in the server's folder": func() files {
			return sample().renamed(picture, "/home/mastodon/live/public/system/"+picture)
		},
	}
	for vintage, make := range vintages {
		for packing, pack := range packings {
			t.Run(vintage+", "+packing, func(t *testing.T) {
				e := open(t, pack(t, make()))
				if diff := cmp.Diff(sampleTold, told(t, e)); diff != "" {
					t.Error(diff)
				}
				if e.Account != (archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}) {
					t.Errorf("it is of %+v", e.Account)
				}
			})
		}
	}
}

func TestExportsOf2018HaveNoLikesAndNoBookmarks(t *testing.T) {
	f := sample()
	delete(f, "likes.json")
	delete(f, "bookmarks.json")
	if diff := cmp.Diff(sampleTold[:2], told(t, open(t, zipOf(t, f)))); diff != "" {
		t.Error(diff)
	}
}

func TestAPictureThatIsMissingIsNone(t *testing.T) {
	f := sample()
	delete(f, picture)
	if got := told(t, open(t, zipOf(t, f)))[0]; strings.Contains(got, "+") {
		t.Error(got)
	}
}

// Where the server kept its media itself, the address of a file can be told: it may still be had there.
func TestWhereTheServerKeptItsMediaTheAddressIsKnown(t *testing.T) {
	f := sample()
	f["outbox.json"] = strings.Replace(f["outbox.json"], `"/media_`, `"media_`, 1)
	want := "https://home.example/system/" + picture + " \x89PNG a heron"
	if got := told(t, open(t, zipOf(t, f)))[0]; !strings.HasSuffix(got, want) {
		t.Errorf("got %q", got)
	}
}

// A look leaves nothing behind, and does not need the media.
func TestALookUnpacksNoMedia(t *testing.T) {
	scratch := filepath.Join(t.TempDir(), "scratch")
	e, err := export.Open(t.Context(), tarGzOf(t, sample()), export.Options{Scratch: scratch, Look: true})
	must(t, err)
	n := 0
	for i := range e.Items() {
		n += len(i.Files)
	}
	if _, err := os.Stat(filepath.Join(scratch, picture)); !os.IsNotExist(err) || n != 1 {
		t.Errorf("unpacked: %v; files %d", err, n)
	}
	must(t, e.Close())
	if _, err := os.Stat(scratch); !os.IsNotExist(err) {
		t.Error("the scratch folder is left")
	}
}

func TestWhoseExportItIs(t *testing.T) {
	ana := archive.Account{User: "ana", Instance: "home.example", Scheme: "http"}
	without := func(part string) files {
		f := sample()
		delete(f, part)
		return f
	}
	numbered := without("actor.json")
	numbered["outbox.json"] = strings.ReplaceAll(numbered["outbox.json"], "/users/ana", "/ap/users/117")
	empty := without("actor.json")
	empty["outbox.json"] = outboxOf()
	for _, tc := range []struct {
		name  string
		files files
		given archive.Account
		want  archive.Account
		wrong string
	}{
		{"the export says it", sample(), archive.Account{}, archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}, ""},
		{"both say it", sample(), ana, ana, ""},
		{"of another user", sample(), archive.Account{User: "bo", Instance: "home.example"}, ana, "it is of ana@home.example, not of bo@home.example"},
		{"on another server", sample(), archive.Account{User: "ana", Instance: "far.example"}, ana, "name the account ana@home.example"},
		{"only the posts say it", without("actor.json"), archive.Account{}, archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}, ""},
		{"only a number says it", numbered, archive.Account{}, ana, "name the account with --account"},
		{"a number and an option", numbered, ana, ana, ""},
		{"nothing says it", empty, archive.Account{}, ana, "name the account with --account"},
		{"only the option says it", empty, ana, ana, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := export.Open(t.Context(), zipOf(t, tc.files), export.Options{Account: tc.given})
			if tc.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wrong) {
					t.Errorf("error %v, want %q", err, tc.wrong)
				}
				return
			}
			must(t, err)
			defer e.Close()
			if e.Account != tc.want {
				t.Errorf("it is of %+v", e.Account)
			}
		})
	}
}

// What is wrong with one item, or one part, is said, and the rest is read.
func TestWhatCanNotBeReadIsRefusedAlone(t *testing.T) {
	f := sample()
	f["outbox.json"] = outboxOf(
		`7`, `{"type":"Create","object":"https://home.example/users/ana/statuses/1"}`, `{"type":"Flag","object":"x"}`,
		`{"type":"Create","object":{"type":"Note"}}`,
		`{"type":"Create","actor":"https://home.example/users/eve","object":{"id":"https://home.example/users/eve/statuses/1"}}`,
		`{"type":"Create","object":{"id":"https://far.example/users/ana/statuses/1"}}`,
		`{"type":"Announce","object":7}`, `{"type":"Like","object":"https://far.example/users/bo/statuses/5"}`)
	f["likes.json"] = `{"orderedItems":["https://far.example/users/bo/statuses/6",`
	f["bookmarks.json"] = `[]`
	want := []string{
		`outbox.json, item 1: refused: it is a "", of which nothing is known`,
		`outbox.json, item 2: refused: it made https://home.example/users/ana/statuses/1, of which the export does not say more`,
		`outbox.json, item 3: refused: it is a "Flag", of which nothing is known`,
		`outbox.json, item 4: refused: it has no id`,
		`outbox.json, item 5: refused: https://home.example/users/eve/statuses/1 is by https://home.example/users/eve, not by the account`,
		`outbox.json, item 6: refused: https://far.example/users/ana/statuses/1 is not on the account's server`,
		`outbox.json, item 7: refused: "" is no address of a post`,
		`outbox.json, item 8: favourite https://far.example/users/bo/statuses/5 https://far.example/users/bo/statuses/5`,
		`likes.json, item 1: favourite https://far.example/users/bo/statuses/6 https://far.example/users/bo/statuses/6`,
		`likes.json: refused: it ends in the middle, after 1 items`,
		`bookmarks.json: refused: it is no JSON object`,
	}
	if diff := cmp.Diff(want, told(t, open(t, zipOf(t, f)))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasBoosted(t *testing.T) {
	f := sample()
	boost := func(of string) string {
		return `{"id":"https://home.example/users/ana/statuses/12/activity","type":"Announce","object":` + of + `}`
	}
	f["outbox.json"] = outboxOf(boost(`"https://far.example/users/bo/statuses/7"`), boost(`"https://home.example/users/cy/statuses/7"`),
		boost(`{"id":"https://home.example/users/ana/statuses/11","type":"Note","content":"for followers"}`),
		strings.Replace(boost(`"https://far.example/users/bo/statuses/7"`), "statuses/12", "x", 1))
	maps.DeleteFunc(f, func(name, _ string) bool { return name == "likes.json" || name == "bookmarks.json" })
	want := []string{
		"outbox.json, item 1: reblog id:home.example/12 https://far.example/users/bo/statuses/7",
		"outbox.json, item 2: reblog id:home.example/7 https://home.example/users/cy/statuses/7",
		"outbox.json, item 3: reblog id:home.example/11 https://home.example/users/ana/statuses/11",
		"outbox.json, item 4: reblog https://far.example/users/bo/statuses/7 https://far.example/users/bo/statuses/7",
	}
	if diff := cmp.Diff(want, told(t, open(t, zipOf(t, f)))); diff != "" {
		t.Error(diff)
	}
}

func TestWhoWantsNoMoreGetsNoMore(t *testing.T) {
	for n := 1; n <= len(sampleTold); n++ {
		got := 0
		for range open(t, zipOf(t, sample())).Items() {
			if got++; got == n {
				break
			}
		}
		if got != n {
			t.Errorf("got %d items, want %d", got, n)
		}
	}
}

// Where a server is gone, nobody can ask it for what it called by an id.
func TestOfAServerThatIsGonePostsAreCalledByTheirAddresses(t *testing.T) {
	e := open(t, zipOf(t, sample()))
	e.Served = false
	want := []string{sampleTold[0], "outbox.json, item 2: reblog https://far.example/users/bo/statuses/7 https://far.example/users/bo/statuses/7",
		sampleTold[2], "bookmarks.json, item 1: bookmark https://home.example/users/cy/statuses/9 https://home.example/users/cy/statuses/9"}
	if diff := cmp.Diff(want, told(t, e)); diff != "" {
		t.Error(diff)
	}
}
