package stages

import (
	"errors"
	"testing"
	"time"

	"lama/archive"
	"lama/mastodon"
)

// A batch says nothing of what is gone or muted; the "no" to a request of its own is noted and settles the task, since the
// post is stored. A refusal that is about the request is no such "no".
func TestWhatComesOfAskingAgain(t *testing.T) {
	said := func(kind mastodon.Kind, message string) error {
		return &mastodon.Error{Status: 400, Message: message, Kind: kind}
	}
	yes, notFound := error(nil), said(mastodon.NotFound, "Record not found")
	for name, c := range map[string]struct {
		kind  archive.Kind
		alone bool
		came  bool
		err   error
		want  archive.Settle
	}{
		"it came":              {archive.TaskAgain, false, true, yes, became(archive.Done, false, false)},
		"a batch is silent":    {archive.TaskAgain, false, false, yes, became(archive.Pending, true, false)},
		"a batch is refused":   {archive.TaskAgain, false, false, notFound, became(archive.Pending, true, false)},
		"it is gone":           {archive.TaskAgain, true, false, notFound, became(archive.Done, true, true)},
		"it is not for us":     {archive.TaskAgain, true, false, said(mastodon.Forbidden, "no"), became(archive.Done, true, true)},
		"nothing is for us":    {archive.TaskAgain, true, false, said(mastodon.Forbidden, "outside the authorized scopes"), became(archive.Done, true, false)},
		"the request is wrong": {archive.TaskAgain, true, false, said(mastodon.Invalid, "?"), became(archive.Done, true, false)},
		"the server is down":   {archive.TaskAgain, true, false, said(mastodon.Temporary, "?"), became(archive.Pending, true, false)},
		"it has a history":     {archive.TaskHistory, false, false, yes, became(archive.Done, false, false)},
		"it has none":          {archive.TaskHistory, false, false, notFound, became(archive.Done, false, true)},
		"the history is late":  {archive.TaskHistory, false, false, errors.New("?"), became(archive.Pending, false, false)},
		"what is not stored":   {archive.TaskPosts, true, false, notFound, became(archive.Refused, true, true)},
	} {
		t.Run(name, func(t *testing.T) {
			w := archive.Want{Account: "ana", Name: "id:home.example/1", Kind: c.kind, Alone: c.alone}
			if c.kind == archive.TaskPosts {
				w.Kind = ""
			}
			b := archive.Batch{Lane: archive.Lane{Kind: c.kind}, Wants: []archive.Want{w}, Outcome: archive.Outcome{State: archive.Done}}
			if c.err != nil {
				b.Outcome = Retry{time.Now}.Outcome(c.err, 0, true)
			}
			if c.came {
				b.Posts = []archive.Post{{ID: "1", Instance: "home.example"}}
			}
			b, err := Recurse{Own: func(string) bool { return false }, Now: time.Now}.Recurse(t.Context(), b)
			got := b.Settles[0]
			if err != nil || got.State != c.want.State || got.Alone != c.want.Alone || got.Missing != c.want.Missing {
				t.Errorf("got %+v (%v), want %+v", got, err, c.want)
			}
		})
	}
}

func became(s archive.State, alone, gone bool) archive.Settle {
	return archive.Settle{Alone: alone, Outcome: archive.Outcome{State: s, Missing: gone}}
}
