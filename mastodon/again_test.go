package mastodon_test

import (
	"errors"
	"testing"

	"lama/mastodon"
)

func TestWhoSaysThatAPostIsGone(t *testing.T) {
	said := func(kind mastodon.Kind, message string) error {
		return &mastodon.Error{Status: 400, Message: message, Kind: kind}
	}
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"not found":          {said(mastodon.NotFound, "Record not found"), true},
		"forbidden":          {said(mastodon.Forbidden, "This post is private"), true},
		"a token too narrow": {said(mastodon.Forbidden, "This action is outside the authorized scopes"), false},
		"a wrong request":    {said(mastodon.Invalid, "?"), false},
		"a parked domain":    {said(mastodon.Malformed, "not JSON"), false},
		"an outage":          {said(mastodon.Temporary, "Bad Gateway"), false},
		"another error":      {errors.New("disk full"), false},
		"none":               {nil, false},
	} {
		if got := mastodon.PostGone(tc.err); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestWhatServersTellOfTheAccount(t *testing.T) {
	for software, want := range map[string][2]bool{ // doings, updates
		"mastodon": {true, true}, "gotosocial": {true, true}, "akkoma": {true, false}, "pleroma": {true, false},
		"sharkey": {false, true}, "": {false, true},
	} {
		s := mastodon.Server{Software: software}
		if got := [2]bool{s.TellsDoings(), s.Updates()}; got != want {
			t.Errorf("%q: %v, want %v", software, got, want)
		}
	}
	if fork := (mastodon.Server{Software: "glitch", APIVersion: 7}); !fork.TellsDoings() {
		t.Error("a fork of Mastodon is not believed")
	}
}

// Two versions as Mastodon 4.1.2 gave them (Mastodon.py's cassettes): they lack id, uri and edited_at.
func TestAHistoryAsItWasRecorded(t *testing.T) {
	const body = `[{"content":"\u003cp\u003eVS Code\u003c/p\u003e","spoiler_text":"","sensitive":false,"created_at":"2023-04-23T17:58:26.737Z",
		"account":{"id":"110248832373441811","acct":"mastodonpy_test"},"media_attachments":[],"emojis":[]},
		{"content":"\u003cp\u003eKate\u003c/p\u003e","spoiler_text":"","sensitive":false,"created_at":"2023-04-23T17:58:26.830Z",
		"account":{"id":"110248832373441811","acct":"mastodonpy_test"},"media_attachments":[],"emojis":[]}]`
	all, err := serveClient(t, says(200, typeJSON, body)).History(t.Context(), "110249424108626004")
	if err != nil || len(all) != 2 {
		t.Fatalf("%d versions (%v)", len(all), err)
	}
	for i, want := range []string{"2023-04-23T17:58:26.737Z <p>VS Code</p>", "2023-04-23T17:58:26.830Z <p>Kate</p>"} {
		if v, err := mastodon.DecodeVersion(all[i]); err != nil || v.CreatedAt+" "+v.Content != want {
			t.Errorf("version %d is %+v (%v)", i, v, err)
		}
	}
	if _, err := mastodon.DecodeVersion([]byte("7")); err == nil {
		t.Error("a number is a version")
	}
}
