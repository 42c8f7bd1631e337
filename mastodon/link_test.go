package mastodon

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLinks(t *testing.T) {
	for name, tc := range map[string]struct {
		headers    []string
		next, prev string
	}{
		"none": {nil, "", ""},
		"Mastodon": {[]string{`<https://a.example/x?max_id=1>; rel="next", <https://a.example/x?min_id=9>; rel="prev"`},
			"https://a.example/x?max_id=1", "https://a.example/x?min_id=9"},
		"last page":      {[]string{`<https://a.example/x?min_id=9>; rel="prev"`}, "", "https://a.example/x?min_id=9"},
		"two headers":    {[]string{`</x?max_id=1>; rel="next"`, `</x?min_id=9>; rel="prev"`}, "/x?max_id=1", "/x?min_id=9"},
		"no quotes":      {[]string{`</n>;rel=next,</p>;rel=prev`}, "/n", "/p"},
		"upper case":     {[]string{`</n>; REL="Next"`}, "/n", ""},
		"several names":  {[]string{`</n>; rel="last next"`}, "/n", ""},
		"comma in it":    {[]string{`</n?types=a,b>; rel="next", </p>; rel="prev"`}, "/n?types=a,b", "/p"},
		"semicolon":      {[]string{`</n?a;b>; rel="next"`}, "/n?a;b", ""},
		"more about it":  {[]string{`</n>; title="a, b; rel=prev"; rel="next"; foo`}, "/n", ""},
		"another kind":   {[]string{`</style.css>; rel="preload"; as="style", </n>; rel="next"`}, "/n", ""},
		"first wins":     {[]string{`</1>; rel="next", </2>; rel="next"`}, "/1", ""},
		"no relation":    {[]string{`</n>`}, "", ""},
		"no brackets":    {[]string{`/n; rel="next"`}, "", ""},
		"not closed":     {[]string{`</n; rel="next"`}, "", ""},
		"quote not shut": {[]string{`</n>; rel="next, </p>; rel="prev"`}, "", ""},
		"only commas":    {[]string{`,,, ,`}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if next, prev := links(tc.headers); next != tc.next || prev != tc.prev {
				t.Errorf("got %q and %q, want %q and %q", next, prev, tc.next, tc.prev)
			}
		})
	}
}

// FuzzLinks: whatever a server sends, a link is one of the targets that stand in its header.
func FuzzLinks(f *testing.F) {
	for _, seed := range []string{
		``, `,`, `<`, `<>`, `<>;rel=next`, `</n>; rel="next", </p>; rel="prev"`, `</n>; rel="next`, `<<>>; rel=next`,
		`<https://a.example/x?max_id=1>; title="a\"b"; rel="next"`, "</n>; rel=\"next\x00prev\"", `</n>;rel=next;rel=prev`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		next, prev := links([]string{header})
		for _, link := range []string{next, prev} {
			if !strings.Contains(header, link) || strings.Contains(link, ">") {
				t.Errorf("%q is no target", link)
			}
			if value, parameter := Cursor(link); (value == "") != (parameter == "") {
				t.Errorf("cursor %q in parameter %q of %q", value, parameter, link)
			}
		}
		if again, _ := links([]string{"<" + next + `>; rel="next"`}); next != "" && again != next {
			t.Errorf("%q is read as %q", next, again)
		}
	})
}

// corpus is the folder of what others recorded from many servers.
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
		t.Skipf("NOT TESTED against recorded headers: %v; set LAMA_CORPUS to the corpus's folder", err)
	}
	return folder
}

var (
	nextLink = regexp.MustCompile(`<([^>]*)>; rel="next"`)
	prevLink = regexp.MustCompile(`<([^>]*)>; rel="prev"`)
)

// All recorded Link headers are read, and every link but those of the trends has a cursor.
func TestRecordedLinks(t *testing.T) {
	recorded := recordedLinks(t, corpus(t))
	if len(recorded) < 300 {
		t.Errorf("only %d headers were found", len(recorded))
	}
	for path, header := range recorded {
		next, prev := links([]string{header})
		if next != first(nextLink, header) || prev != first(prevLink, header) || next+prev == "" {
			t.Errorf("%s: got %q and %q of %s", path, next, prev, header)
		}
		for _, link := range []string{next, prev} {
			if _, parameter := Cursor(link); parameter == "" && link != "" && !strings.Contains(link, "offset=") {
				t.Errorf("%s: no cursor in %s", path, link)
			}
		}
	}
}

