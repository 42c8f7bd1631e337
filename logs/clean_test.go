package logs

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// hostile is what a server may put into a name: a title for the terminal, text that runs backwards, a
// one-byte escape of old terminals, a line of its own, what no alphabet has.
const hostile = "\x1b]0;owned\a \u202egpj.exe \u009b31m \u2028\r\n{\"level\":\"error\"} \U000e0041 \xff\u200d é 漢"

func TestNoInvisibleCharacters(t *testing.T) {
	for _, o := range []Options{{Format: "json"}, {Format: "text"}} {
		l, console := open(t, o)
		l.Logger.Error().Err(errors.New(hostile)).Str(hostile, hostile).Strs("tags", []string{hostile}).
			RawJSON("raw", []byte("{\"a\":\n\t\"\u202e\x9b\"}")).Any("deep", map[string]string{hostile: hostile}).Msg(hostile)
		for name, got := range map[string]string{"console": console.String(), "file": content(t, l.Path)} {
			line, rest, _ := strings.Cut(got, "\n")
			if rest != "" {
				t.Errorf("%s %s: more than one line: %q", o.Format, name, rest)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s %s: invisible characters in %q", o.Format, name, line)
			}
			if !strings.Contains(line, "é 漢") || !strings.Contains(line, `\u202e`) {
				t.Errorf("%s %s: what was said can't be read in %q", o.Format, name, line)
			}
		}
	}
}

func TestEscapeChangesNoValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{"a": rapid.String().Draw(t, "value"), rapid.String().Draw(t, "key"): "b"}
		line, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(Escape(append(line, '\n')), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestEscapeLeavesOneVisibleLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Escape(append(rapid.SliceOf(rapid.Byte()).Draw(t, "raw"), '\n'))
		line := strings.TrimSuffix(string(got), "\n")
		if strings.ContainsFunc(line, invisible) || strings.ToValidUTF8(line, "") != line {
			t.Errorf("got %q", line)
		}
	})
}

func TestHide(t *testing.T) {
	const token, password = "s3cret-Token_ABC", "pass\"wörd\\ \u200d<&> 100%"
	for _, o := range []Options{{Format: "json"}, {Format: "text"}} {
		l, console := open(t, o)
		l.Hide(token)
		l.Hide(password)
		l.Hide("s3cret-Token_ABC-and-more")
		l.Hide("")
		l.Hide("e")
		asJSON, err := json.Marshal(map[string]string{"password": password})
		if err != nil {
			t.Fatal(err)
		}
		l.Logger.Error().Err(errors.New("GET https://a.example/?access_token="+url.QueryEscape(password))).
			Str("header", "Bearer "+token).Str("password", password).RawJSON("raw", asJSON).
			Str("longer", "s3cret-Token_ABC-and-more").Str(token, "key").Msg("sent " + token)
		for name, got := range map[string]string{"console": console.String(), "file": content(t, l.Path)} {
			for _, part := range []string{"s3cret", "wörd", "w%C3%B6rd", "-and-more"} {
				if strings.Contains(got, part) {
					t.Errorf("%s %s: %q can be read in %s", o.Format, name, part, got)
				}
			}
			if n := strings.Count(got, "[hidden]"); n != 7 {
				t.Errorf("%s %s: got %d hidden, want 7: %s", o.Format, name, n, got)
			}
		}
		messages(t, content(t, l.Path)) // still JSON
	}
}
