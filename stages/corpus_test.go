package stages_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/mastodon"
)

// corpus is the folder of bodies that others recorded from many servers.
func corpus(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("LAMA_CORPUS")
	if folder == "" {
		folder = "../../shared/fixtures"
	}
	if _, err := os.Stat(filepath.Join(folder, "MANIFEST.tsv")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no corpus: %v; set LAMA_CORPUS to its folder", err)
		}
		t.Skipf("NOT TESTED against recorded answers: %v; set LAMA_CORPUS to the corpus's folder", err)
	}
	return folder
}

// recording is a recorded answer.
type recording struct {
	path     string
	data     []byte
	statuses int // as MANIFEST.tsv counts them
}

// uncounted is what MANIFEST.tsv does not count.
var uncounted = map[string]int{"bigbone/notifications.json": 1}

// recordings are the answers of APIs: neither ActivityPub objects, exports and LAMA's own files, nor streams.
func recordings(t *testing.T) []recording {
	t.Helper()
	folder := corpus(t)
	var all []recording
	for _, row := range readTable(t, filepath.Join(folder, "MANIFEST.tsv"))[1:] {
		top, _, _ := strings.Cut(row[0], "/")
		if top == "ap-objects" || top == "exports" || top == "lama" || filepath.Ext(row[0]) != ".json" {
			continue
		}
		n, err := strconv.Atoi(row[7])
		if err != nil {
			t.Fatal(err)
		}
		data := readFile(t, filepath.Join(folder, row[0]))
		all = append(all, recording{path: row[0], data: data, statuses: n + uncounted[row[0]]})
	}
	return all
}

func readTable(t *testing.T, file string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(string(readFile(t, file))) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	return rows
}

// findStatuses lists what looks like a status anywhere in a body, the outer before the inner.
func findStatuses(value json.RawMessage) []json.RawMessage {
	var found []json.RawMessage
	var members map[string]json.RawMessage
	var items []json.RawMessage
	switch {
	case !bytes.Contains(value, []byte(`"account"`)):
	case bytes.HasPrefix(value, []byte("{")) && json.Unmarshal(value, &members) == nil:
		has := func(key string) bool { _, ok := members[key]; return ok }
		if has("account") && has("created_at") && (has("content") || has("text")) {
			found = append(found, value)
		}
		for _, m := range members {
			found = append(found, findStatuses(m)...)
		}
	case bytes.HasPrefix(value, []byte("[")) && json.Unmarshal(value, &items) == nil:
		for _, i := range items {
			found = append(found, findStatuses(i)...)
		}
	}
	return found
}

// kindOf is why something that looks like a status is none like the others; empty for those.
func kindOf(status json.RawMessage) string {
	var s struct{ Content, ID, URI, URL any }
	if err := json.Unmarshal(status, &s); err != nil {
		return err.Error()
	}
	empty := func(v any) bool { return v == nil || v == "" }
	switch {
	case s.Content == nil:
		return "deleted"
	case s.ID == nil:
		return "edit"
	case empty(s.URI) && empty(s.URL):
		return "nameless"
	}
	return ""
}

func TestCorpus(t *testing.T) {
	odd := map[string]int{}
	total := 0
	for _, b := range recordings(t) {
		found := findStatuses(json.RawMessage(bytes.TrimSpace(b.data)))
		total += len(found)
		if len(found) != b.statuses {
			t.Errorf("%s: %d statuses come out, want %d", b.path, len(found), b.statuses)
		}
		for _, status := range found {
			kind := kindOf(status)
			if kind != "" {
				odd[b.path+" "+kind]++
			}
			checkStatus(t, b, kind, status)
		}
	}
	if total == 0 {
		t.Error("the corpus holds no statuses")
	}
	want := map[string]int{}
	for _, row := range readTable(t, "testdata/corpus.tsv") {
		want[row[0]+" "+row[1]], _ = strconv.Atoi(row[2])
	}
	if diff := cmp.Diff(want, odd); diff != "" {
		t.Errorf("testdata/corpus.tsv:\n%s", diff)
	}
}

// checkStatus makes sure that a status becomes a post with exactly its bytes, and so does what it boosts; that
// what is without name is kept out.
func checkStatus(t *testing.T, b recording, kind string, status json.RawMessage) {
	t.Helper()
	batch, out := normalize(t, alice, answerOf("", status))
	if kind == "edit" || kind == "nameless" {
		if len(batch.Posts) != 0 || len(out) != 1 {
			t.Errorf("%s: %d posts come of a status of kind %s, malformed %v", b.path, len(batch.Posts), kind, out)
		}
		return
	}
	if len(batch.Posts) == 0 || len(out) != 0 {
		t.Errorf("%s: %d posts come of a status, malformed %v: %.200s", b.path, len(batch.Posts), out, status)
		return
	}
	if !bytes.Equal(batch.Posts[0].JSON, status) {
		t.Errorf("%s: the JSON of %s is not its slice of the source", b.path, batch.Posts[0].URI)
	}
	checkBatch(t, b.data, batch)
	if s, _ := mastodon.DecodeStatus(status); s.Reblog != nil &&
		(len(batch.Posts) < 2 || !bytes.Equal(batch.Posts[1].JSON, s.Reblog)) {
		t.Errorf("%s: what %s boosts does not come out", b.path, s.URI)
	}
	for _, p := range batch.Posts {
		if kind != "deleted" && p.CreatedAt.IsZero() && !garbledDate(p.JSON) {
			t.Errorf("%s: %s has no date", b.path, p.URI)
		}
	}
}

// garbledDate says that a post's date was broken by hand (fixtures.md, "Dates").
func garbledDate(post []byte) bool { return bytes.Contains(post, []byte("T00:00:0000Z")) }

// Notifications whose post was gone are kept as lost.
func TestCorpusNotifications(t *testing.T) {
	file := filepath.Join(corpus(t),
		"mastodon-py/live-mastodon.social/entity_notification_nonpublic-items-removed_0.json")
	var items []json.RawMessage
	if err := json.Unmarshal(readFile(t, file), &items); err != nil {
		t.Fatal(err)
	}
	batch, out := normalize(t, alice, answerOf(archive.Notifications, items...))
	if len(batch.Lost) != 39 || len(out) != 0 {
		t.Errorf("got %d lost, want 39; malformed %v", len(batch.Lost), out)
	}
	for _, a := range batch.Activities {
		var notification struct{ Status json.RawMessage }
		if err := json.Unmarshal(a.Envelope, &notification); err != nil || string(notification.Status) != "null" {
			t.Errorf("the envelope of %s has status %.80s, error %v", a.ID, notification.Status, err)
		}
	}
	checkBatch(t, readFile(t, file), batch)
}
