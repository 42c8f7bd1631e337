package mastodonarchive_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/importer/mastodonarchive"
	"lama/stages"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// status is a status as Mastodon.py writes it to a file.
func status(id, more string) string {
	return `{
    "id": ` + id + `,
    "created_at": "2022-11-19 11:49:52.123000+00:00",
    "uri": "https://dice.camp/users/ana/statuses/` + id + `",
    "url": "https://dice.camp/@ana/` + id + `",
    "account": {"id": 1, "username": "ana", "acct": "ana", "url": "https://dice.camp/@ana"},
    "visibility": "private", "content": "<p>a heron</p>", "_pagination_next": {"max_id": "5"}` + more + `
  }`
}

const (
	heron   = `, "media_attachments": [{"id": 7, "type": "image", "url": "https://files.dice.camp/media/a%20b.png?1", "description": "heron"}]`
	remote  = `, "media_attachments": [{"id": 8, "type": "image", "url": "https://files.dice.camp/cache/c.png", "remote_url": "https://far.example/c.png"}]`
	missing = `, "media_attachments": [{"id": 9, "type": "image", "url": "https://files.dice.camp/none.png"}]`
	account = `"account": {"id": 1, "username": "ana", "acct": "ana", "url": "https://dice.camp/@ana"}`
)

// sample has one of everything, and the members that are not for us.
var sample = `{
  ` + account + `,
  "followers": [{"id": 3, "statuses": [1]}],
  "statuses": [` + status("1", heron) + `, ` + status("2", `, "reblog": `+status("3", remote)) + `],
  "favourites": [` + status("4", missing) + `],
  "bookmarks": [` + status("5", "") + `],
  "mentions": [null, ` + status("6", "") + `],
  "notes": []
}`

// write puts an archive into a folder of its own.
func write(t *testing.T, name, content string) string {
	file := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// told is an archive in words, item by item.
func told(t *testing.T, a *mastodonarchive.Archive) (all []string) {
	for item, err := range a.Source(stages.View{Account: a.Account, Reblogs: true}).Items(t.Context()) {
		must(t, err)
		line := item.Where + ":"
		for _, why := range item.Refused {
			line += " refused: " + why
		}
		for _, p := range item.Posts {
			if p.Imported != archive.FromMastodonArchive || p.CreatedAt.String() != "2022-11-19 11:49:52+00:00" || p.Visibility != "private" {
				t.Errorf("got %+v", p)
			}
			line += " " + p.ID
		}
		for _, d := range item.Activities {
			line += " " + string(d.Base) + " of " + strings.TrimPrefix(d.PostURI, "https://dice.camp/users/ana/statuses/") + " by " + d.Account
		}
		for _, f := range item.Files {
			r, err := f.Open()
			must(t, err)
			content, err := io.ReadAll(r)
			must(t, err)
			must(t, r.Close())
			line += " + " + f.Source + " " + string(content)
		}
		all = append(all, line)
	}
	return all
}

func open(t *testing.T, file, folder string) *mastodonarchive.Archive {
	t.Helper()
	a, err := mastodonarchive.Open(file, folder, archive.Account{})
	must(t, err)
	t.Cleanup(func() { must(t, a.Close()) })
	return a
}

func TestWhatAnArchiveHolds(t *testing.T) {
	file := write(t, "dice.camp.user.ana.json", sample)
	media := filepath.Join(filepath.Dir(file), "dice.camp.user.ana")
	for name, content := range map[string]string{
		"media/a%20b.png": "heron", "cache/c.png": "c", "none.png": "", "none.png.missing": "",
	} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(media, name)), 0o700))
		must(t, os.WriteFile(filepath.Join(media, name), []byte(content), 0o600))
	}
	want := []string{
		"statuses, item 1: 1 post of 1 by ana@dice.camp + https://files.dice.camp/media/a%20b.png?1 heron",
		"statuses, item 2: 2 3 post of 2 by ana@dice.camp reblog of 3 by ana@dice.camp + https://far.example/c.png c",
		"favourites, item 1: 4 favourite of 4 by ana@dice.camp",
		"bookmarks, item 1: 5 bookmark of 5 by ana@dice.camp",
		"mentions, item 2: 6 mention of 6 by ana@dice.camp",
	}
	if diff := cmp.Diff(want, told(t, open(t, file, ""))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, told(t, open(t, file, media))); diff != "" {
		t.Error(diff)
	}
}

