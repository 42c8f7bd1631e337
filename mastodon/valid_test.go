package mastodon

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzValid: what is JSON does not depend on who looks.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{
		`[{"id":"1","content":"\u003cp\u003e 日本 \"x\"\/","n":[-0.5e+10,0,1E2,true,false,null,{}]} , 7 ]`, "\ufeff[]", "[1,]", `{"a":1,}`, "01",
		"-", "1.", "1e", "[\"\x00\"]", "[\"\x7f\xff\"]", `"\x"`, `"\ud800"`, "nul", "[] []", " \t\r\n", "\v[]", "", "[1 2]", `{"a" 1}`, `{1:2}`, "+1", "tru]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, want := valid(body), json.Valid(body); got != want {
			t.Errorf("%q is valid: %t, not %t", body, got, want)
		}
	})
}

func TestWhatIsDeepIsNotJSON(t *testing.T) {
	for _, depth := range []int{mostNested, mostNested + 1, 5_000_000} {
		for _, open := range []string{"[", `{"a":`} {
			end := map[string]string{"[": "]", `{"a":`: "}"}[open]
			body := []byte(strings.Repeat(open, depth) + "1" + strings.Repeat(end, depth))
			if got, want := valid(body), json.Valid(body); got != want || got != (depth == mostNested) {
				t.Errorf("%d deep is valid: %t, not %t", depth, got, want)
			}
		}
	}
}

func BenchmarkValid(b *testing.B) {
	body := append(append([]byte("["), bytes.Repeat([]byte(`{"id":"109302436861482307","sensitive":false,"content":"<p>Some `+
		`<a href=\"https://a.example/x\">words</a> 日本語 of a person, and more of them</p>","replies_count":2,"card":null},`), 400)...), "7]"...)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		valid(body)
	}
}
