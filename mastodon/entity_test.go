package mastodon_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lama/mastodon"
)

// with is the smallest status with some more fields.
func with(fields string) string {
	return `{"id":"1","uri":"https://h.example/1","account":{"acct":"ann"}` + fields + `}`
}

func decode(t *testing.T, data string) mastodon.Status {
	t.Helper()
	s, err := mastodon.DecodeStatus([]byte(data))
	if err != nil {
		t.Fatalf("decode %s: %v", data, err)
	}
	return s
}

func TestDecodeStatus(t *testing.T) {
	got := decode(t, `{"id":"109","uri":"https://h.example/users/ann/statuses/109","url":"https://h.example/@ann/109",
		"created_at":"2024-01-02T03:04:05.678Z","edited_at":"2024-01-03T00:00:00.000Z",
		"visibility":"unlisted","language":"de","spoiler_text":"cw","content":"<p>Hi</p>","in_reply_to_id":"108",
		"reblog":null,
		"account":{"id":"7","username":"ann","acct":"ann@far.example",
			"url":"https://far.example/@ann","uri":"https://far.example/users/ann"},
		"media_attachments":[{"id":"5","type":"image","url":"https://h.example/5.png","remote_url":null,
			"description":"A cat","meta":{}}],
		"mentions":[{"id":"8","username":"bob","acct":"bob","url":"https://h.example/@bob"}],
		"tags":[{"name":"go","url":"x"}],
		"poll":{"id":"3","expires_at":null,
			"options":[{"title":"yes","votes_count":1},{"title":"no","votes_count":null}]}}`)
	want := mastodon.Status{
		ID: "109", URI: "https://h.example/users/ann/statuses/109", URL: "https://h.example/@ann/109",
		CreatedAt: "2024-01-02T03:04:05.678Z", EditedAt: "2024-01-03T00:00:00.000Z",
		Visibility: "unlisted", Language: "de", SpoilerText: "cw", Content: "<p>Hi</p>", InReplyToID: "108",
		Account: mastodon.Account{ID: "7", Username: "ann", Acct: "ann@far.example",
			URL: "https://far.example/@ann", URI: "https://far.example/users/ann"},
		Media: []mastodon.MediaAttachment{{ID: "5", Type: "image", URL: "https://h.example/5.png",
			Description: "A cat"}},
		Mentions: []mastodon.Mention{{ID: "8", Username: "bob", Acct: "bob", URL: "https://h.example/@bob"}},
		Tags:     []mastodon.Tag{{Name: "go", URL: "x"}},
		Poll:     mastodon.Poll{ID: "3", Options: []string{"yes", "no"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingUnimportantLosesAStatus(t *testing.T) {
	for _, tc := range []struct {
		name, fields string
		want         mastodon.Status // apart from what every status here has
	}{
		{"everything null",
			`,"content":null,"tags":null,"mentions":null,"media_attachments":null,
				"poll":null,"quote":null,"created_at":null`,
			mastodon.Status{}},
		{"everything of a wrong type",
			`,"content":{},"tags":{"a":1},"mentions":"x","media_attachments":3,"poll":[],"quote":7,"reblog":false,
			"created_at":true,"visibility":[],"pleroma":1,"akkoma":"x","spoiler_text":false`, mastodon.Status{}},
		{"wrong types inside",
			`,"tags":[null,"go",{"name":"rust"},{"name":["x"]}],
				"media_attachments":[{"id":5,"type":7,"meta":{"width":"520"}},null]`,
			mastodon.Status{Tags: []mastodon.Tag{{Name: "rust"}, {}}, Media: []mastodon.MediaAttachment{{ID: "5",
				Type: "unknown"}}}},
		{"numbers", `,"in_reply_to_id":103270115826048975,"language":1e3`,
			mastodon.Status{InReplyToID: "103270115826048975", Language: "1e3"}},
		{"a type with noise in it",
			`,"media_attachments":[{"id":"5","type":"gifv* Connection #0 to host left intact"}]`,
			mastodon.Status{Media: []mastodon.MediaAttachment{{ID: "5", Type: "unknown"}}}},
		{"a NUL", `,"content":"a\u0000b"`, mastodon.Status{Content: "a\uFFFDb"}},
		{"half a surrogate pair", `,"content":"a\ud800b"`, mastodon.Status{Content: "a\uFFFDb"}},
		{"keys in another case", `,"Content":"x","ID":"2"`, mastodon.Status{}},
		{"a key twice", `,"content":"x","content":"y"`, mastodon.Status{Content: "y"}},
		{"a parent that Akkoma does not have",
			`,"in_reply_to_id":"_","akkoma":{"in_reply_to_apid":"https://far.example/objects/2"}`,
			mastodon.Status{InReplyToURI: "https://far.example/objects/2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.want.ID, tc.want.URI, tc.want.Account.Acct = "1", "https://h.example/1", "ann"
			if diff := cmp.Diff(tc.want, decode(t, with(tc.fields)), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	for _, tc := range []struct{ name, data, id, uri, wrong string }{
		{"id as a number", `{"id":103270115826048975,"uri":"u"}`, "103270115826048975", "u", ""},
		{"url only", `{"id":"1","uri":null,"url":"https://h.example/@ann/1"}`, "1", "https://h.example/@ann/1", ""},
		{"no account", `{"id":"1","uri":"u"}`, "1", "u", ""},
		{"StatusEdit", `{"content":"<p>Hi</p>","account":{},"created_at":"2024-01-02T03:04:05.678Z"}`, "", "",
			"read status: it has no id"},
		{"no name", `{"id":"1","content":"<p>Hi</p>"}`, "", "", `read status "1": it has neither uri nor url`},
		{"null", `null`, "", "", "read status: it is no JSON object"},
		{"array", `[]`, "", "", "read status: it is no JSON object"},
		{"empty", ``, "", "", "read status: it is no JSON object"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := mastodon.DecodeStatus([]byte(tc.data))
			wrong := ""
			if err != nil {
				wrong = err.Error()
			}
			if s.ID != tc.id || s.URI != tc.uri || wrong != tc.wrong {
				t.Errorf("got id %q, uri %q, error %q; want %q, %q, %q", s.ID, s.URI, wrong, tc.id, tc.uri, tc.wrong)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	const quoted = `{"id":"9","uri":"https://far.example/9","account":{"acct":"bob"}}`
	whole := mastodon.Quote{ID: "9", Status: []byte(quoted)}
	state := func(q mastodon.Quote, s string) mastodon.Quote { q.State = s; return q }
	for _, tc := range []struct {
		name, fields string
		want         mastodon.Quote
		accepted     bool
	}{
		{"accepted", `,"quote":{"state":"accepted","quoted_status":` + quoted + `}`, state(whole, "accepted"), true},
		{"pending", `,"quote":{"state":"pending","quoted_status":null}`, mastodon.Quote{State: "pending"}, false},
		{"revoked", `,"quote":{"state":"revoked","quoted_status":` + quoted + `}`, state(whole, "revoked"), false},
		{"a state of the future", `,"quote":{"state":"sold","quoted_status":` + quoted + `}`, state(whole, "sold"),
			false},
		{"shallow", `,"quote":{"state":"accepted","quoted_status_id":"9"}`, mastodon.Quote{State: "accepted", ID: "9"},
			true},
		{"no state", `,"quote":{"quoted_status":` + quoted + `}`, whole, true},
		{"bare", `,"quote_id":"9","quote":` + quoted, whole, true},
		{"bare, as LAMA 1.1 wrote it", `,"quote":{"id":9,"account":{},"state":null,"quoted_status":null}`,
			mastodon.Quote{ID: "9", Status: []byte(`{"id":9,"account":{},"state":null,"quoted_status":null}`)}, true},
		{"id only", `,"quote_id":"9","quote":null`, mastodon.Quote{ID: "9"}, true},
		{"Pleroma", `,"pleroma":{"quote":` + quoted + `,"quote_id":"9","quote_url":"https://far.example/9"}`,
			mastodon.Quote{ID: "9", URL: "https://far.example/9", Status: []byte(quoted)}, true},
		{"Pleroma, not there", `,"pleroma":{"quote":null,"quote_url":"https://far.example/9"}`,
			mastodon.Quote{URL: "https://far.example/9"}, true},
		{"Akkoma's ghost", `,"quote_id":"_","akkoma":{"quote_apid":"https://far.example/9"}`,
			mastodon.Quote{URL: "https://far.example/9"}, true},
		{"only a ghost", `,"quote_id":"_"`, mastodon.Quote{}, false},
		{"boolean", `,"quote":false`, mastodon.Quote{}, false},
		{"none", `,"quote":null,"quotes_count":3`, mastodon.Quote{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := decode(t, with(tc.fields)).Quote
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if got.Accepted() != tc.accepted {
				t.Errorf("accepted = %v, want %v", got.Accepted(), tc.accepted)
			}
		})
	}
}

func TestNestedStatusesKeepTheirBytes(t *testing.T) {
	const inner = `{ "id" : 2 ,"x":[1, 2],"x":3,"uri":"\u0068" }`
	if got := string(decode(t, with(`,"reblog": `+inner+` `)).Reblog); got != inner {
		t.Errorf("got %s, want %s", got, inner)
	}
}

func TestDecodeNotification(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		want       mastodon.Notification
		wrong      bool
	}{
		{"mention",
			`{"id":34975861,"type":"mention","created_at":"2019-11-23T07:49:02.064Z",
				"account":{"acct":"bob"},"status":{"id":"1"}}`,
			mastodon.Notification{ID: "34975861", Type: "mention", CreatedAt: "2019-11-23T07:49:02.064Z",
				Account: mastodon.Account{Acct: "bob"}, Status: []byte(`{"id":"1"}`)}, false},
		{"no status any more", `{"id":"3","type":"mention","status":null}`, mastodon.Notification{ID: "3",
			Type: "mention"}, false},
		{"no status ever", `{"id":"3","type":"follow","account":null}`, mastodon.Notification{ID: "3", Type: "follow"},
			false},
		{"no id", `{"type":"follow"}`, mastodon.Notification{}, true},
		{"no object", `"follow"`, mastodon.Notification{}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := mastodon.DecodeNotification([]byte(tc.data))
			if (err != nil) != tc.wrong {
				t.Errorf("error %v, want one: %v", err, tc.wrong)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAccountDecodesAsPartOfAnAnswer(t *testing.T) {
	var accounts []mastodon.Account
	if err := json.Unmarshal([]byte(`[{"id":7,"acct":"ann","fields":null},{"id":"8"}]`), &accounts); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]mastodon.Account{{ID: "7", Acct: "ann"}, {ID: "8"}}, accounts); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`[7]`), &accounts); err == nil {
		t.Error("a number was read as an account")
	}
}

// Whatever stands in whichever field, a status with an id and a uri is read.
func TestAnyValueAnywhere(t *testing.T) {
	keys := []string{"url", "account", "content", "reblog", "quote", "quote_id", "media_attachments", "mentions",
		"tags", "poll",
		"pleroma", "akkoma", "in_reply_to_id", "created_at", "visibility"}
	value := rapid.SampledFrom([]string{`null`, `true`, `0`, `-1.5e300`, `""`, `"x"`, `[]`, `{}`, `[[]]`, `[null]`,
		`{"id":{}}`,
		`[{"id":1}]`, `{"options":[{}]}`, `{"state":3,"quoted_status":[]}`, `{"id":1,"account":2}`, `"\ud800"`})
	rapid.Check(t, func(t *rapid.T) {
		var fields strings.Builder
		for _, k := range keys {
			fields.WriteString(`,"` + k + `":` + value.Draw(t, k))
		}
		s, err := mastodon.DecodeStatus([]byte(`{"id":"1","uri":"u"` + fields.String() + `}`))
		if err != nil || s.ID != "1" || s.URI != "u" {
			t.Fatalf("got id %q, uri %q, error %v", s.ID, s.URI, err)
		}
	})
}

func FuzzDecodeStatus(f *testing.F) {
	f.Add(with(`,"quote":{"state":"accepted","quoted_status":{"id":1}}`))
	f.Add(with(`,"tags":[{"name":"\u0000"}]`))
	f.Fuzz(func(t *testing.T, data string) {
		s, err := mastodon.DecodeStatus([]byte(data))
		if err != nil || !json.Valid([]byte(data)) { // which must do no harm, and that is all
			return
		}
		if s.ID == "" || s.URI == "" {
			t.Errorf("%q has id %q and uri %q", data, s.ID, s.URI)
		}
		for _, text := range []string{s.ID, s.URI, s.Content, s.Account.Acct} {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("%q is no text that PostgreSQL stores", text)
			}
		}
		if s.Reblog != nil && !strings.Contains(data, string(s.Reblog)) {
			t.Errorf("%q is no slice of %q", s.Reblog, data)
		}
	})
}

func BenchmarkDecodeStatus(b *testing.B) {
	data := []byte(with(`,"content":"` + strings.Repeat("<p>words of a person</p>", 40) +
		`","media_attachments":[{"id":"5","type":"image",
		"url":"https://h.example/5.png","meta":{"original":{"width":100,"height":100,"size":"100x100"}}}],
		"mentions":[],"tags":[{"name":"go"}],
		"emojis":[],"card":null,"poll":null,"reblog":` + with("")))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mastodon.DecodeStatus(data); err != nil {
			b.Fatal(err)
		}
	}
}
