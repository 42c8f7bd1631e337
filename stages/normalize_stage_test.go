package stages_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/stages"
)

func farStatus(id, more string) json.RawMessage {
	return json.RawMessage(`{"id":"` + id + `","uri":"https://far.example/` + id +
		`","account":{"acct":"ann@far.example"}` + more + `}`)
}

func TestNormalizePassesTheTaskOn(t *testing.T) {
	p := answerOf(archive.Bookmarks, farStatus("1", ""))
	p.Task.Walk.Next = "https://social.home.example/api/v1/bookmarks?max_id=5"
	p.Step = archive.Step{Top: "9", Bottom: "5", End: true, Proved: true}
	p.Outcome = archive.Outcome{State: archive.Pending, NotBefore: time.Unix(1, 0), Reason: "later",
		Account: errors.New("gone")}
	got, _ := normalize(t, alice, p)
	if got.Account != aliceName || got.Walk != p.Task.Walk || got.Lane != p.Task.Lane {
		t.Errorf("got account %q, walk %v, lane %v", got.Account, got.Walk, got.Lane)
	}
	if got.Step != p.Step || got.Outcome != p.Outcome {
		t.Errorf("got %+v, %+v, want those of the page", got.Step, got.Outcome)
	}
	if diff := cmp.Diff(p.Task.Keys(), got.Keys); diff != "" {
		t.Error(diff)
	}
}

func TestNormalizeAFailedRequest(t *testing.T) {
	p := answerOf(archive.Statuses)
	p.Outcome = archive.Outcome{State: archive.Refused, Reason: "404"}
	got, out := normalize(t, alice, p)
	if len(got.Posts)+len(got.Activities)+len(got.Lost)+len(out) != 0 || got.Outcome.State != archive.Refused {
		t.Errorf("got %+v", got)
	}
}

func TestAnswersToRequestsForPostsMakeNoActivities(t *testing.T) {
	p := answerOf("", farStatus("1", ""), farStatus("2", `,"quote_id":"3","quote":`+string(farStatus("3", ""))))
	for _, tc := range []struct {
		kind archive.Kind
		want []string
	}{
		{archive.TaskPosts, []string{"1", "2", "3"}},
		{archive.TaskSearch, []string{"1"}}, // the first is the answer, the rest was not asked for
	} {
		p.Task.Lane.Kind = tc.kind
		got, _ := normalize(t, alice, p)
		var ids []string
		for _, post := range got.Posts {
			ids = append(ids, post.ID)
		}
		if diff := cmp.Diff(tc.want, ids); diff != "" || len(got.Activities) > 0 {
			t.Errorf("%s: %d activities, %s", tc.kind, len(got.Activities), diff)
		}
	}
}

