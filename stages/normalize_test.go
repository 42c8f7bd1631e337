package stages_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/mastodon"
	"lama/stages"
)

var update = flag.Bool("update", false, "write the golden files anew")

// alice is who asks in these tests, on a server whose handles have a domain of their own.
var alice = stages.View{
	Account: archive.Account{User: "alice", Instance: "social.home.example", Scheme: "https"},
	Domain:  "home.example", Reblogs: true, Mentions: true, Polls: true,
}

const aliceName = "alice@social.home.example"

// answerOf is an answer of a collection to alice; empty stands for the answer to a request for posts.
func answerOf(c archive.Collection, items ...json.RawMessage) archive.Page {
	p := archive.Page{Task: archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: aliceName}}}
	if c != "" {
		p.Task.Lane.Kind = archive.TaskPage
		p.Task.Walk = &archive.Walk{Account: aliceName, Collection: c}
	}
	for _, i := range items {
		p.Statuses = append(p.Statuses, archive.Raw{JSON: i})
	}
	return p
}

// failer is a test of testing or of rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// normalize is the batch of a page, and the items that were kept out of it with the reasons.
func normalize(t failer, v stages.View, p archive.Page) (archive.Batch, []string) {
	t.Helper()
	var out []string
	n := stages.Normalizer{
		View:      func(string) stages.View { return v },
		Malformed: func(account string, _ []byte, err error) { out = append(out, account+": "+err.Error()) },
	}
	b, err := n.Normalize(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return b, out
}

// golden is an input file of testdata/normalize: items as a server sends them, and what alice asked for.
type golden struct {
	Collection archive.Collection
	Off        []string // of reblogs, mentions, polls
	Items      []json.RawMessage
}

func (g golden) view() stages.View {
	v := alice
	for _, o := range g.Off {
		switch o {
		case "reblogs":
			v.Reblogs = false
		case "mentions":
			v.Mentions = false
		case "polls":
			v.Polls = false
		}
	}
	return v
}

func TestNormalizeGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/normalize/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, error %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			input := readFile(t, file)
			var g golden
			if err := json.Unmarshal(input, &g); err != nil {
				t.Fatal(err)
			}
			batch, out := normalize(t, g.view(), answerOf(g.Collection, g.Items...))
			for _, p := range batch.Posts {
				checkBytes(t, input, p)
			}
			compareGolden(t, strings.TrimSuffix(file, ".json")+".golden.json", renderBatch(t, batch, out))
		})
	}
}

func readFile(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checkBytes makes sure that a post's JSON is the slice of the source that is this post.
func checkBytes(t *testing.T, source []byte, p archive.Post) {
	t.Helper()
	if !bytes.Contains(source, p.JSON) {
		t.Errorf("the JSON of %s is no slice of its source", p.URI)
	}
	if s, err := mastodon.DecodeStatus(p.JSON); err != nil || s.ID != p.ID {
		t.Errorf("the JSON of %s is that of %q, error %v", p.URI, s.ID, err)
	}
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(readFile(t, file)), string(got)); diff != "" {
		t.Errorf("%s differs (-update writes it anew):\n%s", file, diff)
	}
}

// renderBatch is a batch for people: without what is empty, the same for all, or checked otherwise.
func renderBatch(t *testing.T, b archive.Batch, out []string) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{"Posts": b.Posts, "Activities": b.Activities, "Lost": b.Lost,
		"Malformed": out})
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	if posts, ok := tree["Posts"].([]any); ok {
		for _, p := range posts {
			for _, same := range []string{"JSON", "Instance", "FetchedBy"} {
				delete(p.(map[string]any), same)
			}
		}
	}
	for i, a := range b.Activities {
		tree["Activities"].([]any)[i].(map[string]any)["Envelope"] = string(a.Envelope)
	}
	for i, l := range b.Lost {
		tree["Lost"].([]any)[i].(map[string]any)["JSON"] = string(l.JSON)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(compactTree(tree)); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// compactTree is a tree without its empty leaves.
func compactTree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			switch c := compactTree(value); c {
			case nil, "", false, 0.0, "0001-01-01T00:00:00Z":
				delete(v, key)
			}
		}
	case []any:
		for i := range v {
			v[i] = compactTree(v[i])
		}
	}
	return v
}
