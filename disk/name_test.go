package disk_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lama/disk"
)

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"anna":                  "anna",
		"foo_bar":               "foo_bar",
		"_foo_":                 "_foo_",
		"anna@example.social":   "anna@example.social",
		"Anna":                  "Anna~x5h4zvqweu",
		"":                      "x~4oymiquy7q",
		"...":                   "x~vno7mjn4o3",
		"../../etc/passwd":      "etc-passwd~g5knnsz2hd",
		"CON":                   "xCON~upn4jnsevg",
		"nul.example":           "xnul.example~pecj6omxq3",
		"-rf":                   "rf~nbwdtlgwgj",
		"con@host":              "con@host",
		"foo.":                  "foo.~bpnfdhoakp",
		"foo ":                  "foo-~nqwsy5xj2t",
		"a..b":                  "a-b~6yvueqkmkf",
		"a\u202eb\x00c\xff":     "a-b-c-~2jxo6rfjt7",
		strings.Repeat("x", 99): strings.Repeat("x", 99),
		strings.Repeat("x", 4096): strings.Repeat("x", 89) +
			"~ultftwwli2",
	} {
		if got := disk.Name(in); got != want {
			t.Errorf("Name(%.20q) = %q, want %q", in, got, want)
		}
	}
}

func TestID(t *testing.T) {
	for in, want := range map[string]string{
		"109501234567890123":         "109501234567890123",
		"a_b":                        "a-b~msh2tmy3y7",
		"01ARZ3NDEKTSV4RRFFQ69G5FAV": "01ARZ3NDEKTSV4RRFFQ69G5FAV~r2wfhm7rjv",
		"-":                          "x~hfz6aixjgi",
	} {
		if got := disk.ID(in); got != want {
			t.Errorf("ID(%q) = %q, want %q", in, got, want)
		}
	}
}

// hostile draws what a server may send for a name: often harmless, often not.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9_]{1,12}`),
		rapid.StringMatching(`[A-Za-z0-9.@_~-]{0,120}`),
		rapid.StringMatching(`[aA._~-]{0,3}`),
		rapid.StringMatching(`(?i)(con|nul|aux|com1|lpt9)(\.[a-z]{0,3})?`),
		rapid.String(),
		rapid.StringN(1000, 4096, -1),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", ".", "..", "....", "../../etc/passwd", `..\..\x`, "/", "C:", "a\x00b", "\u200f",
			"a\u202eb", "NUL.", "CON .txt", "COM\u00b9", "conin$", "a\u200e", "a:b", "a\r\n", " a", "a ", "a.", ".a", "~", "x~4oymiquy7q", "\u00e9", "e\u0301", "\xff\xfe"}),
	)
}

var safeName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9.@_~-]*$`)

func TestNamesAreSafe(t *testing.T) {
	device := regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "in")
		for _, got := range []string{disk.Name(in), disk.ID(in)} {
			if !safeName.MatchString(got) || len(got) > 100 || strings.HasSuffix(got, ".") ||
				strings.Contains(got, "..") || device.MatchString(got) {
				t.Errorf("%q became %q", in, got)
			}
		}
		if strings.Contains(disk.ID(in), "_") {
			t.Errorf("ID(%q) = %q has an underscore", in, disk.ID(in))
		}
	})
}

func TestNamesAreUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := hostile().Draw(t, "a")
		b := rapid.OneOf(hostile(), rapid.SampledFrom(near(a))).Draw(t, "b")
		if same := strings.EqualFold(disk.Name(a), disk.Name(b)); same != (a == b) {
			t.Errorf("%q and %q became %q and %q", a, b, disk.Name(a), disk.Name(b))
		}
		if same := strings.EqualFold(disk.ID(a), disk.ID(b)); same != (a == b) {
			t.Errorf("ids %q and %q became %q and %q", a, b, disk.ID(a), disk.ID(b))
		}
	})
}

// near are strings that a careless rule would take for s.
func near(s string) []string {
	return []string{s, strings.ToUpper(s), strings.ToLower(s), disk.Name(s), disk.ID(s), s + ".", s + " ", s + "\x00",
		strings.ReplaceAll(s, "_", ""), strings.ReplaceAll(s, ".", "-"), strings.ReplaceAll(s, "\u00e9", "e\u0301"),
		strings.ReplaceAll(s, "s", "\u017f"), s + "\u200f", "\u202e" + s}
}