// Two renderings of a post are both kept, each once, in the order in which they came.
func TestAPostIsTakenOnceByItsBytes(t *testing.T) {
	item := rapid.Custom(func(t *rapid.T) json.RawMessage {
		more := rapid.SampledFrom([]string{"", `,"content":"x"`, `,"content":"y"`, ` `}).Draw(t, "more")
		return farStatus(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "id"), more)
	})
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(item, 0, 12).Draw(t, "items")
		var want, got []string
		for _, i := range items {
			if !slices.Contains(want, string(i)) {
				want = append(want, string(i))
			}
		}
		b, _ := normalize(t, alice, answerOf("", items...))
		for _, p := range b.Posts {
			got = append(got, string(p.JSON))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnAnswerToASearchStandsFirst(t *testing.T) {
	p := answerOf("", farStatus("1", `,"reblog":`+string(farStatus("2", ""))))
	p.Task.Lane.Kind = archive.TaskSearch
	if got, _ := normalize(t, alice, p); len(got.Posts) != 2 || got.Posts[0].ID != "1" {
		t.Errorf("got %d posts, the first %q", len(got.Posts), got.Posts[0].ID)
	}
}

func TestNormalizeRefusesOtherTasks(t *testing.T) {
	n := stages.Normalizer{View: func(string) stages.View { return alice }}
	for _, lane := range []archive.Lane{{Kind: archive.TaskMedia, Owner: "files.example"}, {Kind: archive.TaskPage,
		Owner: aliceName}} {
		if _, err := n.Normalize(t.Context(), archive.Page{Task: archive.Task{Lane: lane}}); err == nil {
			t.Errorf("a task of %v was normalised", lane)
		}
	}
}

func TestNobodyNeedsToHearOfMalformedItems(t *testing.T) {
	n := stages.Normalizer{View: func(string) stages.View { return alice }}
	b, err := n.Normalize(t.Context(), answerOf(archive.Statuses, json.RawMessage(`7`), farStatus("1", "")))
	if err != nil || len(b.Posts) != 1 {
		t.Errorf("got %d posts, error %v", len(b.Posts), err)
	}
}

func TestInstanceIsTheDomainWhereNoneIsKnown(t *testing.T) {
	v := alice
	v.Domain = ""
	got, _ := normalize(t, v, answerOf("", json.RawMessage(`{"id":"1","uri":"x","account":{"acct":"bob"}}`)))
	if author := got.Posts[0].Author; author != "bob@social.home.example" {
		t.Errorf("got author %q", author)
	}
}

// An envelope has every byte of its notification but those of the status.
func TestEnvelopeKeepsEveryOtherByte(t *testing.T) {
	space := rapid.StringMatching(`[ \n\t]{0,3}`)
	value := rapid.SampledFrom([]string{`1`, `-0.50`, `"\u00e9"`, `"status"`, `{"status":{"id":"9"}}`, `[ ]`, `null`,
		`true`})
	rapid.Check(t, func(t *rapid.T) {
		member := func(key, value string) string {
			return space.Draw(t, "before") + key + space.Draw(t, "after") + ":" + space.Draw(t, "value") + value +
				space.Draw(t, "end")
		}
		const mark = "the status stands here"
		members := []string{
			member(`"id"`, `"5"`),
			member(`"type"`, `"mention"`),
			member(rapid.SampledFrom([]string{`"status"`, `"st\u0061tus"`}).Draw(t, "key"), mark),
		}
		for range rapid.IntRange(0, 4).Draw(t, "more members") {
			members = append(members, member(`"x"`, value.Draw(t, "x")))
		}
		frame := "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
		item := json.RawMessage(strings.Replace(frame, mark, string(farStatus("1", `, "x" : [1, 2]`)), 1))
		b, out := normalize(t, alice, answerOf(archive.Notifications, item))
		if len(b.Activities) != 1 {
			t.Fatalf("%s makes %d activities, malformed %v", item, len(b.Activities), out)
		}
		if diff := cmp.Diff(strings.Replace(frame, mark, "null", 1), string(b.Activities[0].Envelope)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// checkBatch states what holds for every batch.
func checkBatch(t *testing.T, source []byte, b archive.Batch) {
	t.Helper()
	uris := map[string]bool{}
	for _, p := range b.Posts {
		checkBytes(t, source, p)
		uris[p.URI] = true
		if p.URI == p.Reblog {
			t.Errorf("%s boosts itself", p.URI)
		}
		for _, r := range p.References {
			if r.Target == "" || r.Target == archive.IDName(p.Instance, p.ID) && r.Chain == archive.ChainLink {
				t.Errorf("%s refers to %q", p.URI, r.Target)
			}
		}
	}
	seen := map[[2]string]bool{}
	for _, a := range b.Activities {
		if !uris[a.PostURI] {
			t.Errorf("there is an activity with %s, but no post", a.PostURI)
		}
		key := [2]string{a.PostURI, string(a.Base)}
		if seen[key] {
			t.Errorf("%s of %s is there twice", a.Base, a.PostURI)
		}
		seen[key] = true
		if (a.Base == archive.BaseMention || a.Base == archive.BasePoll) != (a.Envelope != nil) || a.ID == "" {
			t.Errorf("activity %s with %s has id %q and envelope %s", a.Base, a.PostURI, a.ID, a.Envelope)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for i, seed := range []json.RawMessage{
		farStatus("1", `,"reblog":`+string(farStatus("2", `,"quote":`+string(farStatus("3", ""))))),
		farStatus("4", `,"content":"<a href=https://far.example/@ann/4>x</a>","in_reply_to_id":4,"quote_id":"5"`),
		json.RawMessage(`{"id":1,"type":"mention","status":` + string(farStatus("6", "")) + `}`),
	} {
		f.Add([]byte(seed), uint8(i))
	}
	f.Fuzz(func(t *testing.T, item []byte, which uint8) {
		c := append(archive.Collections, "")[int(which)%(len(archive.Collections)+1)]
		b, _ := normalize(t, alice, answerOf(c, item, item))
		checkBatch(t, item, b)
		if c == "" && len(b.Activities) > 0 {
			t.Errorf("there are %d activities where nobody did anything", len(b.Activities))
		}
		for _, a := range b.Activities {
			if a.Envelope != nil && !bytes.Contains(a.Envelope, []byte("null")) {
				t.Errorf("envelope %s has its status still", a.Envelope)
			}
		}
	})
}
