package export_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"lama/importer/export"
)

const (
	everybody = "https://www.w3.org/ns/activitystreams#Public"
	followers = "https://home.example/users/ana/followers"
	bo        = "https://far.example/users/bo"
)

// statusOf is what becomes of an item of ana's outbox, in an export in this folder.
func statusOf(t testing.TB, dir, item string) export.Item {
	must(t, os.WriteFile(filepath.Join(dir, "outbox.json"), []byte(outboxOf(item)), 0o600))
	e, err := export.Open(t.Context(), dir, export.Options{})
	must(t, err)
	defer e.Close()
	for i := range e.Items() {
		return i
	}
	t.Fatal("there is no item")
	return export.Item{}
}

// visible is the visibility of a post of ana's with this addressing of what was done, and of the post.
func visible(t testing.TB, dir, activity, object string) string {
	i := statusOf(t, dir, `{"type":"Create"`+activity+`,"object":{"id":"https://home.example/users/ana/statuses/1"`+object+`}}`)
	must(t, i.Refused)
	return gjson.GetBytes(i.Status, "visibility").Str
}

// ofAna is a folder with ana's actor.json.
func ofAna(t testing.TB) string { return folderOf(t, files{"actor.json": sample()["actor.json"]}) }

func TestVisibility(t *testing.T) {
	dir := ofAna(t)
	for _, tc := range []struct{ name, activity, object, want string }{
		{"public", `,"to":["` + everybody + `"],"cc":["` + followers + `"]`, `,"to":["` + everybody + `"],"cc":["` + followers + `"]`, "public"},
		{"public, not as a list", ``, `,"to":"` + everybody + `"`, "public"},
		{"public, in short", ``, `,"to":["as:Public"]`, "public"},
		{"unlisted", ``, `,"to":["` + followers + `"],"cc":["` + everybody + `"]`, "unlisted"},
		{"for followers", ``, `,"to":["` + followers + `"],"cc":["` + bo + `"]`, "private"},
		{"for those named", ``, `,"to":["` + bo + `"],"cc":[]`, "direct"},
		{"for others' followers", ``, `,"to":["` + bo + `/followers"]`, "direct"},
		{"for nobody", ``, `,"to":[],"cc":[]`, "direct"},
		{"nobody says", ``, ``, "direct"},
		{"only the activity says", `,"to":["` + everybody + `"]`, ``, "public"},
		{"the post is narrower", `,"to":["` + everybody + `"]`, `,"to":["` + bo + `"]`, "direct"},
		{"the activity is narrower", `,"to":["` + followers + `"]`, `,"to":["` + everybody + `"]`, "private"},
		{"nonsense", ``, `,"to":[7,{"id":3},["` + everybody + `"]],"cc":{"a":1}`, "direct"},
		{"objects", ``, `,"to":[{"id":"` + followers + `"}]`, "private"},
		{"Pleroma's direct message", ``, `,"to":["` + everybody + `"],"directMessage":true`, "direct"},
		{"blind copies", ``, `,"bto":["` + everybody + `"],"to":["` + bo + `"]`, "direct"},
		{"said twice", ``, `,"to":["` + everybody + `"],"to":["` + bo + `"]`, "direct"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := visible(t, dir, tc.activity, tc.object); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// widths are the visibilities, from the narrowest to the widest.
var widths = []string{"direct", "private", "unlisted", "public"}

// A post is never seen by more people than all who address it say: whoever is taken out of an addressing, whatever else
// is put in, and whichever of the two says less.
func TestNothingBecomesWider(t *testing.T) {
	who := rapid.SampledFrom([]string{everybody, followers, bo, bo + "/followers", "", "Public ", everybody + "s", followers + "/"})
	list := rapid.SliceOfN(who, 0, 3)
	dir := ofAna(t)
	rapid.Check(t, func(r *rapid.T) {
		type addressing struct{ to, cc []string }
		said := map[string]addressing{}
		for _, where := range []string{"activity", "object"} {
			if rapid.Bool().Draw(r, where) {
				said[where] = addressing{list.Draw(r, where+" to"), list.Draw(r, where+" cc")}
			}
		}
		text := func(where string) string {
			a, ok := said[where]
			if !ok {
				return ""
			}
			to, _ := json.Marshal(a.to)
			cc, _ := json.Marshal(a.cc)
			return `,"to":` + string(to) + `,"cc":` + string(cc)
		}
		allowed := len(widths) - 1
		for _, a := range said {
			width := 0
			switch {
			case slices.Contains(a.to, everybody):
				width = 3
			case slices.Contains(a.cc, everybody):
				width = 2
			case slices.Contains(append(a.to, a.cc...), followers):
				width = 1
			}
			allowed = min(allowed, width)
		}
		if len(said) == 0 {
			allowed = 0
		}
		got := visible(t, dir, text("activity"), text("object"))
		if slices.Index(widths, got) != allowed {
			r.Fatalf("%v became %s, want %s", said, got, widths[allowed])
		}
	})
}

func TestFollowersAreThoseOfTheAccount(t *testing.T) {
	f := sample()
	f["actor.json"] = strings.Replace(f["actor.json"], followers, bo+"/followers", 1)
	f["outbox.json"] = outboxOf(`{"type":"Create","object":{"id":"https://home.example/users/ana/statuses/1","to":["` + followers + `"]}}`)
	for i := range open(t, folderOf(t, f)).Items() {
		if got := gjson.GetBytes(i.Status, "visibility").Str; got != "direct" {
			t.Errorf("got %s", got)
		}
		break
	}
}