// No address leads out of the folder of media, not through a link either.
func TestNoAddressLeadsOut(t *testing.T) {
	for _, address := range []string{"https://x/../secret", "https://x/..%2fsecret", "https://x/link", "https://x/folder", "x:", "", "https://x"} {
		file := write(t, "dice.camp.user.ana.json", `{`+account+`,"statuses":[`+
			status("1", `,"media_attachments":[{"id":1,"url":"`+address+`"}]`)+`]}`)
		media := strings.TrimSuffix(file, ".json")
		must(t, os.MkdirAll(filepath.Join(media, "folder"), 0o700))
		must(t, os.WriteFile(filepath.Join(filepath.Dir(file), "secret"), []byte("secret"), 0o600))
		must(t, os.Symlink("../secret", filepath.Join(media, "link")))
		if got := told(t, open(t, file, "")); len(got) != 1 || strings.Contains(got[0], "+") {
			t.Errorf("%q: %q", address, got)
		}
	}
}

func TestWhoseArchiveItIs(t *testing.T) {
	bo := archive.Account{User: "bo", Instance: "far.example"}
	ana := archive.Account{User: "ana", Instance: "dice.camp", Scheme: "https"}
	for _, tc := range []struct {
		name, file, content string
		given, want         archive.Account
		wrong               string
	}{
		{"its name says it", "Dice.camp.user.ana.json", sample, archive.Account{}, ana, ""},
		{"it was split off", "dice.camp.user.ana.2.json", sample, archive.Account{}, ana, ""},
		{"only the account says it", "backup.json", sample, archive.Account{}, ana, ""},
		{"an option says it", "backup.json", sample, archive.Account{User: "Ana", Instance: "x.example"}, archive.Account{User: "Ana", Instance: "x.example"}, ""},
		{"of another account", "backup.json", sample, bo, ana, "it is of ana, not of bo@far.example"},
		{"nothing says it", "backup.json", `{"account":{"id":1}}`, archive.Account{}, ana, "name the account with --account"},
		{"another file", "backup.json", `{"orderedItems":[]}`, archive.Account{}, ana, "no file of mastodon-archive"},
		{"half a file", "backup.json", `{"statuses":[`, archive.Account{}, ana, "it ends in the middle"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := mastodonarchive.Open(write(t, tc.file, tc.content), "", tc.given)
			if tc.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wrong) {
					t.Errorf("error %v, want %q", err, tc.wrong)
				}
				return
			}
			must(t, err)
			if a.Account != tc.want {
				t.Errorf("it is of %+v", a.Account)
			}
			must(t, a.Close())
		})
	}
}

func TestAFolderThatIsNamedMustBeThere(t *testing.T) {
	file := write(t, "backup.json", sample)
	if _, err := mastodonarchive.Open(file, file+"-media", archive.Account{}); err == nil {
		t.Error("there was no error")
	}
	if _, err := mastodonarchive.Open(file+"x", "", archive.Account{}); err == nil {
		t.Error("there was no error")
	}
}

func TestWhatCanNotBeReadIsRefusedAlone(t *testing.T) {
	file := write(t, "backup.json", `{`+account+`,"statuses":[7,{"id":1},`+status("1", "")+`],"favourites":[`+status("2", "")+`,`)
	want := []string{
		"statuses, item 1: refused: read status: it is no JSON object",
		`statuses, item 2: refused: read status "1": it has neither uri nor url`,
		"statuses, item 3: 1 post of 1 by ana@dice.camp",
		"favourites, item 1: 2 favourite of 2 by ana@dice.camp",
		"backup.json: refused: it ends in the middle, after 4 items",
	}
	if diff := cmp.Diff(want, told(t, open(t, file, ""))); diff != "" {
		t.Error(diff)
	}
}
