package stream_test

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/importer/stream"
)

// kinds are those of the members of these tests.
func kinds(member string) stream.Kind {
	return map[string]stream.Kind{"items": stream.Items, "first": stream.Within, "who": stream.Whole}[member]
}

func read(r io.Reader) (items []string, err error) {
	err = stream.Each(r, kinds, func(member string, n int, item json.RawMessage) bool {
		items = append(items, fmt.Sprintf("%s %d %s", member, n, item))
		return true
	})
	return items, err
}

func TestEach(t *testing.T) {
	for _, tc := range []struct {
		name, json string
		want       []string
		wrong      string
	}{
		{"an outbox", `{"@context":["x",{"a":[{}]}],"@context":"x","id":"outbox.json","items":[{"a":1}, "b" ,[3]],"n":1}`,
			[]string{`items 1 {"a":1}`, `items 2 "b"`, `items 3 [3]`}, ""},
		{"Pleroma's", `{"first":{"x":{"items":[0]},"items":[1]},"last":{"items":[2]}}`, []string{"items 1 1"}, ""},
		{"a whole member", `{"who": {"items":[1]}, "others":[{"who":1}]}`, []string{`who 1 {"items":[1]}`}, ""},
		{"of another kind", `{"items":{"items":[1]},"first":[{"items":[2]}],"who":null}`, []string{"who 1 null"}, ""},
		{"nothing", `{}`, nil, ""},
		{"cut off", `{"items":[1,2,`, []string{"items 1 1", "items 2 2"}, "ends in the middle, after 2 items"},
		{"cut off in an item", `{"items":[{"a":1},{"a":`, []string{`items 1 {"a":1}`}, "ends in the middle, after 1 items"},
		{"empty", ``, nil, "ends in the middle, after 0 items"},
		{"an array", `[1]`, nil, "no JSON object"},
		{"no JSON", `<html>`, nil, "invalid character '<'"},
		{"no JSON later", `{"items":[1,<]}`, []string{"items 1 1"}, "after 1 items: invalid character '<'"},
		{"too deep", `{"a":` + strings.Repeat("[", 1002), nil, "nested too deep"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := read(strings.NewReader(tc.json))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if tc.wrong == "" && err != nil || tc.wrong != "" && (err == nil || !strings.Contains(err.Error(), tc.wrong)) {
				t.Errorf("error %v, want %q", err, tc.wrong)
			}
		})
	}
}

func TestWhoWantsNoMoreReadsNoMore(t *testing.T) {
	n := 0
	err := stream.Each(strings.NewReader(`{"items":[1,2,3,<`), kinds, func(string, int, json.RawMessage) bool {
		n++
		return n < 2
	})
	if n != 2 || err != nil {
		t.Errorf("read %d, error %v", n, err)
	}
}

// endless is text that is repeated so often.
type endless struct {
	text  string
	times int
	rest  string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.times == 0 {
			return 0, io.EOF
		}
		e.rest, e.times = e.text, e.times-1
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestAnItemIsBounded(t *testing.T) {
	for name, begin := range map[string]string{
		"an item": `{"items":["`, "a whole member": `{"who":"`, "what is skipped": `{"other":"`, "a name": `{"`,
	} {
		t.Run(name, func(t *testing.T) {
			bomb := &endless{text: strings.Repeat("x", 1<<20), times: 1 << 20} // 1 TB
			_, err := read(io.MultiReader(strings.NewReader(begin), bomb))
			if err == nil || !strings.Contains(err.Error(), "16 MB") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// 40 MB of small items, and as much that is skipped, take no more memory than one of them.
func TestTheFileIsNotBounded(t *testing.T) {
	item := `{"a":"` + strings.Repeat("x", 2000) + `"},`
	const times = 20_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	err := stream.Each(io.MultiReader(
		strings.NewReader(`{"other":[`), &endless{text: item, times: times}, strings.NewReader(`0],"items":[`),
		&endless{text: item, times: times}, strings.NewReader(`0]}`),
	), kinds, func(_ string, i int, _ json.RawMessage) bool { n = i; return true })
	if n != times+1 || err != nil {
		t.Fatalf("read %d items, error %v", n, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d bytes are held", grown)
	}
}

// What is read item by item is what is read at once.
func TestEachIsUnmarshal(t *testing.T) {
	value := rapid.SampledFrom([]string{`1`, `"x"`, `{"items":[7]}`, `[]`, `[[{}]]`, `null`, `{"first":{"items":[8]}}`})
	space := rapid.SampledFrom([]string{"", " ", "\n\t"})
	rapid.Check(t, func(t *rapid.T) {
		var file struct{ Items []json.RawMessage }
		items := rapid.SliceOfN(value, 0, 5).Draw(t, "items")
		members := []string{space.Draw(t, "a") + `"items"` + space.Draw(t, "b") + ":[" + strings.Join(items, ",") + "]"}
		for range rapid.IntRange(0, 3).Draw(t, "others") {
			members = append(members, `"other":`+space.Draw(t, "c")+value.Draw(t, "other"))
		}
		text := "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
		if err := json.Unmarshal([]byte(text), &file); err != nil {
			t.Fatal(err)
		}
		var want []string
		for i, item := range file.Items {
			want = append(want, fmt.Sprintf("items %d %s", i+1, item))
		}
		got, err := read(&slow{text})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%s: error %v\n%s", text, err, diff)
		}
	})
}

// slow gives its text out byte by byte, so that every value lies across the end of a buffer.
type slow struct{ rest string }

func (s *slow) Read(p []byte) (int, error) {
	if s.rest == "" {
		return 0, io.EOF
	}
	p[0], s.rest = s.rest[0], s.rest[1:]
	return 1, nil
}
