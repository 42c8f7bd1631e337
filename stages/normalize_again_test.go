package stages_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
)

// ofKind is an answer to alice of another kind of request.
func ofKind(kind archive.Kind, items ...json.RawMessage) archive.Page {
	p := answerOf("", items...)
	p.Task.Lane.Kind = kind
	p.Task.Wants = []archive.Want{{Account: aliceName, Name: archive.IDName(alice.Account.Instance, "1"), Kind: kind}}
	return p
}

// An update is a new version of a post that is here for another reason, or of none.
func TestAnUpdateMakesNoActivity(t *testing.T) {
	p := answerOf(archive.Notifications,
		json.RawMessage(`{"id":"1","type":"update","status":`+string(farStatus("6", `,"edited_at":"2024-05-01T10:00:00Z"`))+`}`),
		json.RawMessage(`{"id":"2","type":"update","status":null}`))
	b, out := normalize(t, alice, p)
	if len(b.Posts) != 1 || b.Posts[0].EditedAt.IsZero() || len(b.Activities)+len(b.Lost)+len(out) > 0 {
		t.Errorf("got %+v, malformed %v", b, out)
	}
}

func TestWhatStandsIsReadOfPostsThatWereAskedForByID(t *testing.T) {
	items := []json.RawMessage{
		farStatus("1", `,"favourited":false,"bookmarked":true,"reblogged":null`),
		farStatus("2", `,"favourited":false,"reblog":`+string(farStatus("3", `,"favourited":true`))),
	}
	doings := func(kind archive.Kind, believed bool) (got []string) {
		view := alice
		view.Doings = believed
		b, _ := normalize(t, view, ofKind(kind, items...))
		for _, d := range b.Doings {
			got = append(got, fmt.Sprint(d.PostURI, " ", d.Base, " ", d.Stands))
		}
		slices.Sort(got)
		return got
	}
	want := []string{"https://far.example/1 bookmark true", "https://far.example/1 favourite false"}
	if d := cmp.Diff(want, doings(archive.TaskAgain, true)); d != "" {
		t.Error(d)
	}
	if got := doings(archive.TaskAgain, false); got != nil {
		t.Errorf("a server that is not believed says %v", got)
	}
	if got := doings(archive.TaskPosts, true); got != nil {
		t.Errorf("a post that is not stored says %v", got)
	}
}

// A version comes out the same from a history as it did from a post, although only the post names whom a link means.
func TestAVersionIsTheSameFromAHistory(t *testing.T) {
	const text = `<p>Hello <a href=\"https://home.example/@bo\">@bo</a>, see <a href=\"https://a.example/x\">this</a></p>`
	version := func(text, media string) string {
		return `"content":"` + text + `","spoiler_text":"a heron","media_attachments":[` + media + `],"poll":{"options":[{"title":"tea"}]}`
	}
	const common = `,"created_at":"2024-05-01T10:00:00Z","mentions":[{"acct":"bo","username":"bo","url":"https://home.example/@bo"}],`
	const heron = `{"id":"5","type":"image","url":"https://a.example/5.png","remote_url":"https://far.example/5.png","description":"a heron"}`
	seen, _ := normalize(t, alice, answerOf("", farStatus("1", common+version(text, heron))))
	p := ofKind(archive.TaskHistory,
		json.RawMessage(`{"created_at":"2024-05-01T10:00:00.000Z",`+version(text, heron)+`}`), json.RawMessage(`7`),
		json.RawMessage(`{"created_at":"2024-05-01T11:00:00.000Z","content":"<p>edited</p>"}`))
	p.Task.Wants[0].Head = farStatus("1", common+`"edited_at":"2024-05-01T11:00:00Z",`+version("edited", ""))
	b, out := normalize(t, alice, p)
	if len(b.Versions) != 2 || len(b.Posts)+len(b.Activities)+len(b.Aliases) > 0 || len(out) != 1 {
		t.Fatalf("got %+v, malformed %v", b, out)
	}
	want, got := seen.Posts[0], b.Versions[0]
	if string(got.JSON) != string(p.Statuses[0].JSON) {
		t.Errorf("its JSON is %s", got.JSON)
	}
	got.JSON, want.JSON = nil, nil
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	last := b.Versions[1]
	if last.EditedAt.String() != "2024-05-01 11:00:00+00:00" || last.Content != "edited" || len(last.Media)+len(last.PollOptions) > 0 {
		t.Errorf("the second version is %+v", last)
	}
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte(`{"content":"<p>x</p>","created_at":"2024-05-01T10:00:00Z","poll":{"options":[{"title":"a"}]},"media_attachments":[{"id":1}]}`))
	f.Add([]byte(`{"uri":"https://evil.example/2","account":{"acct":"eve"},"content":7,"poll":[],"media_attachments":{}}`))
	f.Fuzz(func(t *testing.T, entry []byte) {
		if !json.Valid(entry) {
			return // no client returns it
		}
		p := ofKind(archive.TaskHistory, entry)
		p.Task.Wants[0].Head = farStatus("1", "")
		b, out := normalize(t, alice, p)
		if len(b.Versions)+len(out) != 1 || len(b.Posts)+len(b.Activities)+len(b.Aliases) > 0 {
			t.Fatalf("got %+v, malformed %v", b, out)
		}
		for _, v := range b.Versions {
			if v.URI != "https://far.example/1" || v.Author == "" || string(v.JSON) != string(entry) {
				t.Errorf("%s became %+v", entry, v)
			}
		}
	})
}
