package export_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/importer/export"
	"lama/mastodon"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each object of testdata becomes the status beside it.
func TestNotes(t *testing.T) {
	notes, err := filepath.Glob("testdata/*.note.json")
	if err != nil || len(notes) == 0 {
		t.Fatalf("found %d, error %v", len(notes), err)
	}
	for _, file := range notes {
		t.Run(filepath.Base(file), func(t *testing.T) {
			note, err := os.ReadFile(file)
			must(t, err)
			i := statusOf(t, ofAna(t), `{"type":"Create","object":`+string(note)+`}`)
			must(t, i.Refused)
			if string(i.Received) != strings.TrimSpace(string(note)) {
				t.Errorf("received %s", i.Received)
			}
			if _, err := mastodon.DecodeStatus(i.Status); err != nil {
				t.Error(err)
			}
			golden := strings.TrimSuffix(file, "note.json") + "status.json"
			var got bytes.Buffer
			must(t, json.Indent(&got, i.Status, "", "  "))
			if *update {
				must(t, os.WriteFile(golden, got.Bytes(), 0o600))
			}
			want, err := os.ReadFile(golden)
			must(t, err)
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shared is the folder of what others recorded.
func shared(t testing.TB) string {
	folder := os.Getenv("LAMA_CORPUS")
	if folder == "" {
		folder = "../../../shared/fixtures"
	}
	if _, err := os.Stat(filepath.Join(folder, "MANIFEST.tsv")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no corpus: %v; set LAMA_CORPUS to its folder", err)
		}
		t.Skipf("NOT TESTED against recorded exports: %v; set LAMA_CORPUS to the corpus's folder", err)
	}
	return folder
}

func TestARealExport(t *testing.T) {
	e := open(t, filepath.Join(shared(t), "exports/mastodon-export-2022_vidarh"))
	got := map[string]int{}
	for i := range e.Items() {
		switch {
		case i.Refused != nil:
			t.Errorf("%s: %v", i.Where, i.Refused)
		case i.Claim != nil:
			got[string(i.Claim.Base)]++
		default:
			s, err := mastodon.DecodeStatus(i.Status)
			must(t, err)
			got["post"]++
			got[s.Visibility]++
			got["media"] += len(s.Media)
			got["mention"] += len(s.Mentions)
			got["tag"] += len(s.Tags)
			if s.EditedAt != "" {
				got["edited"]++
			}
			if s.InReplyToID != "" || s.InReplyToURI != "" {
				got["reply"]++
			}
		}
	}
	want := map[string]int{"post": 52, "reblog": 12, "favourite": 2, "public": 50, "unlisted": 2, "media": 22, "mention": 45, "tag": 35,
		"edited": 6, "reply": 36}
	if diff := cmp.Diff(want, got); diff != "" || e.Account.Name() != "vidarh@mastodon.social" {
		t.Errorf("it is of %s; %s", e.Account.Name(), diff)
	}
}

func TestTheOutboxOfPleromaIsReadToo(t *testing.T) {
	outbox, err := os.ReadFile(filepath.Join(shared(t), "andstatus/activitypub_outbox_pleroma.json"))
	must(t, err)
	posts := 0
	for i := range open(t, zipOf(t, files{"outbox.json": string(outbox)})).Items() {
		if i.Refused == nil && i.Status != nil {
			posts++
		}
	}
	if posts == 0 {
		t.Error("it has no posts")
	}
}

// checkItem states what holds for whatever becomes of an item.
func checkItem(t *testing.T, raw []byte, i export.Item) {
	t.Helper()
	said := 0
	for _, is := range []bool{i.Refused != nil, i.Claim != nil, i.Status != nil} {
		if is {
			said++
		}
	}
	if said != 1 {
		t.Errorf("%s became %+v", raw, i)
	}
	if i.Claim != nil && (i.Claim.URL == "" || i.Claim.Name == "" || i.Claim.Account != "ana@home.example") {
		t.Errorf("%s became %+v", raw, i.Claim)
	}
	if i.Status == nil {
		return
	}
	s, err := mastodon.DecodeStatus(i.Status)
	if err != nil || s.URI != i.URI || !utf8.Valid(i.Status) || bytes.Contains(i.Status, []byte(`\u0000`)) {
		t.Errorf("%s became %s, error %v", raw, i.Status, err)
	}
	if !strings.HasPrefix(strings.ToLower(s.URI), "https://home.example") && !strings.HasPrefix(strings.ToLower(s.URI), "http://home.example") {
		t.Errorf("%s became a post of another server", raw)
	}
	if archive.Public(s.Visibility) && !bytes.Contains(i.Received, []byte("Public")) && !bytes.Contains(raw, []byte("Public")) &&
		!bytes.Contains(raw, []byte(`\u`)) {
		t.Errorf("%s became %s", raw, s.Visibility)
	}
}

func TestObjectsOfAllSoftware(t *testing.T) {
	objects, err := filepath.Glob(filepath.Join(shared(t), "ap-objects/*/*.json"))
	must(t, err)
	posts := 0
	for _, file := range objects {
		object, err := os.ReadFile(file)
		must(t, err)
		o := gjson.ParseBytes(object)
		if o.Get("object").IsObject() {
			o = o.Get("object")
		}
		if !json.Valid(object) || o.Get("id").Type != gjson.String {
			continue
		}
		// as if ana had written it
		mine := strings.ReplaceAll(o.Raw, o.Get("id").Raw, `"https://home.example/users/ana/statuses/1"`)
		for _, key := range []string{"attributedTo", "actor"} {
			for _, who := range o.Get(key).Array() {
				mine = strings.ReplaceAll(mine, who.Raw, `"https://home.example/users/ana"`)
			}
		}
		i := statusOf(t, ofAna(t), `{"type":"Create","object":`+mine+`}`)
		checkItem(t, []byte(mine), i)
		if i.Status != nil {
			posts++
		}
	}
	if posts < 60 {
		t.Errorf("%d of %d are posts", posts, len(objects))
	}
}

func FuzzNote(f *testing.F) {
	f.Add([]byte(`{"type":"Create","object":{"id":"https://home.example/users/ana/statuses/1","to":["as:Public"],"content":"\u0000",
		"attachment":[{"url":"/media_attachments/files/1/original/x.png","focalPoint":[0,1],"width":1,"height":"x"},7],
		"tag":[{"type":["Mention"],"name":"@bo"},{"type":"Emoji","icon":{"url":[{"href":"x"}]}}],"oneOf":[{"name":"a","replies":{"totalItems":1e300}}]}}`))
	f.Add([]byte(`{"type":"Announce","id":"https://home.example/users/ana/statuses/1/activity","object":"https://far.example/1"}`))
	f.Add([]byte(`{"type":"Like","object":{"id":"HTTP://home.example:80/users/ana/statuses/1"}}`))
	dir := ofAna(f)
	f.Fuzz(func(t *testing.T, item []byte) {
		if !json.Valid(item) {
			return // what package stream makes of it, is tested there
		}
		checkItem(t, item, statusOf(t, dir, string(item)))
	})
}