func first(expression *regexp.Regexp, header string) string {
	if found := expression.FindStringSubmatch(header); found != nil {
		return found[1]
	}
	return ""
}

func recordedLinks(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".headers.json") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var sidecar struct {
			Headers struct {
				Link string `json:"link"`
			} `json:"headers"`
		}
		if err := json.Unmarshal(data, &sidecar); err != nil {
			return err
		}
		if sidecar.Headers.Link != "" {
			found[path] = sidecar.Headers.Link
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCursor(t *testing.T) {
	for link, want := range map[string][2]string{
		"": {"", ""},
		"https://a.example/api/v1/favourites?limit=3&max_id=11758506": {"11758506", "max_id"},
		"https://a.example/x?min_id=9":                                {"9", "min_id"},
		"https://a.example/x?since_id=9":                              {"9", "since_id"},
		"https://a.example/x?cursor=eyJpZCI6MX0%3D":                   {"eyJpZCI6MX0=", "cursor"},
		"/x?limit=40&max_id=01FVW7JHQFSFK166WWKR8CBA6M":               {"01FVW7JHQFSFK166WWKR8CBA6M", "max_id"},
		"https://a.example/x?since_id=1&max_id=9":                     {"9", "max_id"},
		"https://a.example/x?max_id=&min_id=2":                        {"2", "min_id"},
		"https://a.example/x?offset=20":                               {"", ""},
		"https://a.example/x?max_id=at%3A%2F%2Fdid%2F1":               {"at://did/1", "max_id"},
		"https://a.example/%zz?max_id=1":                              {"", ""},
	} {
		if value, parameter := Cursor(link); value != want[0] || parameter != want[1] {
			t.Errorf("%s: got %q in %q", link, value, parameter)
		}
	}
}

func TestCompare(t *testing.T) {
	const unknown = 9
	for _, tc := range []struct {
		older, newer string
		want         int
	}{
		{"1", "1", 0},
		{"9", "10", -1},
		{"99999999999999999999", "100000000000000000000", -1}, // beyond 64 bits
		{"103270115826048975", "103270115826048980", -1},
		{"007", "7", 0},
		{"0", "1", -1},
		{"01FVW7JHQFSFK166WWKR8CBA6M", "01GVW7JHQFSFK166WWKR8CBA6M", -1}, // ULID
		{"9vvOI4du3rkuhoX8wS", "9vvOI4du3rkuhoX8wT", -1},                 // flake
		{"9e12345678", "9e12345679", -1},                                 // aid, which some read as a number
		{"1000000000", "9e12345679", -1},
		{"9e12345678", "10", unknown},
		{"", "", unknown},
		{"", "1", unknown},
		{"-1", "1", unknown},
		{"1.5", "1", unknown},
		{"at://did:1", "at://did:2", unknown},
		{"a:c", "abc", unknown},
		{"eyJpZCI6MX0=", "eyJpZCI6Mn0=", unknown},
		{"٣", "٤", unknown},
	} {
		for _, turn := range []int{1, -1} {
			got, ok := Compare(tc.older, tc.newer)
			if turn < 0 {
				got, ok = Compare(tc.newer, tc.older)
			}
			if ok != (tc.want != unknown) || ok && sign(got) != turn*tc.want {
				t.Errorf("%q, %q in direction %d: got %d, %v", tc.older, tc.newer, turn, got, ok)
			}
		}
	}
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestCompareIsAnOrder(t *testing.T) {
	anything := rapid.StringMatching(`[0-9]{0,20}|[0-9A-Za-z]{0,3}|[0-9A-Za-z=:/]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anything.Draw(t, "a"), anything.Draw(t, "b")
		there, ok := Compare(a, b)
		back, okBack := Compare(b, a)
		if ok != okBack || sign(there) != -sign(back) {
			t.Errorf("%q, %q: %d %v there and %d %v back", a, b, there, ok, back, okBack)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.StringMatching(`[0-9]{1,20}`), 3, 3).Draw(t, "numbers")
		for _, pair := range [][2]int{{0, 1}, {1, 2}, {0, 2}} {
			if _, ok := Compare(numbers[pair[0]], numbers[pair[1]]); !ok {
				t.Fatalf("%q can't be compared", numbers)
			}
		}
		slices.SortFunc(numbers, func(a, b string) int { order, _ := Compare(a, b); return order })
		if order, _ := Compare(numbers[0], numbers[2]); order > 0 {
			t.Errorf("%q goes round in a circle", numbers)
		}
	})
}
